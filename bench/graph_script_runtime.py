"""How far the call graph of JavaScript agrees with what Node does when a test suite runs.

A copy of the project is instrumented: every function reports, when it is entered, the place of the frame below it.
Lines stay as they are. Recall as in :mod:`bench.graph_runtime`; functions that share a line with another one, and
generators, which are entered by whoever advances them, are left out.

Usage: ``python -m bench.graph_script_runtime PROJECT --source lib -- node_modules/.bin/mocha test``.
"""

import argparse
import json
import os
import shutil
import subprocess
import sys
import tempfile
from bisect import bisect_right
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tree_sitter import Node as Tree

from atoms.domain.parser import MultiLanguageParser
from bench.graph import whole_file
from bench.graph_runtime import Agreement, Trace, agreement
from graphs.domain.analyzer import DependencyAnalyzer
from graphs.domain.javascript_frontend.values import JsFunction
from graphs.domain.modules import javascript_name

TRACER = Path(__file__).parent / "graph_script_tracer.cjs"
SUITE_SECONDS = 600
FUNCTIONS = frozenset({"function_declaration", "function_expression", "arrow_function", "method_definition"})

Place = tuple[str, int]  # path under the project, line of the definition


@dataclass(frozen=True, slots=True, kw_only=True)
class Instrumented:
    """An instrumented file: its text, and the functions of it, each with where its text begins and ends now."""

    text: bytes
    spans: tuple[tuple[tuple[int, int], tuple[int, int], Place], ...]


def main(argv: Sequence[str]) -> dict[str, Any]:
    """Trace the command after ``--`` in an instrumented copy, and compare."""
    parser = argparse.ArgumentParser(prog="bench.graph_script_runtime")
    parser.add_argument("project", type=Path)
    parser.add_argument("--source", action="append", required=True, help="file or folder to analyse, by path inside")
    parser.add_argument("--with-tests", action="append", default=[], help="also read these, as callers that are known")
    at = list(argv).index("--") if "--" in argv else len(argv)
    options = parser.parse_args(list(argv[:at]))
    project = options.project.resolve()
    sources = sorted({p for name in options.source for p in scripts(project / name)})
    tests = sorted({p for name in options.with_tests for p in scripts(project / name)} - set(sources))
    observed = record(project, sources, list(argv[at + 1 :]))
    found = compare(project, sources, tests, observed)
    return {
        "observed": found.observed,
        "recall": round(found.recall, 4),
        "confirmed": round(found.confirmed_share, 4),
        "missed": [list(m) for m in found.missed],
        "unseen": [list(p) for p in found.unseen],
    }


def scripts(path: Path) -> Iterator[Path]:
    """Yield the script files at or below a path."""
    for each in [path] if path.is_file() else sorted(path.rglob("*")):
        if each.suffix in (".js", ".mjs", ".cjs") and "node_modules" not in each.parts and each.is_file():
            yield each


def record(project: Path, sources: Sequence[Path], command: Sequence[str]) -> dict[tuple[Place, Place], int]:
    """Run a command in an instrumented copy and return who entered whom, with the line of the caller."""
    with tempfile.TemporaryDirectory() as folder:
        copy, traces = Path(folder) / "project", Path(folder) / "traces"
        shutil.copytree(project, copy, symlinks=True, ignore=shutil.ignore_patterns(".git"))
        traces.mkdir()
        made = {}
        for source in sources:
            name = source.relative_to(project).as_posix()
            made[name] = instrument(source.read_bytes(), name)
            (copy / name).write_bytes(made[name].text)
        environment = {**os.environ, "MGE_TRACE": str(traces), "NODE_OPTIONS": f"--require {TRACER}"}
        subprocess.run(command, cwd=copy, check=False, timeout=SUITE_SECONDS, stdout=sys.stderr, env=environment)
        rows = [row for file in traces.glob("*.json") for row in json.loads(file.read_text())]
        return pairs(rows, made, copy.resolve())


def pairs(
    rows: Sequence[tuple[str, str, int, int]], made: Mapping[str, Instrumented], root: Path
) -> dict[tuple[Place, Place], int]:
    """Turn places of frames into functions; the module itself has line 0."""
    found: dict[tuple[Place, Place], int] = {}
    for callee, file, line, column in rows:
        path = Path(file)
        name = path.relative_to(root).as_posix() if path.is_relative_to(root) else ""
        if name in made:
            at, _, row = callee.rpartition(":")
            found.setdefault((_holder(made[name], name, (line - 1, column - 1)), (at, int(row))), line)
    return found


