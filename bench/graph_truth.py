"""How right the graph is on real projects that nobody tuned to: precision, recall and F1, for anyone to repeat.

Recall: of the calls between functions of a package seen while its own tests run (``bench.graph_runtime``), how many
have an edge. Precision: edges seen at run time are true; of the others a sample was read by hand, each with a verdict
and a reason in ``data/graph_truth.json``. The sample is the edges with the smallest hashes of all packages together:
the same edges give the same sample, and an analysis that changes keeps most of it. Edges in the sample that nobody has
judged are listed under ``unjudged`` and not counted. Intervals are Wilson's at 95 %.

Packages come in sets, one a measurement: only the figure before the first change made with a set in view tells how the
engine does on code never seen, so each later measurement needs a set of its own.

Sources: a folder with each package unpacked as the data file names it (``pip download --no-binary :all:``, or the
project's repository at that version where its archive holds no tests). ``--python`` has what the tests import.
"""

import argparse
import hashlib
import json
import math
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from bench.graph_runtime import Pair, Trace, inside, load, module_name, record, static_pairs

DATA = Path(__file__).parent / "data" / "graph_truth.json"
SAMPLE = 120
TESTS = frozenset({"test", "tests"})  # folders inside a package that are not the package
Z = 1.96  # of a 95 % interval


@dataclass(frozen=True, slots=True, kw_only=True)
class Package:
    """What one package gave. ``open_edges``: edges inside it that no test was seen to take."""

    name: str
    observed: int
    found: int
    confirmed: int
    open_edges: tuple[Pair, ...]


def main(argv: Sequence[str]) -> dict[str, Any]:
    """Trace and analyse every package of the data file and return figures for each and for all."""
    parser = argparse.ArgumentParser(prog="bench.graph_truth")
    parser.add_argument("sources", type=Path, help="folder with the unpacked packages")
    parser.add_argument("--python", default=sys.executable, help="interpreter that runs their tests")
    parser.add_argument("--traces", type=Path, help="keep the traces here, and use those that are there")
    parser.add_argument("--set", action="append", default=[], help="packages to measure together; default all")
    parser.add_argument("--sample", type=int, default=SAMPLE, help="edges to judge")
    options = parser.parse_args(list(argv))
    data = json.loads(DATA.read_text())
    chosen = [each for each in data["packages"] if not options.set or each["set"] in options.set]
    packages = [_measure(each, options) for each in chosen]
    verdicts = {(v["package"], v["caller"], v["callee"]): bool(v["true"]) for v in data["verdicts"]}
    return summary(packages, verdicts, options.sample)


def _measure(each: Mapping[str, Any], options: argparse.Namespace) -> Package:
    root = (options.sources / each["root"]).resolve()
    found = {p for glob in each["only"] for p in root.glob(glob)}
    files = sorted(p for p in found if TESTS.isdisjoint(p.relative_to(root).parts))
    kept = options.traces / f"{each['name']}.json" if options.traces else None
    if kept is not None and kept.is_file():
        trace = load(kept)
    else:
        tests = [*each.get("arguments", ()), *(str((options.sources / t).resolve()) for t in each["tests"])]
        trace = record(root, tests, python=options.python, cwd=root, keep=kept)
    graph = static_pairs(root, files, root_package=None)
    known, tests_of = ({module_name(root, p) for p in group} for group in (files, found.difference(files)))
    return compare(each["name"], trace, graph, known=known, left_out=tests_of)


def compare(name: str, trace: Trace, graph: set[Pair], *, known: set[str], left_out: set[str]) -> Package:
    """Set a trace beside a graph; only pairs count whose two ends lie in ``known`` modules and in none left out."""

    def counts(pair: Pair) -> bool:
        return all(inside(end, known) and not inside(end, left_out) for end in pair)

    observed, edges = set(filter(counts, trace.pairs)), set(filter(counts, graph))
    return Package(
        name=name,
        observed=len(observed),
        found=len(observed & edges),
        confirmed=len(edges & observed),
        open_edges=tuple(sorted(edges - observed)),
    )


def summary(packages: Sequence[Package], verdicts: Mapping[tuple[str, str, str], bool], size: int) -> dict[str, Any]:
    """Return recall, precision and F1 of all packages together, with intervals, and the edges left to judge."""
    pool = sorted(((p.name, *edge) for p in packages for edge in p.open_edges), key=_rank)[:size]
    judged = [verdicts[each] for each in pool if each in verdicts]
    observed, found = sum(p.observed for p in packages), sum(p.found for p in packages)
    confirmed, unseen = sum(p.confirmed for p in packages), sum(len(p.open_edges) for p in packages)
    recalls = (found / max(1, observed), *wilson(found, observed))
    shares = (sum(judged) / max(1, len(judged)), *wilson(sum(judged), len(judged)))
    precisions = [(confirmed + share * unseen) / max(1, confirmed + unseen) for share in shares]
    f1 = [_harmonic(p, r) for p, r in zip(precisions, recalls, strict=True)]
    return {
        "packages": {p.name: _row(p) for p in packages},
        "observed": observed,
        "recall": _rounded(recalls),
        "edges": confirmed + unseen,
        "confirmed": confirmed,
        "judged": len(judged),
        "judged_true": _rounded(shares),
        "precision": _rounded(precisions),
        "f1": _rounded(f1),
        "unjudged": [list(each) for each in pool if each not in verdicts],
    }


def wilson(hits: int, size: int) -> tuple[float, float]:
    """Return Wilson's 95 % interval of a share (Wilson, JASA 1927); (0, 1) when nothing was counted."""
    if size == 0:
        return 0.0, 1.0
    share, square = hits / size, Z * Z
    middle = (share + square / (2 * size)) / (1 + square / size)
    half = Z * math.sqrt(share * (1 - share) / size + square / (4 * size * size)) / (1 + square / size)
    return max(0.0, middle - half), min(1.0, middle + half)


def _rank(edge: tuple[str, ...]) -> str:
    return hashlib.sha256("\0".join(edge).encode()).hexdigest()


def _harmonic(precision: float, recall: float) -> float:
    return 2 * precision * recall / (precision + recall) if precision + recall else 0.0


def _row(package: Package) -> dict[str, Any]:
    return {
        "observed": package.observed,
        "recall": round(package.found / max(1, package.observed), 4),
        "edges": package.confirmed + len(package.open_edges),
        "confirmed": package.confirmed,
    }


def _rounded(values: Sequence[float]) -> list[float]:
    """Value, low, high."""
    return [round(v, 4) for v in values]


if __name__ == "__main__":
    sys.stdout.write(json.dumps(main(sys.argv[1:]), indent=1) + "\n")
