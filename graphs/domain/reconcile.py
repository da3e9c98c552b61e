"""Planned edges against those that accepted code really has."""

from collections.abc import Iterable
from dataclasses import dataclass

from graphs.domain.model import Edge


@dataclass(frozen=True, slots=True, kw_only=True)
class Reconciliation:
    """``unplanned``: in the code, not in the plan. ``unwired``: in the plan, not in the code."""

    unplanned: tuple[Edge, ...]
    unwired: tuple[Edge, ...]


def reconcile(planned: Iterable[Edge], actual: Iterable[Edge]) -> Reconciliation:
    """Compare by pair of atoms; the type and weight of an edge may change without a finding."""
    before = {(e.source, e.target): e for e in planned}
    after = {(e.source, e.target): e for e in actual}
    return Reconciliation(
        unplanned=tuple(edge for pair, edge in after.items() if pair not in before),
        unwired=tuple(edge for pair, edge in before.items() if pair not in after),
    )
