"""What an order costs: quantity discounts, coupons, shipping."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from shop.money import Money, total

TIERS = ((50, 15), (20, 10), (10, 5))  # from so many pieces on, so many percent off
SHIPPING = Money(490)
FREE_SHIPPING_FROM = Money(5000)


class UnknownCoupon(ValueError):
    """A coupon code that the shop never gave out."""


@dataclass(frozen=True)
class Coupon:
    """So many percent off an order of at least ``minimum``."""

    code: str
    percent: int
    minimum: Money


COUPONS = {
    "WELCOME10": Coupon("WELCOME10", 10, Money(2000)),
    "SPRING5": Coupon("SPRING5", 5, Money(0)),
}


@dataclass(frozen=True)
class OrderLine:
    """So many pieces of one article."""

    sku: str
    unit: Money
    quantity: int


def tier_percent(quantity: int) -> int:
    """Percent off for buying many: 5 from 10 pieces on, 10 from 20, 15 from 50."""
    for least, percent in TIERS:
        if quantity >= least:
            return percent
    return 0


def line_price(line: OrderLine) -> Money:
    """The price of a line after its quantity discount."""
    if line.quantity < 1:
        raise ValueError(f"{line.sku}: quantity must be at least 1, not {line.quantity}")
    full = line.unit.times(line.quantity)
    return full - full.percent(tier_percent(line.quantity))


def find_coupon(code: str) -> Coupon:
    """The coupon of a code, in whatever case it is typed; raises UnknownCoupon."""
    wanted = code.strip().upper()
    if wanted not in COUPONS:
        raise UnknownCoupon(f"no coupon {wanted}")
    return COUPONS[wanted]


def discounted(subtotal: Money, coupon: Coupon | None) -> Money:
    """The subtotal after the coupon, if the order is large enough for it."""
    if coupon is None or not subtotal.at_least(coupon.minimum):
        return subtotal
    return subtotal - subtotal.percent(coupon.percent)


def shipping(subtotal: Money) -> Money:
    """What shipping costs: nothing from 50 EUR on."""
    return Money(0) if subtotal.at_least(FREE_SHIPPING_FROM) else SHIPPING


def order_price(lines: Sequence[OrderLine], coupon_code: str | None = None) -> Money:
    """What the customer pays for an order, shipping included."""
    subtotal = total(line_price(line) for line in lines)
    coupon = find_coupon(coupon_code) if coupon_code else None
    payable = discounted(subtotal, coupon)
    return payable + shipping(payable)
