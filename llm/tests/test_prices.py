"""The price laws, and the profiles they read."""

from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest
from django.core.exceptions import ImproperlyConfigured
from hypothesis import given
from hypothesis import strategies as st

from llm.messages import ModelRequest, Usage
from llm.prices import cost_micro, worst_micro
from llm.profiles import ModelProfile, profile_for

_TOKENS = st.integers(0, 2_000_000)
_PRICES = st.decimals(0, 100, places=3)
_USAGES = st.builds(
    Usage, input_tokens=_TOKENS, output_tokens=_TOKENS, cache_write_tokens=_TOKENS, cache_read_tokens=_TOKENS
)
_PROFILES = st.builds(
    ModelProfile,
    name=st.just("m"),
    input_usd_per_mtok=_PRICES,
    output_usd_per_mtok=_PRICES,
    cache_write_usd_per_mtok=_PRICES,
    cache_read_usd_per_mtok=_PRICES,
    long_prompt_tokens=st.none() | st.integers(1, 1_000_000),
    long_prompt_factor=st.decimals(1, 5, places=1),
)


@given(_USAGES, _PROFILES, st.integers(0, 1000))
def test_the_worst_price_is_never_below_the_real_one(usage: Usage, profile: ModelProfile, spare: int) -> None:
    cost = cost_micro(usage, profile)
    worst = worst_micro(
        input_tokens=usage.prompt_tokens + spare, max_tokens=usage.output_tokens + spare, profile=profile
    )

    assert cost is not None
    assert worst is not None
    assert worst >= cost >= 0


@given(_USAGES, _PROFILES)
def test_a_cost_is_exact_and_rounded_up_once(usage: Usage, profile: ModelProfile) -> None:
    flat = replace(profile, long_prompt_tokens=None)
    exact = sum(
        Decimal(tokens) * (price or 0)
        for tokens, price in (
            (usage.input_tokens, flat.input_usd_per_mtok),
            (usage.output_tokens, flat.output_usd_per_mtok),
            (usage.cache_write_tokens, flat.cache_write_usd_per_mtok),
            (usage.cache_read_tokens, flat.cache_read_usd_per_mtok),
        )
    )

    assert 0 <= (cost_micro(usage, flat) or 0) - exact < 1


def test_a_million_tokens_cost_their_listed_price(settings: Any) -> None:
    settings.MGE_MODEL_PROFILES = {}
    sonnet, haiku = profile_for("claude-sonnet-4-5-20250929"), profile_for("claude-haiku-5-5")

    assert cost_micro(Usage(input_tokens=1_000_000, output_tokens=1_000_000), sonnet) == 18_000_000
    assert cost_micro(Usage(input_tokens=100_000, output_tokens=0), haiku) == 10_000
    assert cost_micro(Usage(input_tokens=100_001, output_tokens=0), haiku) == 50_001


@given(st.text())
def test_the_estimate_of_input_is_an_upper_bound(prompt: str) -> None:
    tokens = ModelRequest(model="m", system=(prompt,), prompt=prompt).most_input_tokens()

    assert tokens >= 2 * len(prompt)


def test_an_unknown_price_is_none_only_where_it_is_needed(settings: Any) -> None:
    settings.MGE_MODEL_PROFILES = {"claude-opus-5-5": {"cache_read_usd_per_mtok": None}}
    unknown, opus = profile_for("somebody-else-1"), profile_for("claude-opus-5-5")

    assert cost_micro(Usage(input_tokens=1, output_tokens=0), unknown) is None
    assert worst_micro(input_tokens=1, max_tokens=1, profile=unknown) is None
    assert not unknown.takes_temperature
    assert cost_micro(Usage(input_tokens=1, output_tokens=1), opus) == 24
    assert cost_micro(Usage(input_tokens=1, output_tokens=1, cache_read_tokens=1), opus) is None


@pytest.mark.parametrize(
    "override", [{"input_usd_per_mtok": "dear"}, {"output_usd_per_mtok": -1}, {"takes_effort": "yes"}, {"colour": 1}]
)
def test_a_malformed_override_names_model_and_field(settings: Any, override: dict[str, Any]) -> None:
    settings.MGE_MODEL_PROFILES = {"mine": override}

    with pytest.raises(ImproperlyConfigured, match=rf"'mine'.*{next(iter(override))}"):
        profile_for("mine")
