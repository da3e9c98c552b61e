"""How far the call graph of JavaScript agrees with what Node does when a test suite runs.

A copy of the project is instrumented: every function reports, when it is entered, the place of the frame below it.
Lines stay as they are; TypeScript is then turned into CommonJS by its own compiler. Recall as in
:mod:`bench.graph_runtime`; functions that share a line with another one, and generators, which are entered by whoever
advances them, are left out.

Usage: ``python -m bench.graph_script_runtime PROJECT --source lib -- node_modules/.bin/mocha test``.
"""

import argparse
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from tree_sitter import Node as Tree

from atoms.domain.parser import MultiLanguageParser
from bench.graph import whole_file
from bench.graph_runtime import Agreement, Pair, Trace, agreement
from graphs.domain.analyzer import DependencyAnalyzer
from graphs.domain.javascript_frontend.values import JsFunction
from graphs.domain.modules import javascript_name

TRACER = Path(__file__).parent / "graph_script_tracer.cjs"
TYPESCRIPT = Path(__file__).parents[1] / "frontend" / "node_modules" / "typescript"
TRANSPILE = """\
const ts = require(process.argv[1]);
const { readFileSync, rmSync, writeFileSync } = require("node:fs");
const compilerOptions = { module: ts.ModuleKind.CommonJS, target: ts.ScriptTarget.ES2022 };
for (const file of process.argv.slice(2)) {
  const { outputText } = ts.transpileModule(readFileSync(file, "utf8"), { compilerOptions, fileName: file });
  writeFileSync(file.replace(/\\.ts$/, ".js"), outputText);
  rmSync(file);
}
"""
SUITE_SECONDS = 600
SUFFIXES = frozenset({".js", ".mjs", ".cjs", ".ts"})
FUNCTIONS = frozenset({"function_declaration", "function_expression", "arrow_function", "method_definition"})
GENERATORS = frozenset({"generator_function", "generator_function_declaration"})
CLASSES = frozenset({"class", "class_declaration", "abstract_class_declaration"})
MARK = re.compile(rb'globalThis\.__mgeEnter\("([^"]+):(\d+)"\)')

Place = tuple[str, int]  # path under the project, line of the definition
UNWRITTEN: Place = ("", -1)
Row = tuple[str, Sequence[tuple[str, int, int]]]  # callee, and the callers' files, lines and columns
Spans = tuple[tuple[tuple[int, int], tuple[int, int], Place], ...]  # (row, column) of start and end, 0-based


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
        inside = each.relative_to(path).parts
        if each.suffix in SUFFIXES and "node_modules" not in inside and not each.name.endswith(".d.ts"):
            yield each


def record(
    project: Path, sources: Sequence[Path], command: Sequence[str], *, packages: Path | None = None
) -> dict[tuple[Place, Place], int]:
    """Run a command in an instrumented copy and return who entered whom, with the line of the caller.

    ``packages``: the ``node_modules`` in which the project finds what it depends on.
    """
    with tempfile.TemporaryDirectory() as folder:
        copy, traces = Path(folder) / "project", Path(folder) / "traces"
        shutil.copytree(project, copy, symlinks=True, ignore=shutil.ignore_patterns(".git"))
        if packages is not None:
            (Path(folder) / "node_modules").symlink_to(packages.resolve())
        traces.mkdir()
        made = _instrumented(project, sources, copy)
        environment = {**os.environ, "MGE_TRACE": str(traces), "NODE_OPTIONS": f"--require {TRACER}"}
        subprocess.run(command, cwd=copy, check=False, timeout=SUITE_SECONDS, stdout=sys.stderr, env=environment)
        rows = [row for file in traces.glob("*.json") for row in json.loads(file.read_text())]
        return pairs(rows, made, copy.resolve())


def _instrumented(project: Path, sources: Sequence[Path], copy: Path) -> dict[str, Spans]:
    """Instrument a copy; return the spans of functions by the path of the file that runs."""
    typed = [source for source in sources if source.suffix == ".ts"]
    for source in sources:
        name = source.relative_to(project).as_posix()
        (copy / name).write_bytes(instrument(source.read_bytes(), name))
    if typed:
        folders = {copy / source.parent.relative_to(project) for source in typed}
        for folder in folders:
            (folder / "package.json").write_text('{"type": "commonjs"}')
        paths = [str(copy / source.relative_to(project)) for source in typed]
        subprocess.run(["node", "-e", TRANSPILE, str(TYPESCRIPT), *paths], check=True, timeout=SUITE_SECONDS)
    made = {}
    for source in sources:
        path = source.relative_to(project)
        runs = path.with_suffix(".js") if source.suffix == ".ts" else path
        made[runs.as_posix()] = spans((copy / runs).read_bytes(), runs.name, path.as_posix())
    return made


