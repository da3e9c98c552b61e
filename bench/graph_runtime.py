"""How far the call graph agrees with what Python does when a test suite runs.

Recall: of the pairs of functions seen calling each other inside the tree, how many have an edge. Not counted: module
and class bodies as callees, callers outside the tree, and the resumes of generators. Precision cannot be read off a
trace, for tests do not run every path: ``confirmed`` is the share of edges between functions that both ran and were
seen as a pair, a lower bound; the rest is listed, to be judged by sampling. Lambdas of one function are told apart by
the graph, not by a trace, so their numbers are dropped.
"""

import argparse
import json
import os
import re
import subprocess
import sys
import tempfile
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from atoms.domain.model import Language
from bench.graph import whole_file
from graphs.domain.analyzer import DependencyAnalyzer

TRACER = Path(__file__).parent / "graph_tracer.py"
SUITE_SECONDS = 900
_LAMBDA = re.compile(r"<lambda\d*>")

Pair = tuple[str, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Trace:
    """What was seen: caller, callee -> line of the caller; and every function of the tree that ran."""

    pairs: dict[Pair, int]
    ran: frozenset[str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Agreement:
    """A trace beside the graph. ``missed``: caller, callee, line, reason. ``unseen``: edges whose ends both ran."""

    observed: int
    found: int
    missed: tuple[tuple[str, str, int, str], ...]
    confirmed: int
    unseen: tuple[Pair, ...]

    @property
    def recall(self) -> float:
        """Observed pairs that have an edge."""
        return self.found / max(1, self.observed)

    @property
    def confirmed_share(self) -> float:
        """Edges between functions that ran that the trace saw: no more than the precision."""
        return self.confirmed / max(1, self.confirmed + len(self.unseen))


def main(argv: Sequence[str]) -> dict[str, Any]:
    """Trace the suite of a folder and compare. Everything after ``--`` goes to pytest."""
    parser = argparse.ArgumentParser(prog="bench.graph_runtime")
    parser.add_argument("root", type=Path, help="folder whose Python files are analysed")
    parser.add_argument("--only", action="append", default=[], help="glob of files to analyse, by path under the root")
    parser.add_argument("--root-package")
    parser.add_argument("--cwd", type=Path, help="where pytest runs")
    parser.add_argument("--python", default=sys.executable)
    parser.add_argument("--trace", type=Path, help="keep the trace here, and use it when it is there")
    own, tests = _split(list(argv))
    options = parser.parse_args(own)
    root = options.root.resolve()
    if options.trace is not None and options.trace.is_file():
        trace = load(options.trace)
    else:
        trace = record(root, tests, python=options.python, cwd=options.cwd or root, keep=options.trace)
    files = sorted({p for glob in options.only or ["**/*.py"] for p in root.glob(glob)})
    graph = static_pairs(root, files, root_package=options.root_package)
    found = agreement(trace, graph, known={module_name(root, p) for p in files})
    return {
        "observed": found.observed,
        "recall": round(found.recall, 4),
        "edges": len(graph),
        "confirmed": round(found.confirmed_share, 4),
        "missed": [list(m) for m in found.missed],
        "unseen": [list(p) for p in found.unseen],
    }


def record(root: Path, tests: Sequence[str], *, python: str, cwd: Path, keep: Path | None = None) -> Trace:
    """Run pytest over ``tests`` under the tracer in a process of its own. RuntimeError: nothing of ``root`` ran."""
    with tempfile.TemporaryDirectory() as folder:
        out = keep or Path(folder) / "trace.json"
        command = [python, str(TRACER), str(root), str(out), "-q", "-p", "no:cacheprovider", "-p", "no:django", *tests]
        environment = {k: v for k, v in os.environ.items() if k != "DJANGO_SETTINGS_MODULE"}
        environment["PYTHONPATH"] = str(root)  # the tree, not a copy of it that is installed
        subprocess.run(command, cwd=cwd, check=False, timeout=SUITE_SECONDS, stdout=sys.stderr, env=environment)
        trace = load(out)
        if not trace.ran:
            out.unlink()  # a kept trace of nothing would be taken for the suite's
            raise RuntimeError(f"No function below {root} ran: what pytest says above tells why.")
        return trace


def load(path: Path) -> Trace:
    """Read a trace."""
    data = json.loads(path.read_text())
    pairs: dict[Pair, int] = {}
    for caller, callee, line in data["pairs"]:
        pairs.setdefault((_plain(caller), _plain(callee)), line)
    return Trace(pairs=pairs, ran=frozenset(map(_plain, data["ran"])))


def static_pairs(root: Path, files: Iterable[Path], *, root_package: str | None) -> set[Pair]:
    """Return the pairs of the call graph, numbers of lambdas dropped."""
    inputs = [whole_file(p.relative_to(root).as_posix(), p.read_bytes(), Language.PYTHON) for p in files]
    graph = DependencyAnalyzer().analyze(inputs, root_package=root_package).callgraph
    return {(_plain(a), _plain(b)) for a, callees in graph.items() for b in callees}


def agreement(trace: Trace, graph: set[Pair], *, known: set[str]) -> Agreement:
    """Compare. Only pairs count whose two ends lie in the modules ``known``."""
    observed = {p: line for p, line in trace.pairs.items() if all(inside(name, known) for name in p)}
    missed = [(a, b, line, reason(a, b, graph)) for (a, b), line in sorted(observed.items()) if (a, b) not in graph]
    both_ran = {(a, b) for a, b in graph if b in trace.ran and (a in trace.ran or a in known)}
    confirmed = both_ran & observed.keys()
    return Agreement(
        observed=len(observed),
        found=len(observed) - len(missed),
        missed=tuple(missed),
        confirmed=len(confirmed),
        unseen=tuple(sorted(both_ran - confirmed)),
    )


def reason(caller: str, callee: str, graph: set[Pair]) -> str:
    """Say what kind of call the graph does not know."""
    name = callee.rpartition(".")[2]
    if any(b == callee for _, b in graph):
        found = "known to others, not to this caller"
    else:
        found = "nobody is known to call it"
    if name.startswith("__") and name.endswith("__"):
        return f"special method: {found}"
    if any(a == caller and b.rpartition(".")[2] == name for a, b in graph):
        return f"another method of that name is known here: {found}"
    return "lambda" if name == "<lambda>" else found


def _split(argv: list[str]) -> tuple[list[str], list[str]]:
    at = argv.index("--") if "--" in argv else len(argv)
    return argv[:at], argv[at + 1 :]


def _plain(name: str) -> str:
    return _LAMBDA.sub("<lambda>", name)


def module_name(root: Path, path: Path) -> str:
    """Return the flat name of the module in a file."""
    parts = list(path.relative_to(root).with_suffix("").parts)
    if parts[-1] == "__init__":
        parts = parts[:-1] or ["__init__"]
    return ".".join(parts)


def inside(name: str, known: set[str]) -> bool:
    """Tell whether a flat name lies in one of the modules ``known``."""
    while name:
        if name in known:
            return True
        name = name.rpartition(".")[0]
    return False


if __name__ == "__main__":
    sys.stdout.write(json.dumps(main(sys.argv[1:])) + "\n")
