"""Money as whole cents: reading, adding and rounding amounts without floating point."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import ROUND_HALF_EVEN, Decimal, InvalidOperation


class MoneyError(ValueError):
    """An amount that cannot be read, or two amounts that do not go together."""


@dataclass(frozen=True)
class Money:
    """An amount in one currency."""

    cents: int
    currency: str = "EUR"

    def __add__(self, other: Money) -> Money:
        self._same_currency(other)
        return Money(self.cents + other.cents, self.currency)

    def __sub__(self, other: Money) -> Money:
        self._same_currency(other)
        return Money(self.cents - other.cents, self.currency)

    def times(self, count: int) -> Money:
        """This amount ``count`` times."""
        return Money(self.cents * count, self.currency)

    def percent(self, rate: int) -> Money:
        """So many percent of this amount; half cents go to the even neighbour."""
        exact = Decimal(self.cents) * rate / 100
        return Money(int(exact.quantize(Decimal(1), rounding=ROUND_HALF_EVEN)), self.currency)

    def at_least(self, other: Money) -> bool:
        """Whether this amount is ``other`` or more."""
        self._same_currency(other)
        return self.cents >= other.cents

    def _same_currency(self, other: Money) -> None:
        if self.currency != other.currency:
            raise MoneyError(f"{self.currency} and {other.currency} do not go together")

    def __str__(self) -> str:
        sign = "-" if self.cents < 0 else ""
        whole, rest = divmod(abs(self.cents), 100)
        return f"{sign}{whole}.{rest:02d} {self.currency}"


def parse_money(text: str, currency: str = "EUR") -> Money:
    """Read ``12``, ``12.5`` or ``12.50``; more than two decimals are an error."""
    try:
        cents = Decimal(text.strip()) * 100
    except InvalidOperation as error:
        raise MoneyError(f"not an amount: {text!r}") from error
    if not cents.is_finite() or cents != cents.to_integral_value():
        raise MoneyError(f"not whole cents: {text!r}")
    return Money(int(cents), currency)


def total(amounts: Iterable[Money], currency: str = "EUR") -> Money:
    """The sum of amounts; zero where there are none."""
    result = Money(0, currency)
    for amount in amounts:
        result += amount
    return result
