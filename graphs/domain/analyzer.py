"""From atoms to the whole graph: parse, constraints, fixpoint, edges, waves, callgraph."""

import ast
import warnings
from collections.abc import Mapping, Sequence

from atoms.domain.model import FileAtoms, Language
from graphs.domain.edges import AtomIndex, EdgeBuilder
from graphs.domain.javascript_frontend.frontend import JavaScriptFrontend
from graphs.domain.javascript_frontend.parsing import parse_script
from graphs.domain.model import Edge, Ordering, ProjectGraph, Unresolved
from graphs.domain.python_frontend.frontend import PythonFrontend
from graphs.domain.solver import Solver
from graphs.domain.sorter import TopologicalSorter
from graphs.domain.symbols import Symbols
from graphs.domain.waves import WaveGenerator
from kernel import python_source
from kernel.collector import collector_paused


class DependencyAnalyzer:
    """Finds who needs whom. Files that do not parse are not analysed; their atoms stand in the graph without edges.

    Not modelled: what the body of a function needs at the moment when module-level code calls it.
    """

    def analyze(
        self,
        files: Sequence[FileAtoms],
        *,
        root_package: str | None = None,
        ordering: Ordering = Ordering.INTERFACE,
        callgraph: bool = True,
    ) -> ProjectGraph:
        """Return the graph of all files. ``root_package`` is the import name of the folder when it is a package."""
        with collector_paused():
            return self._analyze(files, root_package=root_package, ordering=ordering, callgraph=callgraph)

    def _analyze(
        self, files: Sequence[FileAtoms], *, root_package: str | None, ordering: Ordering, callgraph: bool
    ) -> ProjectGraph:
        index = AtomIndex(files)
        solver, symbols = Solver(), Symbols()
        builder = EdgeBuilder(index, symbols)
        unresolved: dict[Unresolved, None] = {}
        python = [f for f in files if f.language is Language.PYTHON]
        self._python(python, solver, symbols, builder, unresolved, root_package=root_package)
        scripts = [f for f in files if f.language is not Language.PYTHON and f.parse_ok]
        self._javascript(scripts, solver, symbols, builder, unresolved)
        for file in files:
            builder.structure(file)
        for _, path, line, callee in solver.internal:
            builder.call(path, line, index.at(callee.path, callee.line), callee.name)
        atoms = [a.id for f in files for a in f.atoms]
        return assemble(
            atoms,
            builder.build(),
            ordering=ordering,
            unresolved=tuple(unresolved),
            callgraph=flat_callgraph(solver) if callgraph else {},
        )

    def _python(
        self,
        files: Sequence[FileAtoms],
        solver: Solver,
        symbols: Symbols,
        builder: EdgeBuilder,
        unresolved: dict[Unresolved, None],
        *,
        root_package: str | None,
    ) -> None:
        trees: dict[str, ast.Module] = {}
        for file in files:
            tree = parse(file.source)
            if tree is not None:
                trees[file.path] = tree
        frontend = PythonFrontend(solver, symbols, list(trees), root_package)
        frontend.note_properties(trees)
        by_path = {f.path: f for f in files}
        for path, tree in trees.items():
            frontend.read(path, by_path[path].source, tree, builder.index.starts(path))
        frontend.link()
        solver.settle()
        frontend.promise()
        _collect(frontend, builder, unresolved)

    def _javascript(
        self,
        files: Sequence[FileAtoms],
        solver: Solver,
        symbols: Symbols,
        builder: EdgeBuilder,
        unresolved: dict[Unresolved, None],
    ) -> None:
        roots = {f.path: parse_script(f.source, f.language) for f in files}
        frontend = JavaScriptFrontend(solver, symbols, list(roots))
        for path, root in roots.items():
            frontend.survey(path, root)
        for path, root in roots.items():
            frontend.read(path, root, builder.index.starts(path))
        frontend.link()
        solver.settle()
        frontend.promise()
        _collect(frontend, builder, unresolved)


def _collect(
    frontend: PythonFrontend | JavaScriptFrontend, builder: EdgeBuilder, unresolved: dict[Unresolved, None]
) -> None:
    """Take over what a front end found: uses, flows inside functions, and what nothing answers."""
    for use in frontend.project.uses:
        builder.use(use)
    for path, flows in frontend.local_flow.items():
        for defs, uses in flows:
            builder.local(path, defs, uses)
    project = frontend.project
    open_calls = [(path, line, name) for path, line, name, callee in project.calls if not (callee and callee.values)]
    for path, line, name in [*project.unknown, *open_calls]:
        atom = builder.index.at(path, line)
        if atom is not None:
            unresolved[Unresolved(atom_id=atom.id, name=name, line=line)] = None


def parse(source: bytes) -> ast.Module | None:
    """Parse Python as CPython does; None when it does not."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            return python_source.parse(source)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return None


def flat_callgraph(solver: Solver) -> Mapping[str, tuple[str, ...]]:
    """Return caller to callees, by dotted name, sorted."""
    found: dict[str, set[str]] = {}
    for caller, _, _, callee in solver.internal:
        found.setdefault(caller, set()).add(callee.name)
    for caller, name in solver.external:
        found.setdefault(caller, set()).add(name)
    return {caller: tuple(sorted(found[caller])) for caller in sorted(found)}


def assemble(
    atoms: Sequence[str],
    edges: Sequence[Edge],
    *,
    ordering: Ordering,
    unresolved: tuple[Unresolved, ...] = (),
    callgraph: Mapping[str, tuple[str, ...]] | None = None,
) -> ProjectGraph:
    """Sort atoms and edges into waves."""
    ordered = TopologicalSorter().sort(atoms, edges, ordering=ordering)
    return ProjectGraph(
        edges=ordered.edges,
        waves=WaveGenerator().generate(ordered),
        order=ordered.order,
        units=ordered.units,
        depth=ordered.depth(),
        unresolved=unresolved,
        callgraph=callgraph or {},
        ordering=ordering,
    )
