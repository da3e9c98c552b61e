"""What lies in the warehouse, and what of it is promised to orders."""

from __future__ import annotations


class OutOfStock(Exception):
    """More was asked for than is available."""

    def __init__(self, sku: str, asked: int, available: int) -> None:
        super().__init__(f"{sku}: {asked} asked, {available} available")
        self.sku = sku
        self.asked = asked
        self.available = available


class Inventory:
    """Stock by article. Reserved pieces still lie in the warehouse, but are not available."""

    def __init__(self, levels: dict[str, int] = {}) -> None:
        self._levels = levels
        self._reserved: dict[str, dict[str, int]] = {}  # by order, then by article

    def receive(self, sku: str, count: int) -> None:
        """Goods came in."""
        if count < 1:
            raise ValueError(f"{sku}: received count must be at least 1, not {count}")
        self._levels[sku] = self._levels.get(sku, 0) + count

    def reserved(self, sku: str) -> int:
        """Pieces promised to orders."""
        return sum(lines.get(sku, 0) for lines in self._reserved.values())

    def available(self, sku: str) -> int:
        """Pieces that may still be sold."""
        return self._levels.get(sku, 0) - self.reserved(sku)

    def reserve(self, order_id: str, sku: str, count: int) -> None:
        """Promise pieces to an order; raises OutOfStock and promises nothing where there are too few."""
        available = self.available(sku)
        if count > available:
            raise OutOfStock(sku, count, available)
        lines = self._reserved.setdefault(order_id, {})
        lines[sku] = lines.get(sku, 0) + count

    def release(self, order_id: str) -> None:
        """An order was cancelled: what was promised is available again."""
        self._reserved.pop(order_id, None)

    def ship(self, order_id: str) -> dict[str, int]:
        """An order left the warehouse; returns what went out. Raises KeyError for an order without reservations."""
        lines = self._reserved.pop(order_id)
        for sku, count in lines.items():
            self._levels[sku] -= count
        return lines

    def to_order(self, sku: str, target: int) -> int:
        """How many pieces to buy so that ``target`` are available."""
        return max(0, target + self.available(sku))

    def low_stock(self, threshold: int) -> list[str]:
        """Articles with fewer than ``threshold`` available pieces, by name."""
        return sorted(sku for sku in self._levels if self.available(sku) < threshold)
