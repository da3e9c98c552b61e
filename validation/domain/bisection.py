"""Which changes are to blame: bisection over changed atoms, with as few runs of the failing test as it takes."""

from collections.abc import Callable, Sequence

Fails = Callable[[frozenset[str]], bool]


def culprits(changed: Sequence[str], fails: Fails) -> tuple[str, ...]:
    """The changes that make a test fail, in the order of ``changed``; empty where they are not what makes it fail.

    ``fails(subset)`` says whether the test fails with the changes of the subset put in and all others left out. It is
    asked once a subset. Found is a smallest set that fails by itself (QuickXplain, Junker 2004: about k * log2(n / k)
    questions for k of n), then, without it, the next one, until what is left passes. So two independent culprits are
    both named, and two changes that fail only together are named together.
    """
    asked: dict[frozenset[str], bool] = {}

    def ask(subset: Sequence[str]) -> bool:
        key = frozenset(subset)
        if key not in asked:
            asked[key] = fails(key)
        return asked[key]

    rest = list(dict.fromkeys(changed))
    if not rest or not ask(rest) or ask(()):
        return ()
    found: set[str] = set()
    while rest and ask(rest):
        smallest = _smallest((), rest, ask, grew=False)
        found.update(smallest)
        rest = [atom for atom in rest if atom not in smallest]
    return tuple(atom for atom in dict.fromkeys(changed) if atom in found)


def _smallest(
    given: Sequence[str], among: Sequence[str], ask: Callable[[Sequence[str]], bool], *, grew: bool
) -> list[str]:
    """A smallest part of ``among`` that fails together with ``given``; ``grew``: ``given`` was just added to."""
    if grew and ask(given):
        return []
    if len(among) == 1:
        return list(among)
    half = len(among) // 2
    first, second = list(among[:half]), list(among[half:])
    of_second = _smallest([*given, *first], second, ask, grew=True)
    of_first = _smallest([*given, *of_second], first, ask, grew=bool(of_second))
    return of_first + of_second
