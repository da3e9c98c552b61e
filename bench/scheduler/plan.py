"""A plan for measuring schedulers: chains of functions whose default values call the one before."""

import random
from pathlib import Path

BODY = """\
def {name}(x: int = {default}) -> int:
    total = x + {limit}
    for step in range(3):
        total += step * {n}
    return total


"""


def write_plan(folder: Path, *, atoms: int, depth: int, seed: int) -> dict[str, list[str]]:
    """Write one file a chain of up to ``depth`` functions; return what each function needs."""
    chance = random.Random(seed)
    chains = max(1, atoms // depth)
    needs: dict[str, list[str]] = {}
    for chain in range(chains):
        text = ""
        for level in range(depth):
            name = f"c{chain}_f{level}"
            needed = [f"c{chain}_f{level - 1}"] if level else []
            calls = " + ".join(f"{n}(1)" for n in needed) or "0"
            text += BODY.format(name=name, default=calls, limit=chance.randrange(50, 90), n=level + 1)
            needs[name] = needed
        path = folder / f"chain{chain}.py"
        path.write_text(text)
    return needs


def critical_path(needs: dict[str, list[str]], seconds: dict[str, float]) -> float:
    """The longest chain of waits."""
    longest: dict[str, float] = {}
    for name, needed in needs.items():  # written in an order in which what is needed comes first
        longest[name] = seconds[name] + max((longest[n] for n in needed), default=0.0)
    return max(longest.values(), default=0.0)


def waves(needs: dict[str, list[str]]) -> list[list[str]]:
    """Functions by wave: all they need lies in earlier ones."""
    level: dict[str, int] = {}
    for name, needed in needs.items():
        level[name] = 1 + max((level[n] for n in needed), default=0)
    found: list[list[str]] = [[] for _ in range(max(level.values(), default=0))]
    for name, number in level.items():
        found[number - 1].append(name)
    return found
