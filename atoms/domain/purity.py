"""Purity and determinism through calls inside the project, once those of each atom by itself are known.

An atom is pure if all that it calls is pure, so the answer for many is one: the greatest set of atoms in which each
calls only what is pure by itself or lies in the set (a greatest fixed point, so that functions that call each other are
no obstacle). What reaches an effect, or chance, is impure, or chancy, at any distance.
"""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import replace
from typing import Final

from atoms.domain.evidence import EFFECTS
from atoms.domain.model import AtomFacts
from atoms.domain.resolution import AtomView, FileView, Project
from atoms.domain.words import words

PURE_CALLS: Final = words(
    "len sorted min max sum abs any all range enumerate zip map filter reversed isinstance issubclass int float str "
    "bool list dict set tuple frozenset repr round divmod pow ord chr bytes type hasattr getattr iter callable hash "
    "Number String Boolean parseInt parseFloat isNaN"
)
_Values = dict[str, bool | None]  # by atom id; None: not known


def spread_through_calls(project: Project, facts: dict[str, AtomFacts]) -> None:
    """Answer ``pure`` and ``deterministic`` in ``facts`` where the calls into the project decide them."""
    bodies = {key: ids for view in project.views.values() for key, ids in _bodies(view).items()}
    calls: dict[str, tuple[tuple[str, ...], bool]] = {}  # atoms called, and whether these are all that matter
    seeds = []
    for view in project.views.values():
        for atom, own in zip(view.file.atoms, view.atoms, strict=True):
            if facts[atom.id].pure is None or facts[atom.id].deterministic is None:
                lost = not view.facts.lost.isdisjoint(range(atom.start_line - 1, atom.end_line))
                calls[atom.id] = _callees(own, bodies, readable=not lost)
            if own.effects or any(name in EFFECTS for name, _ in own.calls):
                seeds.append(atom.id)
    if not calls:
        return
    pure: _Values = {each: facts[each].pure for each in facts}
    certain: _Values = {each: facts[each].deterministic for each in facts}
    _spread(pure, calls, seeds)
    _spread(certain, calls, [each for each, value in certain.items() if value is False])
    for each in calls:
        old = facts[each]
        if pure[each] is not old.pure or certain[each] is not old.deterministic:
            facts[each] = replace(old, pure=pure[each], deterministic=certain[each])


def _bodies(view: FileView) -> Mapping[tuple[str, int], tuple[str, ...]]:
    """The atoms of each function of a file, by path and row of its head; none where two share a name."""
    by_symbol: dict[str, list[str]] = defaultdict(list)
    for atom in view.file.atoms:
        by_symbol[atom.symbol].append(atom.id)
    heads: dict[str, list[int]] = defaultdict(list)
    for function in view.facts.functions:
        heads[function.symbol].append(function.row)
    return {
        (view.file.path, rows[0]): tuple(by_symbol[symbol])
        for symbol, rows in heads.items()
        if len(rows) == 1 and by_symbol.get(symbol)
    }


def _callees(
    own: AtomView, bodies: Mapping[tuple[str, int], tuple[str, ...]], *, readable: bool
) -> tuple[tuple[str, ...], bool]:
    found: list[str] = []
    whole = readable
    for (name, _), place in zip(own.calls, own.reaches, strict=True):
        if place is not None and place in bodies:
            found.extend(bodies[place])
        elif place is not None or name not in PURE_CALLS:
            whole = False
    return tuple(found), whole


def _spread(values: _Values, calls: Mapping[str, tuple[tuple[str, ...], bool]], seeds: list[str]) -> None:
    """Set what is None: False where a seed is reached, True where nothing unknown is."""
    callers: dict[str, list[str]] = defaultdict(list)
    for caller, (callees, _) in calls.items():
        for callee in callees:
            callers[callee].append(caller)
    for wrong in _reaching(seeds, callers):
        if values[wrong] is None:
            values[wrong] = False
    open_ones = [each for each, (_, whole) in calls.items() if values[each] is None and not whole]
    refused = {each for each, value in values.items() if value is False}
    unknown = {each for each, value in values.items() if value is None and each not in calls}
    barred = _reaching([*open_ones, *refused, *unknown], callers)
    for each in calls:
        if values[each] is None and each not in barred:
            values[each] = True


def _reaching(targets: list[str], callers: Mapping[str, list[str]]) -> set[str]:
    """All atoms from which one of the targets is reached by calls, the targets included."""
    found = set(targets)
    waiting = list(targets)
    while waiting:
        for caller in callers.get(waiting.pop(), ()):
            if caller not in found:
                found.add(caller)
                waiting.append(caller)
    return found
