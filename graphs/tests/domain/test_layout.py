"""Places in waves, the critical path, and a part of a graph."""

from itertools import pairwise

from hypothesis import given, settings
from hypothesis import strategies as st

from graphs.domain.analyzer import assemble
from graphs.domain.critical import critical_path
from graphs.domain.layout import places
from graphs.domain.model import Edge, EdgeType, Ordering
from graphs.domain.neighbourhood import around


def edge(source: str, target: str, weight: float) -> Edge:
    return Edge(source=source, target=target, type=EdgeType.DATA, weight=weight, reasons=())


PAIRS = st.tuples(st.integers(0, 14), st.integers(0, 14), st.sampled_from([1.0, 0.7]))


@given(st.lists(PAIRS, max_size=40), st.sampled_from(Ordering))
@settings(max_examples=60)
def test_laws_of_any_graph(pairs: list[tuple[int, int, float]], ordering: Ordering) -> None:
    edges = {(a, b): edge(str(a), str(b), w) for a, b, w in pairs if a != b}
    graph = assemble([str(i) for i in range(15)], list(edges.values()), ordering=ordering)

    place = places(graph.waves, graph.edges)
    assert all(sorted(place[a] for a in wave) == list(range(len(wave))) for wave in graph.waves)

    path = critical_path(graph)
    assert len(path) == max(graph.depth.values())
    wave_of = {a: n for n, wave in enumerate(graph.waves) for a in wave}
    assert all(wave_of[a] < wave_of[b] for a, b in pairwise(path))

    part = around(graph, "0", depth=50)
    assert len(part.waves) == len(graph.waves)
    assert {a for e in part.edges for a in (e.source, e.target)} <= set(part.order)


def test_neighbours_stand_beside_each_other() -> None:
    waves = [["a", "b", "c", "d"], ["w", "x", "y", "z"]]
    edges = [edge("w", "d", 1.0), edge("x", "c", 1.0), edge("y", "b", 1.0), edge("z", "a", 1.0)]
    place = places(waves, edges)
    assert all(place[e.source] == place[e.target] for e in edges)
