"""The receipt as plain text, for mails and printers."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from shop.money import Money, total

MIN_WIDTH = 24


@dataclass(frozen=True)
class ReceiptLine:
    """One line of a receipt: what, how many, and the price of all of them."""

    name: str
    quantity: int
    price: Money


def format_line(label: str, amount: Money, width: int) -> str:
    """The label to the left and the amount to the right, ``width`` wide in all; a long label is cut with dots."""
    right = str(amount)
    room = width - len(right) - 1
    if len(label) > room:
        label = label[: room - 3].rstrip() + "..."
    return label.ljust(room) + " " + right


def render_receipt(lines: Sequence[ReceiptLine], *, width: int = 40) -> str:
    """The whole receipt: one line for each article, a rule, and the total; raises ValueError below MIN_WIDTH."""
    if width < MIN_WIDTH:
        raise ValueError(f"a receipt is at least {MIN_WIDTH} wide, not {width}")
    body = [format_line(f"{line.quantity} x {line.name}", line.price, width) for line in lines]
    grand_total = total(line.price for line in lines)
    return "\n".join([*body, "-" * width, format_line("Total", grand_total, width)]) + "\n"
