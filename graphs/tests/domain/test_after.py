"""What is done with a graph: impact, reconciliation, drawing."""

import json

from graphs.domain.analyzer import assemble
from graphs.domain.impact import dependents_of, impact
from graphs.domain.model import Edge, EdgeType, Ordering, Reason
from graphs.domain.reconcile import reconcile
from graphs.domain.visualize import to_dot, to_json, to_mermaid


def edge(source: str, target: str, weight: float = 0.5) -> Edge:
    reason = Reason(type=EdgeType.CONTROL, symbol=target, line=1, path="m.py")
    return Edge(source=source, target=target, type=EdgeType.CONTROL, weight=weight, reasons=(reason,))


EDGES = [edge("b", "a", 1.0), edge("c", "b"), edge("d", "c")]
GRAPH = assemble(["a", "b", "c", "d"], EDGES, ordering=Ordering.INTERFACE)


def test_a_body_revalidates_and_a_contract_reopens() -> None:
    links = dependents_of(GRAPH)
    body = impact(links, "a", order=GRAPH.order, contract_changed=False)
    assert (body.revalidate, body.reopen) == (("b", "c", "d"), ())
    assert impact(links, "b", order=GRAPH.order, contract_changed=True).reopen == ("c",)


def test_reconcile_names_what_differs() -> None:
    result = reconcile(EDGES, [edge("b", "a"), edge("d", "a")])
    assert [(e.source, e.target) for e in result.unplanned] == [("d", "a")]
    assert [(e.source, e.target) for e in result.unwired] == [("c", "b"), ("d", "c")]


def test_drawings_escape_hostile_labels() -> None:
    labels = {"a": 'x"]; evil\n<script>'}
    dot, mermaid = to_dot(GRAPH, labels), to_mermaid(GRAPH, labels)
    assert '\\"]; evil\\n' in dot
    assert "<script>" not in mermaid
    assert '"b" -> "a"' in dot
    data = json.loads(to_json(GRAPH, labels))
    assert [[n["id"] for n in wave] for wave in data["waves"]] == [["a", "c", "d"], ["b"]]
    assert data["edges"][0]["reasons"][0]["symbol"] == "a"
