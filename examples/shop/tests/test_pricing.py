import pytest
from shop.money import Money
from shop.pricing import OrderLine, UnknownCoupon, find_coupon, line_price, order_price, shipping, tier_percent


@pytest.mark.parametrize(("quantity", "percent"), [(1, 0), (9, 0), (10, 5), (19, 5), (20, 10), (49, 10), (50, 15)])
def test_each_tier_begins_at_its_number(quantity: int, percent: int) -> None:
    assert tier_percent(quantity) == percent


def test_a_line_costs_its_pieces_less_the_discount() -> None:
    assert line_price(OrderLine("mug", Money(800), 3)) == Money(2400)
    assert line_price(OrderLine("mug", Money(800), 12)) == Money(9120)


def test_a_line_needs_a_piece() -> None:
    with pytest.raises(ValueError, match="mug: quantity"):
        line_price(OrderLine("mug", Money(800), 0))


def test_coupons_are_found_in_any_case() -> None:
    assert find_coupon(" welcome10 ").percent == 10


def test_an_unknown_coupon_is_named() -> None:
    with pytest.raises(UnknownCoupon, match="no coupon FREE"):
        find_coupon("free")


def test_shipping_is_free_from_fifty_on() -> None:
    assert [shipping(Money(cents)).cents for cents in (4999, 5000)] == [490, 0]


def test_an_order_with_a_coupon() -> None:
    lines = [OrderLine("mug", Money(800), 3), OrderLine("tea", Money(450), 2)]
    assert order_price(lines) == Money(3790)
    assert order_price(lines, "WELCOME10") == Money(3460)


def test_a_coupon_needs_its_minimum() -> None:
    assert order_price([OrderLine("tea", Money(450), 2)], "WELCOME10") == Money(1390)