def _holder(file: Instrumented, name: str, at: tuple[int, int]) -> Place:
    starts = [start for start, _, _ in file.spans]
    for start, end, place in reversed(file.spans[: bisect_right(starts, at)]):
        if start <= at < end:
            return place
    return (name, 0)


def instrument(source: bytes, name: str) -> Instrumented:
    """Let every function but generators report itself first; no line moves."""
    inserts: list[tuple[int, bytes]] = []
    language = MultiLanguageParser.language_of(name)
    assert language is not None
    functions = list(_functions(MultiLanguageParser().parse(source, language).root_node))
    for node in functions:
        inserts.extend(_report(node, f"{name}:{node.start_point.row + 1}"))
    text = source
    for offset, piece in sorted(inserts, reverse=True):
        text = text[:offset] + piece + text[offset:]
    after = list(_functions(MultiLanguageParser().parse(text, language).root_node))
    spans = sorted(
        (
            (n.start_point.row, n.start_point.column),
            (n.end_point.row, n.end_point.column),
            (name, n.start_point.row + 1),
        )
        for n in after
    )
    return Instrumented(text=text, spans=tuple(spans))


def _functions(root: Tree) -> Iterator[Tree]:
    pending = [root]
    while pending:
        node = pending.pop()
        if node.type in FUNCTIONS and not any(child.type == "*" for child in node.children):
            yield node
        pending.extend(node.children)


def _report(node: Tree, place: str) -> list[tuple[int, bytes]]:
    body = node.child_by_field_name("body")
    call = f"globalThis.__mgeEnter({json.dumps(place)})".encode()
    if body is None:
        return []
    if body.type != "statement_block":
        return [(body.start_byte, b"(" + call + b","), (body.end_byte, b")")]
    offset = body.start_byte + 1
    for statement in body.named_children:  # directives such as "use strict" stay first
        if statement.type == "comment":
            continue
        if not (statement.type == "expression_statement" and statement.named_children[0].type == "string"):
            break
        offset = statement.end_byte
    return [(offset, b";" + call + b";")]


def compare(
    project: Path, sources: Sequence[Path], tests: Sequence[Path], observed: Mapping[tuple[Place, Place], int]
) -> Agreement:
    """Compare places seen with the call graph's; a place is told by path and line."""
    names: dict[str, Place] = {}
    with _noting(names):
        inputs = [
            whole_file(p.relative_to(project).as_posix(), p.read_bytes(), _language(p)) for p in (*sources, *tests)
        ]
        graph = DependencyAnalyzer().analyze(inputs).callgraph
    own = {p.relative_to(project).as_posix() for p in sources}
    modules = {javascript_name(path): (path, 0) for path in own}
    crowded = {place for place, count in Counter(names.values()).items() if count > 1}
    places = {**{n: p for n, p in names.items() if p[0] in own and p not in crowded}, **modules}
    shown = {place: name for name, place in places.items()}
    static = {(shown[places[a]], shown[places[b]]) for a, bs in graph.items() if a in places for b in bs if b in places}
    seen = {(shown[a], shown[b]): line for (a, b), line in observed.items() if a in shown and b in shown}
    trace = Trace(pairs=seen, ran=frozenset(name for pair in seen for name in pair))
    return agreement(trace, static, known=set(modules))


class _noting:  # noqa: N801 - reads as a word in ``with``
    """Notes the place of every function that is made while it lasts."""

    def __init__(self, names: dict[str, Place]) -> None:
        self.names = names
        self.original = JsFunction.__init__

    def __enter__(self) -> None:
        original, names = self.original, self.names

        def note(this: JsFunction, name: str, path: str, line: int, *, is_arrow: bool = False) -> None:
            names[name] = (path, line)
            original(this, name, path, line, is_arrow=is_arrow)

        JsFunction.__init__ = note  # type: ignore[method-assign,assignment]

    def __exit__(self, *_: object) -> None:
        JsFunction.__init__ = self.original  # type: ignore[method-assign]


def _language(path: Path) -> Any:
    return MultiLanguageParser.language_of(path.name)


if __name__ == "__main__":
    sys.stdout.write(json.dumps(main(sys.argv[1:])) + "\n")
