"""The law of waves: every ordering dependency lies in an earlier wave, unless both share a unit."""

import asyncio
import json
from dataclasses import replace
from pathlib import Path

import networkx
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from atoms.domain.model import Atom, AtomKind, FileAtoms
from graphs.domain.analyzer import DependencyAnalyzer, assemble
from graphs.domain.model import Edge, EdgeType, Ordering, ProjectGraph
from graphs.domain.sorter import orders
from graphs.tests.domain.cut import folder, python_file

WEIGHTS = (1.0, 0.99, 0.8, 0.7, 0.5, 0.3)


def edge(source: str, target: str, weight: float) -> Edge:
    return Edge(source=source, target=target, type=EdgeType.DATA, weight=weight, reasons=())


def violations(graph: ProjectGraph) -> list[Edge]:
    wave = {atom: number for number, atoms in enumerate(graph.waves, start=1) for atom in atoms}
    unit = {atom: number for number, atoms in enumerate(graph.units) for atom in atoms}
    return [
        e
        for e in graph.edges
        if orders(e, graph.ordering)
        and not wave[e.target] < wave[e.source]
        and not (e.source in unit and unit[e.source] == unit.get(e.target))
    ]


@given(
    st.integers(1, 12).flatmap(
        lambda n: st.tuples(
            st.just(n),
            st.dictionaries(
                st.tuples(st.integers(0, n - 1), st.integers(0, n - 1)).filter(lambda p: p[0] != p[1]),
                st.sampled_from(WEIGHTS),
                max_size=40,
            ),
            st.sampled_from(Ordering),
        )
    )
)
@settings(max_examples=200)
def test_order_holds_on_random_graphs(case: tuple[int, dict[tuple[int, int], float], Ordering]) -> None:
    count, pairs, ordering = case
    atoms = [str(i) for i in range(count)]
    graph = assemble(atoms, [edge(str(a), str(b), w) for (a, b), w in pairs.items()], ordering=ordering)
    assert not violations(graph)
    assert sorted(a for w in graph.waves for a in w) == sorted(atoms) == sorted(graph.order)
    assert all(e.weight < 1.0 for e in graph.edges if e.broken)
    for unit in graph.units:
        assert len({number for number, wave in enumerate(graph.waves) if set(unit) & set(wave)}) == 1


def test_the_lightest_edge_of_a_cycle_is_broken() -> None:
    edges = [edge("a", "b", 0.8), edge("b", "c", 0.5), edge("c", "a", 0.7)]
    graph = assemble(["a", "b", "c"], edges, ordering=Ordering.STRICT)
    assert [(e.source, e.target) for e in graph.edges if e.broken] == [("b", "c")]
    assert graph.waves == (("b",), ("a",), ("c",))
    assert graph.depth == {"b": 3, "a": 2, "c": 1}


def test_direction_a_base_class_comes_first() -> None:
    file = python_file("m.py", "class A:\n    pass\nclass B(A):\n    def f(self): pass\nx = B()\n")
    graph = DependencyAnalyzer().analyze([file])
    symbol = {a.id: a.symbol for a in file.atoms}
    assert [sorted(symbol[a] for a in wave) for wave in graph.waves][:2] == [["A"], ["A", "B"]]
    assert symbol[graph.order[0]] == "A"


@st.composite
def programs(draw: st.DrawFn) -> str:
    """A program that runs: each name is used only after it was defined."""
    lines: list[str] = []
    names: list[tuple[str, str]] = []
    coin = st.sampled_from((True, False))
    for i in range(draw(st.integers(1, 14))):
        kind = draw(st.sampled_from(["class", "function", "constant", "decorated"]))
        classes = [n for n, k in names if k == "class"]
        functions = [n for n, k in names if k == "function"]
        if kind == "class":
            base = f"({draw(st.sampled_from(classes))})" if bool(classes) and draw(coin) else ""
            lines.append(f"class n{i}{base}:\n    def m(self):\n        return n{draw(st.integers(0, 14))}")
            names.append((f"n{i}", "class"))
        elif kind == "constant" and names:
            lines.append(f"n{i} = [{draw(st.sampled_from(names))[0]}]")
            names.append((f"n{i}", "constant"))
        else:
            if kind == "decorated" and functions:
                lines.append(f"@{draw(st.sampled_from(functions))}")
            default = f"={draw(st.sampled_from(names))[0]}" if bool(names) and draw(coin) else "=None"
            lines.append(f"def n{i}(a{default}):\n    return n{draw(st.integers(0, 14))}")
            names.append((f"n{i}", "function"))
    return "\n".join(lines) + "\n"


