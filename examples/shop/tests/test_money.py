import pytest
from shop.money import Money, MoneyError, parse_money, total


@pytest.mark.parametrize(("text", "cents"), [("12", 1200), (" 12.5 ", 1250), ("0.05", 5), ("-3.10", -310)])
def test_amounts_are_read(text: str, cents: int) -> None:
    assert parse_money(text) == Money(cents)


@pytest.mark.parametrize("text", ["", "12,50", "1.234", "NaN", "Infinity"])
def test_what_is_no_amount_is_refused(text: str) -> None:
    with pytest.raises(MoneyError):
        parse_money(text)


def test_amounts_are_shown_with_two_decimals() -> None:
    assert [str(Money(cents)) for cents in (1234, 5, -250)] == ["12.34 EUR", "0.05 EUR", "-2.50 EUR"]


def test_half_cents_go_to_the_even_neighbour() -> None:
    assert [Money(cents).percent(10).cents for cents in (105, 115, 125)] == [10, 12, 12]


def test_currencies_do_not_mix() -> None:
    with pytest.raises(MoneyError, match="EUR and USD"):
        Money(1) + Money(1, "USD")
    with pytest.raises(MoneyError):
        Money(1).at_least(Money(1, "USD"))


def test_total_of_nothing_is_zero() -> None:
    assert total([]) == Money(0)
    assert total([Money(1), Money(2)]) == Money(3)
    assert Money(500) - Money(200) == Money(300)