def pairs(rows: Sequence[Row], made: Mapping[str, Spans], root: Path) -> dict[tuple[Place, Place], int]:
    """Turn places of frames into functions; the module itself has line 0.

    A class without a constructor has one that nobody wrote: its frame stands where the class begins, and is passed.
    """
    found: dict[tuple[Place, Place], int] = {}
    for callee, frames in rows:
        for file, line, column in frames:
            path = Path(file)
            name = path.relative_to(root).as_posix() if path.is_relative_to(root) else ""
            holder = _holder(made[name], (line - 1, column - 1)) if name in made else None
            if holder != UNWRITTEN:
                if holder is not None:
                    at, _, row = callee.rpartition(":")
                    found.setdefault((holder, (at, int(row))), line)
                break
    return found


def _holder(spans: Spans, at: tuple[int, int]) -> Place:
    inside = [(start, place) for start, end, place in spans if start <= at < end]
    return max(inside)[1]


def instrument(source: bytes, name: str) -> bytes:
    """Let every function but generators report itself first; no line moves."""
    inserts = [i for n in _functions(_tree(source, name)) for i in _report(n, f"{name}:{n.start_point.row + 1}")]
    text = source
    for offset, piece in sorted(inserts, reverse=True):
        text = text[:offset] + piece + text[offset:]
    return text


def spans(text: bytes, name: str, path: str) -> Spans:
    """Return where functions stand in instrumented text, as it runs: each is told by the report it begins with."""
    root = _tree(text, name)
    found = [((0, 0), (root.end_point.row + 2, 0), (path, 0))]
    for node in _functions(root, generators=True):
        mark = MARK.search(_head(node))
        place = (mark[1].decode(), int(mark[2])) if mark is not None else ("", 0)
        start, end = node.start_point, node.end_point
        found.append(((start.row, start.column), (end.row, end.column), place))
    found.extend((at, (at[0], at[1] + 1), UNWRITTEN) for at in _classes(root))
    return tuple(sorted(found))


def _classes(root: Tree) -> Iterator[tuple[int, int]]:
    """Yield where classes begin: nothing else calls from the very word."""
    pending = [root]
    while pending:
        node = pending.pop()
        if node.type in CLASSES and node.is_named:
            word = next((child for child in node.children if child.type == "class"), node)
            yield word.start_point.row, word.start_point.column
        pending.extend(node.children)


def _head(node: Tree) -> bytes:
    """Return the first statement of a function that is not a directive, or the expression it is."""
    body = node.child_by_field_name("body")
    if body is None or body.type != "statement_block":
        return (body.text or b"") if body is not None else b""
    rest = (child for child in body.named_children if not _directive(child))
    return next((child.text or b"" for child in rest if MARK.match(child.text or b"")), b"")


def _directive(node: Tree) -> bool:
    return node.type == "expression_statement" and node.named_children[0].type == "string"


def _tree(source: bytes, name: str) -> Tree:
    language = MultiLanguageParser.language_of(name)
    assert language is not None
    return MultiLanguageParser().parse(source, language).root_node


def _functions(root: Tree, *, generators: bool = False) -> Iterator[Tree]:
    pending = [root]
    while pending:
        node = pending.pop()
        star = node.type in GENERATORS or any(child.type == "*" for child in node.children)
        if node.type in FUNCTIONS | GENERATORS and (generators or not star):
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
        if not _directive(statement):
            break
        offset = statement.end_byte
    return [(offset, b";" + call + b";")]


def compare(
    project: Path, sources: Sequence[Path], tests: Sequence[Path], observed: Mapping[tuple[Place, Place], int]
) -> Agreement:
    """Compare places seen with the call graph's."""
    trace, static, modules = both(project, sources, tests, observed)
    return agreement(trace, static, known=modules)


def both(
    project: Path, sources: Sequence[Path], tests: Sequence[Path], observed: Mapping[tuple[Place, Place], int]
) -> tuple[Trace, set[Pair], set[str]]:
    """Return what ran and the edges of the graph in the graph's names, and the modules; places are path and line."""
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
    return trace, static, set(modules)


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

        JsFunction.__init__ = note  # type: ignore[method-assign,assignment]  # patched on purpose: nothing else tells where functions are made

    def __exit__(self, *_: object) -> None:
        JsFunction.__init__ = self.original  # type: ignore[method-assign]  # put back


def _language(path: Path) -> Any:
    return MultiLanguageParser.language_of(path.name)


if __name__ == "__main__":
    sys.stdout.write(json.dumps(main(sys.argv[1:])) + "\n")
