"""Prices in whole micro-USD: a token at one USD per million tokens costs exactly one micro-USD.

Fractions are added up exactly and rounded up once per call, so that the book is never below the bill.
"""

import math
from decimal import Decimal

from llm.messages import Usage
from llm.profiles import ModelProfile


def cost_micro(usage: Usage, profile: ModelProfile) -> int | None:
    """What a call cost. None if a price that it needs is not known; a kind with no tokens needs no price."""
    parts = (
        (usage.input_tokens, profile.input_usd_per_mtok),
        (usage.output_tokens, profile.output_usd_per_mtok),
        (usage.cache_write_tokens, profile.cache_write_usd_per_mtok),
        (usage.cache_read_tokens, profile.cache_read_usd_per_mtok),
    )
    total = Decimal(0)
    for tokens, price in parts:
        if tokens == 0:
            continue
        if price is None:
            return None
        total += tokens * price
    return math.ceil(total * _factor(usage.prompt_tokens, profile))


def worst_micro(*, input_tokens: int, max_tokens: int, profile: ModelProfile) -> int | None:
    """The most that a call can cost: all input at its dearest rate, all output used. None: price not known."""
    if profile.input_usd_per_mtok is None or profile.output_usd_per_mtok is None:
        return None
    dearest = max(
        profile.input_usd_per_mtok, profile.cache_write_usd_per_mtok or 0, profile.cache_read_usd_per_mtok or 0
    )
    total = input_tokens * dearest + max_tokens * profile.output_usd_per_mtok
    return math.ceil(total * max(Decimal(1), _factor(input_tokens, profile)))


def _factor(prompt_tokens: int, profile: ModelProfile) -> Decimal:
    if profile.long_prompt_tokens is not None and prompt_tokens > profile.long_prompt_tokens:
        return profile.long_prompt_factor
    return Decimal(1)
