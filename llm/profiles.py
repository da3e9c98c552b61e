"""What is known about each model: its prices and what it takes.

Prices are USD per million tokens as the provider listed them in November 2026 (5-minute cache writes). None means that
the price is not known; it is never taken for zero. ``settings.MGE_MODEL_PROFILES`` overrides single fields by model
name, or adds models: ``{"my-model": {"input_usd_per_mtok": "0.4", "takes_temperature": true}}``.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, fields, replace
from decimal import Decimal, InvalidOperation
from typing import Any

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured

_SNAPSHOT = re.compile(r"-\d{8}$")


@dataclass(frozen=True, slots=True, kw_only=True)
class ModelProfile:
    """Prices and abilities of one model.

    Above ``long_prompt_tokens`` of prompt every price is multiplied by ``long_prompt_factor``.
    """

    name: str
    input_usd_per_mtok: Decimal | None = None
    output_usd_per_mtok: Decimal | None = None
    cache_write_usd_per_mtok: Decimal | None = None
    cache_read_usd_per_mtok: Decimal | None = None
    long_prompt_tokens: int | None = None
    long_prompt_factor: Decimal = Decimal(1)
    takes_temperature: bool = False
    takes_effort: bool = False
    max_output_tokens: int = 32_000


def _known(
    name: str, prices: str, *, temperature: bool = False, effort: bool = True, output: int = 128_000
) -> ModelProfile:
    """``prices``: input, output, cache write, cache read."""
    into, out, write, read = (Decimal(price) for price in prices.split())
    return ModelProfile(
        name=name,
        input_usd_per_mtok=into,
        output_usd_per_mtok=out,
        cache_write_usd_per_mtok=write,
        cache_read_usd_per_mtok=read,
        takes_temperature=temperature,
        takes_effort=effort,
        max_output_tokens=output,
    )


_DEFAULTS = {
    profile.name: profile
    for profile in (
        _known("claude-fable-5-2", "8 40 10 0.20"),
        _known("claude-fable-5-1", "10 50 12.50 0.25"),
        _known("claude-fable-5", "10 50 12.50 1"),
        _known("claude-opus-5-5", "4 20 5 0.20"),
        _known("claude-opus-5", "5 25 6.25 0.50"),
        _known("claude-opus-4-8", "5 25 6.25 0.50"),
        _known("claude-opus-4-7", "5 25 6.25 0.50"),
        _known("claude-opus-4-6", "5 25 6.25 0.50", temperature=True),
        _known("claude-opus-4-5", "5 25 6.25 0.50", temperature=True, effort=False, output=64_000),
        _known("claude-sonnet-5-5", "2 10 2.50 0.20"),
        _known("claude-sonnet-5", "2 10 2.50 0.20"),
        _known("claude-sonnet-4-6", "3 15 3.75 0.30", temperature=True, output=64_000),
        _known("claude-sonnet-4-5", "3 15 3.75 0.30", temperature=True, effort=False, output=64_000),
        replace(
            _known("claude-haiku-5-5", "0.10 0.50 0.125 0.01"),
            long_prompt_tokens=100_000,
            long_prompt_factor=Decimal(5),
        ),
        _known("claude-haiku-4-5", "1 5 1.25 0.10", temperature=True, effort=False, output=64_000),
    )
}
_DECIMALS = {field.name for field in fields(ModelProfile) if "usd" in field.name or field.name == "long_prompt_factor"}
_INTEGERS = {"long_prompt_tokens", "max_output_tokens"}
_FLAGS = {"takes_temperature", "takes_effort"}
_NULLABLE = (_DECIMALS - {"long_prompt_factor"}) | {"long_prompt_tokens"}


def profile_for(name: str) -> ModelProfile:
    """The profile of a model, a dated snapshot taking that of its name; an unknown model has no prices.

    Raises ImproperlyConfigured, naming model and field, where the override in settings is malformed.
    """
    alias = _SNAPSHOT.sub("", name)
    profile = _DEFAULTS.get(name) or _DEFAULTS.get(alias) or ModelProfile(name=name)
    overrides: Mapping[str, Mapping[str, Any]] = settings.MGE_MODEL_PROFILES
    override = overrides.get(name, overrides.get(alias, {}))
    if profile.name == name and not override:
        return profile
    return replace(profile, name=name, **{field: _read(name, field, value) for field, value in override.items()})


def _read(model: str, field: str, value: Any) -> Any:
    where = f"MGE_MODEL_PROFILES[{model!r}][{field!r}]"
    if value is None and field in _NULLABLE:
        return None
    if field in _DECIMALS:
        try:
            number = Decimal(str(value))
        except InvalidOperation:
            number = Decimal(-1)
        if number.is_finite() and number >= 0:
            return number
        raise ImproperlyConfigured(f"{where} = {value!r} is not valid: expected a number of USD, 0 or more")
    if field in _INTEGERS and isinstance(value, int) and not isinstance(value, bool) and value > 0:
        return value
    if field in _FLAGS and isinstance(value, bool):
        return value
    raise ImproperlyConfigured(f"{where} = {value!r} is not valid: unknown field or wrong type")
