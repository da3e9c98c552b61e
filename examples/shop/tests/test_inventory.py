import pytest
from shop.inventory import Inventory, OutOfStock


def test_reserved_pieces_are_not_available() -> None:
    stock = Inventory({"mug": 5})
    stock.reserve("order 1", "mug", 3)
    assert (stock.available("mug"), stock.reserved("mug")) == (2, 3)


def test_too_few_pieces_promise_nothing() -> None:
    stock = Inventory({"mug": 2})
    with pytest.raises(OutOfStock) as caught:
        stock.reserve("order 1", "mug", 3)
    assert (caught.value.asked, caught.value.available, stock.reserved("mug")) == (3, 2, 0)


def test_a_cancelled_order_gives_its_pieces_back() -> None:
    stock = Inventory({"mug": 2})
    stock.reserve("order 1", "mug", 2)
    stock.release("order 1")
    stock.release("never was")
    assert stock.available("mug") == 2


def test_a_shipped_order_leaves_the_warehouse() -> None:
    stock = Inventory({"mug": 5, "tea": 1})
    stock.reserve("order 1", "mug", 2)
    stock.reserve("order 1", "mug", 1)
    assert stock.ship("order 1") == {"mug": 3}
    assert (stock.available("mug"), stock.reserved("mug")) == (2, 0)
    with pytest.raises(KeyError):
        stock.ship("order 1")


def test_two_warehouses_share_nothing() -> None:
    first, second = Inventory(), Inventory()
    first.receive("mug", 4)
    assert second.available("mug") == 0


def test_goods_come_in_by_the_piece() -> None:
    with pytest.raises(ValueError, match="mug"):
        Inventory({}).receive("mug", 0)


@pytest.mark.parametrize(("target", "missing"), [(2, 0), (5, 0), (8, 3)])
def test_what_to_order_fills_up_to_the_target(target: int, missing: int) -> None:
    assert Inventory({"mug": 5}).to_order("mug", target) == missing


def test_low_stock_is_listed_by_name() -> None:
    assert Inventory({"tea": 1, "mug": 3, "cup": 0}).low_stock(3) == ["cup", "tea"]
