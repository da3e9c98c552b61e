"""How right and how fast the dependency graph is.

Accuracy: programs under ``bench/data/callgraph``, one feature each, written for this bench, with their callgraph in
flat form. Only edges count whose two ends are functions of the program or its module scope. Speed: generated programs
of 1,000, 10,000 and 100,000 atoms (``--atoms`` sets the largest); the growth exponent is the slope of processor time
between the smallest, the median of ``REPEATS``, and the largest.

What real code does when its tests run, with every miss listed, is measured by ``python -m bench.graph_runtime`` for
Python and ``python -m bench.graph_script_packages`` for packages of npm.
"""

import argparse
import json
import math
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from atoms.domain.model import Atom, AtomKind, FileAtoms, Language
from atoms.domain.parser import MultiLanguageParser
from bench.graph_programs import Run, analyse_generated
from bench.graph_rivals import rival_scores
from graphs.domain.analyzer import DependencyAnalyzer

DATA = Path(__file__).parent / "data" / "callgraph"
SIZES = (1_000, 10_000, 100_000)
REPEATS = 5  # of the smallest: a fifth of a second measured once says little

Callgraph = Mapping[str, Sequence[str]]
Pairs = set[tuple[str, str]]


def main(argv: Sequence[str]) -> dict[str, Any]:
    """Measure, and return what was measured: accuracy, seconds for the largest program, growth, rivals."""
    parser = argparse.ArgumentParser(prog="bench graph", description=__doc__)
    parser.add_argument("--atoms", type=int, default=SIZES[-1], help="size of the largest generated program")
    parser.add_argument("--rivals-python", default=sys.executable, help="interpreter with pyan3, jedi and PyCG")
    options = parser.parse_args(list(argv))
    folders = snippet_folders()
    wanted = [inside_pairs(folder, truth(folder)) for folder in folders]
    found = [inside_pairs(f, measured(f)) for f in folders]
    precision, recall = score(found, wanted)
    sizes = [size for size in SIZES if size <= options.atoms] or [options.atoms]
    runs = [_smallest(sizes[0]), *map(analyse_generated, sizes[1:])]
    last = runs[-1]
    growth = _growth(runs[0], last) if len(runs) > 1 else None
    python = [f for f in folders if f.parent.name == "python"]
    return {
        "precision": round(precision, 4),
        "recall": round(recall, 4),
        "programs": len(folders),
        "by_language": {
            name: _language(name, list(zip(folders, found, wanted, strict=True))) for name in ("python", "javascript")
        },
        "seconds_100k": round(last.seconds, 2) if last.atoms >= SIZES[-1] else None,
        "growth_exponent": round(growth, 3) if growth is not None else None,
        "peak_mib": round(last.peak_mib, 1),
        "scale": [_size(r) for r in runs],
        "rivals": rival_scores(
            [(f, inside_pairs(f, truth(f))) for f in python],
            score=score,
            inside=inside_pairs,
            python=options.rivals_python,
        ),
    }


def _smallest(size: int) -> Run:
    runs = [analyse_generated(size) for _ in range(REPEATS)]
    return sorted(runs, key=lambda run: run.processor_seconds)[REPEATS // 2]


def _growth(first: Run, last: Run) -> float:
    return math.log(last.processor_seconds / first.processor_seconds) / math.log(last.atoms / first.atoms)


def _size(run: Run) -> dict[str, Any]:
    return {
        "atoms": run.atoms,
        "seconds": round(run.seconds, 3),
        "processor_seconds": round(run.processor_seconds, 3),
        "waves": run.waves,
    }


def _language(name: str, results: Sequence[tuple[Path, Pairs, Pairs]]) -> dict[str, Any]:
    own = [(found, wanted) for folder, found, wanted in results if folder.parent.name == name]
    precision, recall = score([f for f, _ in own], [w for _, w in own])
    return {"programs": len(own), "precision": round(precision, 4), "recall": round(recall, 4)}


def snippet_folders(data: Path = DATA) -> list[Path]:
    """Return the folders of all programs."""
    return sorted(p.parent for p in data.rglob("callgraph.json"))


def truth(folder: Path) -> Callgraph:
    """Return the true callgraph of a program."""
    loaded: dict[str, list[str]] = json.loads((folder / "callgraph.json").read_text())
    return loaded


def sources(folder: Path) -> list[Path]:
    """Return the files of a program."""
    return [p for p in sorted(folder.rglob("*")) if p.is_file() and MultiLanguageParser.language_of(p.name) is not None]


def measured(folder: Path) -> Callgraph:
    """Return the callgraph that our analysis finds for one program."""
    files = [
        whole_file(
            str(p.relative_to(folder)), p.read_bytes(), MultiLanguageParser.language_of(p.name) or Language.PYTHON
        )
        for p in sources(folder)
    ]
    return DependencyAnalyzer().analyze(files).callgraph


def inside_pairs(folder: Path, graph: Callgraph) -> Pairs:
    """Return the pairs whose callee lies in the program: its name starts with that of a file or folder."""
    roots = {p.relative_to(folder).parts[0].partition(".")[0] for p in sources(folder)}
    return {(a, b) for a, callees in graph.items() for b in callees if b.partition(".")[0] in roots}


def score(found: Sequence[Pairs], wanted: Sequence[Pairs]) -> tuple[float, float]:
    """Return precision and recall over all programs together."""
    hits = sum(len(f & w) for f, w in zip(found, wanted, strict=True))
    return hits / max(1, sum(map(len, found))), hits / max(1, sum(map(len, wanted)))


def whole_file(path: str, source: bytes, language: Language) -> FileAtoms:
    """Return a file that is one atom: a callgraph needs no cutting."""
    atom = Atom(
        id=path, path=path, language=language, number=0, kind=AtomKind.BLOCK, symbol="<module>", parent=None,
        start_byte=0, end_byte=len(source), start_line=1, end_line=source.count(b"\n") + 1, loc=1, complexity=1.0,
    )  # fmt: skip
    return FileAtoms(path=path, language=language, source=source, parse_ok=True, problem=None, atoms=(atom,))