def with_holes(file: FileAtoms) -> FileAtoms:
    """Cut every function behind its first line: the skeleton, and a hole that completes it."""
    atoms: list[Atom] = []
    for atom in file.atoms:
        head = file.text(atom).find(b"def ")
        end = file.text(atom).find(b"\n", head) + 1
        if atom.kind not in (AtomKind.FUNCTION, AtomKind.METHOD) or head < 0 or end <= 0:
            atoms.append(atom)
            continue
        line, cut = atom.start_line + file.text(atom)[:end].count(b"\n"), atom.start_byte + end
        atoms.append(replace(atom, end_byte=cut, end_line=line - 1))
        atoms.append(replace(atom, id=f"{atom.id}:hole", start_byte=cut, start_line=line, is_hole=True))
    return replace(file, atoms=tuple(atoms))


@given(programs(), st.sampled_from(Ordering), st.booleans())
@settings(max_examples=60)
def test_order_holds_on_random_programs(source: str, ordering: Ordering, holes: bool) -> None:
    file = python_file("m.py", source)
    file = with_holes(file) if holes else file
    graph = DependencyAnalyzer().analyze([file], ordering=ordering)
    assert not violations(graph)
    wave = {atom: number for number, atoms in enumerate(graph.waves) for atom in atoms}
    headers = {a.symbol: a for a in file.atoms if a.kind is AtomKind.CLASS_HEADER}
    for atom in file.atoms:
        if atom.parent in headers:
            assert wave[headers[atom.parent].id] < wave[atom.id], "a class header comes before its members"
        if atom.is_hole:
            assert wave[atom.id.removesuffix(":hole")] < wave[atom.id], "a hole comes after what it completes"
    if ordering is Ordering.INTERFACE:
        assert not graph.units, "a program that runs has no cycle at definition time"


@pytest.mark.parametrize("ordering", list(Ordering))
@pytest.mark.parametrize(
    ("root", "under", "name"),
    [
        (Path(json.__file__).parent, "", "json"),
        (Path(asyncio.__file__).parent, "", "asyncio"),
        (Path(networkx.__file__).parent / "algorithms", "shortest_paths", "networkx.algorithms"),
    ],
)
def test_order_holds_on_real_packages(root: Path, under: str, name: str, ordering: Ordering) -> None:
    files = folder(root, under=under)
    graph = DependencyAnalyzer().analyze(files, root_package=name, ordering=ordering)
    assert not violations(graph)
    assert {a for w in graph.waves for a in w} == {a.id for f in files for a in f.atoms}
    if ordering is Ordering.INTERFACE:
        assert not graph.units
        assert len(graph.waves) <= 10
        count = len(graph.order)
        assert count < 800 or count / len(graph.waves) >= 80, "a large package stays wide"


def test_two_thousand_mutually_dependent_atoms() -> None:
    count = 2000
    atoms = [str(i) for i in range(count)]
    edges = [edge(str(i), str((i + step) % count), 0.5 + step / 100) for i in range(count) for step in (1, 7, 31)]
    strict = assemble(atoms, edges, ordering=Ordering.STRICT)
    assert not violations(strict)
    assert any(e.broken for e in strict.edges)
    bound = assemble(
        atoms, [edge(str(i), str((i + 1) % count), 1.0) for i in range(count)], ordering=Ordering.INTERFACE
    )
    assert len(bound.units) == 1
    assert len(bound.waves) == 1
