"""F1 of the JavaScript and TypeScript call graph on published packages that nobody tuned to.

Each package of ``bench/data/graph_script/packages.json`` is installed at its pinned version; a driver exercises its
public interface while :mod:`bench.graph_script_runtime` watches. Recall: of the pairs of functions seen calling each
other, the share with an edge. Precision: edges the trace saw are right; of the others, whether their code ran or not,
the ``--sample`` with the lowest hashes are judged by hand in ``verdicts.json`` (a hash, so that most of the sample
outlives a change of the analysis), and the share of those that hold stands for all of them. An edge holds when some
input of the public interface makes the caller call the callee.

Packages come in sets: only the figure before the first change made with a set in view tells of code never seen.

Usage: ``python -m bench.graph_script_packages [--set second] [--work FOLDER] [--list]``; needs Node and npm.
"""

import argparse
import json
import subprocess
import sys
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from hashlib import sha256
from math import sqrt
from pathlib import Path
from typing import Any

from bench.graph_runtime import Pair
from bench.graph_script_runtime import both, record, scripts

DATA = Path(__file__).parent / "data" / "graph_script"
SAMPLE = 150
INSTALL_SECONDS = 300

Edge = tuple[str, str, str]  # package, caller, callee


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """One package: pairs seen at run time with the line of the caller, and the edges of the graph."""

    name: str
    seen: Mapping[Pair, int]
    edges: frozenset[Pair]

    @property
    def missed(self) -> list[Pair]:
        """Pairs seen that have no edge."""
        return sorted(self.seen.keys() - self.edges)

    @property
    def unconfirmed(self) -> list[Edge]:
        """Edges that no trace saw."""
        return [(self.name, *pair) for pair in sorted(self.edges - self.seen.keys())]


def main(argv: Sequence[str]) -> dict[str, Any]:
    """Install, trace, compare, and return recall, precision and F1 with the sizes of the samples."""
    parser = argparse.ArgumentParser(prog="bench.graph_script_packages")
    parser.add_argument("--set", default="held-out", choices=("held-out", "second", "development"))
    parser.add_argument("--work", type=Path, help="keep the packages here, and use those that are there")
    parser.add_argument("--sample", type=int, default=SAMPLE)
    parser.add_argument("--list", action="store_true", help="also list misses and the sampled edges")
    options = parser.parse_args(list(argv))
    packages = load("packages")[options.set]
    with tempfile.TemporaryDirectory() as folder:
        work = options.work or Path(folder)
        install(work, packages)
        found = [measure(work, package) for package in packages]
    return summary(found, verdicts(), options.sample, listed=options.list)


def install(work: Path, packages: Sequence[Mapping[str, Any]]) -> None:
    """Let npm install what is not there."""
    work.mkdir(parents=True, exist_ok=True)
    wanted = [f"{p['name']}@{p['version']}" for p in packages] + [n for p in packages for n in p.get("with", ())]
    manifest = work / "package.json"
    if not manifest.exists():
        manifest.write_text("{}")
    command = ["npm", "install", "--save-exact", "--ignore-scripts", "--no-audit", "--no-fund", *wanted]
    subprocess.run(command, cwd=work, check=True, timeout=INSTALL_SECONDS, stdout=sys.stderr)


def measure(work: Path, package: Mapping[str, Any]) -> Found:
    """Trace one package under its driver, and analyse it."""
    project = (work / "node_modules" / package["name"]).resolve()
    sources = sorted({path for name in package["source"] for path in scripts(project / name)})
    driver = DATA / "drivers" / f"{package['name']}.cjs"
    observed = record(project, sources, ["node", str(driver)], packages=work / "node_modules")
    trace, edges, modules = both(project, sources, [], observed)
    inside = {(a, b): line for (a, b), line in trace.pairs.items() if b not in modules}
    return Found(name=package["name"], seen=inside, edges=frozenset(edges))


def load(name: str) -> Any:
    """Return what a file of the bench's data holds."""
    return json.loads((DATA / f"{name}.json").read_text())


def verdicts() -> dict[Edge, bool]:
    """Return the edges judged by hand: whether each holds."""
    return {(row["package"], row["caller"], row["callee"]): row["holds"] for row in load("verdicts")}


def summary(found: Sequence[Found], judged: Mapping[Edge, bool], size: int, *, listed: bool = False) -> dict[str, Any]:
    """Pool the packages. ``precision`` is None until all of the sample is judged; the interval is Wilson's, 95 %."""
    seen = sum(len(f.seen) for f in found)
    missed = sum(len(f.missed) for f in found)
    edges = sum(len(f.edges) for f in found)
    unconfirmed = [edge for f in found for edge in f.unconfirmed]
    sample = sorted(unconfirmed, key=_rank)[:size]
    known = [judged[edge] for edge in sample if edge in judged]
    recall = (seen - missed) / max(1, seen)
    result: dict[str, Any] = {
        "packages": [_row(f) for f in found],
        "observed": seen,
        "recall": round(recall, 4),
        "edges": edges,
        "confirmed": edges - len(unconfirmed),
        "sampled": len(sample),
        "judged": len(known),
        **_precision(known if len(known) == len(sample) else None, edges, len(unconfirmed), recall),
    }
    if listed:
        result["missed"] = [[f.name, *pair, f.seen[pair]] for f in found for pair in f.missed]
        result["sample"] = [[*edge, judged.get(edge)] for edge in sample]
    return result


def _precision(known: Sequence[bool] | None, edges: int, unconfirmed: int, recall: float) -> dict[str, Any]:
    if known is None:
        return {"precision": None, "f1": None}
    share = sum(known) / len(known) if known else 1.0
    low, high = _wilson(sum(known), len(known))
    precision, least, most = ((edges - (1 - s) * unconfirmed) / max(1, edges) for s in (share, low, high))
    return {
        "hold": round(share, 4),
        "precision": round(precision, 4),
        "precision_interval": [round(least, 4), round(most, 4)],
        "f1": round(2 * precision * recall / max(1e-9, precision + recall), 4),
    }


def _wilson(hits: int, size: int, z: float = 1.96) -> tuple[float, float]:
    if not size:
        return 1.0, 1.0
    share, scale = hits / size, 1 + z * z / size
    middle = (share + z * z / (2 * size)) / scale
    half = z * sqrt(share * (1 - share) / size + z * z / (4 * size * size)) / scale
    return middle - half, middle + half


def _row(found: Found) -> dict[str, Any]:
    total, missed = len(found.seen), len(found.missed)
    return {
        "name": found.name,
        "observed": total,
        "recall": round((total - missed) / max(1, total), 4),
        "edges": len(found.edges),
        "unconfirmed": len(found.unconfirmed),
    }


def _rank(edge: Edge) -> str:
    return sha256("\0".join(edge).encode()).hexdigest()


if __name__ == "__main__":
    sys.stdout.write(json.dumps(main(sys.argv[1:])) + "\n")
