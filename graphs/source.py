"""Analysis of a source tree or file without a database: atoms, facts, edges, waves, call graph."""

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from atoms.domain.context import ContextInjector
from atoms.domain.decomposer import RecursiveDecomposer
from atoms.domain.model import Atom, AtomFacts, FileAtoms
from atoms.domain.parser import MultiLanguageParser
from graphs.domain.analyzer import DependencyAnalyzer
from graphs.domain.model import ProjectGraph
from kernel.collector import collector_paused
from kernel.errors import InvalidInput
from kernel.text import storable
from masterplans.importers.source_tree import folder, scan_tree

Progress = Callable[[int, int | None], None]


def analyze(path: Path, *, callgraph: bool, report: Progress | None = None) -> dict[str, Any]:
    """The object of ``analyze_source --json`` for a file or a folder. Raises InvalidInput where there is no code."""
    package = path.resolve().name if (path / "__init__.py").is_file() else None
    with collector_paused():
        files = _cut(path, report or (lambda _done, _total: None))
        return describe(files, package=package, callgraph=callgraph)


def describe(
    files: Sequence[FileAtoms], *, package: str | None, callgraph: bool, detail: bool = False
) -> dict[str, Any]:
    """The same object for files that are cut already; ``package`` is the import name of their folder, if it is one.

    ``detail`` adds to each atom its contract, and what each criterion measures and what would raise it.
    """
    facts = ContextInjector().describe(files, root_package=package)
    graph = DependencyAnalyzer().analyze(files, root_package=package, callgraph=callgraph)
    wave_of = {atom: number for number, wave in enumerate(graph.waves, start=1) for atom in wave}
    return {
        "files": [_file_row(file) for file in files],
        "atoms": [
            {**_atom_row(a, facts[a.id], wave_of[a.id]), **(_details(facts[a.id]) if detail else {})}
            for file in files
            for a in file.atoms
        ],
        "edges": _edge_rows(graph),
        "waves": [list(wave) for wave in graph.waves],
        "unresolved": [{"atom": u.atom_id, "name": storable(u.name), "line": u.line} for u in graph.unresolved],
        **({"callgraph": {caller: list(callees) for caller, callees in graph.callgraph.items()}} if callgraph else {}),
    }


def _cut(path: Path, report: Progress) -> list[FileAtoms]:
    parser = MultiLanguageParser()
    splitter = RecursiveDecomposer()
    found = _read(path, report)
    code = [(name, content, language) for name, content in found if (language := parser.language_of(name))]
    if not code:
        raise InvalidInput(f"{path} holds no code: expected .py, .ts, .tsx, .js, .jsx, .mjs or .cjs files.")
    files = []
    for done, (name, content, language) in enumerate(code, start=1):
        files.append(splitter.split(content, path=name, language=language))
        report(done, len(code))
    return files


def _read(path: Path, report: Progress) -> list[tuple[str, bytes]]:
    if path.is_file():
        try:
            return [(path.name, path.read_bytes())]
        except OSError as error:
            raise InvalidInput(f"{path} cannot be read: {error.strerror}.") from error
    scan = scan_tree(folder(path, what="PATH"), report=report)
    return [(file.path, file.content) for file in scan.files]


def _file_row(file: FileAtoms) -> dict[str, Any]:
    problem = file.problem
    located = {"line": problem.line, "column": problem.column, "message": problem.message} if problem else None
    return {
        "path": storable(file.path),
        "language": file.language.value,
        "bytes": len(file.source),
        "parse_ok": file.parse_ok,
        "problem": located,
    }


def _atom_row(atom: Atom, facts: AtomFacts, wave: int) -> dict[str, Any]:
    return {
        "id": atom.id,
        "path": storable(atom.path),
        "start_byte": atom.start_byte,
        "end_byte": atom.end_byte,
        "start_line": atom.start_line,
        "end_line": atom.end_line,
        "kind": atom.kind.value,
        "symbol": storable(atom.symbol),
        "parent": atom.parent,
        "loc": atom.loc,
        "complexity": atom.complexity,
        "uncuttable": atom.uncuttable,
        "atomicity_score": facts.atomicity_score,
        "criteria": {c.name: c.value for c in facts.criteria},
        "context_completeness": facts.context_completeness,
        "needs": [{"name": n.name, "kind": n.kind, "resolved_by": n.resolved_by} for n in facts.needs],
        "wave": wave,
    }


def _details(facts: AtomFacts) -> dict[str, Any]:
    return {
        "contract": {
            "signature": facts.signature,
            "defines": facts.defines,
            "imports": facts.imports,
            "types": facts.types,
            "preconditions": facts.preconditions,
            "postconditions": facts.postconditions,
            "raises": facts.raises,
            "mutates": facts.mutates,
            "pure": facts.pure,
            "deterministic": facts.deterministic,
            "test_cases": facts.test_cases,
        },
        "criteria_detail": [
            {"name": c.name, "value": c.value, "measures": c.measures, "raise_by": c.raise_by} for c in facts.criteria
        ],
    }


def _edge_rows(graph: ProjectGraph) -> list[dict[str, Any]]:
    return [
        {
            "from": edge.source,
            "to": edge.target,
            "type": edge.type.value,
            "weight": edge.weight,
            "reasons": [{"type": r.type.value, "symbol": r.symbol, "line": r.line} for r in edge.reasons],
            **({"broken": edge.broken} if edge.broken else {}),
        }
        for edge in graph.edges
    ]
