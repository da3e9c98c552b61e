"""The scripted provider's own book: what it would bill. The product's ledger must never be below it."""

import hashlib
import threading
from dataclasses import dataclass, field
from typing import Any


@dataclass(slots=True)
class Bill:
    """All calls under one Idempotency-Key."""

    calls: int = 0
    paid: int = 0
    input_tokens: int = 0
    output_tokens: int = 0
    cache_write_tokens: int = 0
    cache_read_tokens: int = 0


@dataclass(slots=True)
class Book:
    """Counts calls, and tokens of those that are paid. Every answer with status 200 is paid, also one cut short."""

    _bills: dict[str, Bill] = field(default_factory=dict)
    _cached: set[str] = field(default_factory=set)
    _lock: threading.Lock = field(default_factory=threading.Lock)
    _in_flight: int = 0
    _in_flight_max: int = 0

    def arrive(self, key: str) -> None:
        """A call came in."""
        with self._lock:
            self._bills.setdefault(key, Bill()).calls += 1
            self._in_flight += 1
            self._in_flight_max = max(self._in_flight_max, self._in_flight)

    def leave(self) -> None:
        """A call ended, however."""
        with self._lock:
            self._in_flight -= 1

    def pay(self, key: str, *, shared: str, particular: str, output: str) -> dict[str, int]:
        """Bill a reply and return its usage: four characters a token, the shared prefix cached by its hash."""
        digest = hashlib.sha256(shared.encode("utf-8", "replace")).hexdigest()
        with self._lock:
            known = digest in self._cached
            self._cached.add(digest)
            prefix = len(shared) // 4
            usage = {
                "input_tokens": len(particular) // 4 + 1,
                "output_tokens": len(output) // 4 + 1,
                "cache_creation_input_tokens": 0 if known else prefix,
                "cache_read_input_tokens": prefix if known else 0,
            }
            bill = self._bills[key]
            bill.paid += 1
            bill.input_tokens += usage["input_tokens"]
            bill.output_tokens += usage["output_tokens"]
            bill.cache_write_tokens += usage["cache_creation_input_tokens"]
            bill.cache_read_tokens += usage["cache_read_input_tokens"]
        return usage

    def read(self) -> dict[str, Any]:
        """Totals and every bill by key."""
        with self._lock:
            names = Bill.__slots__
            by_key = {key: {name: getattr(bill, name) for name in names} for key, bill in self._bills.items()}
            totals = {name: sum(bill[name] for bill in by_key.values()) for name in names}
            return {**totals, "in_flight": self._in_flight, "in_flight_max": self._in_flight_max, "by_key": by_key}
