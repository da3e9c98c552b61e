import pytest
from shop.money import Money
from shop.receipt import MIN_WIDTH, ReceiptLine, format_line, render_receipt


def test_a_line_is_exactly_as_wide_as_asked() -> None:
    assert format_line("2 x Mug", Money(1600), 24) == "2 x Mug        16.00 EUR"


def test_a_long_label_is_cut_with_dots() -> None:
    line = format_line("1 x Teapot with a very long name", Money(4250), 30)
    assert "..." in line
    assert line.endswith(" 42.50 EUR")
    assert len(line) == 30


def test_a_receipt_ends_with_the_total() -> None:
    text = render_receipt([ReceiptLine("Mug", 2, Money(1600)), ReceiptLine("Tea", 1, Money(450))], width=24)
    assert text.endswith("EUR\n")
    assert text.splitlines() == [
        "2 x Mug        16.00 EUR",
        "1 x Tea         4.50 EUR",
        "------------------------",
        "Total          20.50 EUR",
    ]


def test_an_empty_receipt_has_a_total_of_zero() -> None:
    assert render_receipt([]).splitlines()[-1].split() == ["Total", "0.00", "EUR"]


def test_a_receipt_needs_a_least_width() -> None:
    with pytest.raises(ValueError, match=str(MIN_WIDTH)):
        render_receipt([], width=MIN_WIDTH - 1)
