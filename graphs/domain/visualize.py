"""The graph as text for other tools: DOT, Mermaid, and JSON for the console.

Labels are hostile text: each form escapes them. Arrows point from the needing atom to the needed one.
"""

import json
from collections.abc import Mapping

from graphs.domain.model import ORDERING_WEIGHT, Edge, ProjectGraph


def to_dot(graph: ProjectGraph, labels: Mapping[str, str]) -> str:
    """Return Graphviz DOT, one rank per wave. ``labels``: atom id to what is shown (the id where missing)."""
    lines = ["digraph atoms {", "  rankdir=LR;", "  node [shape=box];"]
    for number, wave in enumerate(graph.waves, start=1):
        lines.append(f"  subgraph wave_{number} {{ rank=same;")
        lines.extend(f"    {_dot(a)} [label={_dot(labels.get(a, a))}];" for a in wave)
        lines.append("  }")
    lines.extend(f"  {_dot(e.source)} -> {_dot(e.target)} [{_dot_style(e)}];" for e in graph.edges)
    lines.append("}")
    return "\n".join(lines) + "\n"


def _dot(text: str) -> str:
    escaped = text.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n").replace("\r", "")
    return f'"{escaped}"'


def _dot_style(edge: Edge) -> str:
    style = "dotted" if edge.broken else "solid" if edge.weight >= ORDERING_WEIGHT else "dashed"
    return f'label="{edge.type} {edge.weight:.2f}" style={style}'


def to_mermaid(graph: ProjectGraph, labels: Mapping[str, str]) -> str:
    """Return a Mermaid flowchart, one subgraph per wave."""
    names = {atom: f"a{i}" for i, atom in enumerate(graph.order)}
    lines = ["flowchart LR"]
    for number, wave in enumerate(graph.waves, start=1):
        lines.append(f"  subgraph wave{number} [Wave {number}]")
        lines.extend(f'    {names[a]}["{_mermaid(labels.get(a, a))}"]' for a in wave)
        lines.append("  end")
    for edge in graph.edges:
        arrow = "-->" if edge.weight >= ORDERING_WEIGHT and not edge.broken else "-.->"
        lines.append(f"  {names[edge.source]} {arrow}|{edge.type}| {names[edge.target]}")
    return "\n".join(lines) + "\n"


def _mermaid(text: str) -> str:
    kept = (c if c.isalnum() or c in " _.-:" else f"#{ord(c)};" for c in text.replace("\n", " ").replace("\r", " "))
    return "".join(kept)


def to_json(graph: ProjectGraph, labels: Mapping[str, str]) -> str:
    """Return what the console draws: waves of atoms, edges with their reasons, units."""
    return json.dumps(
        {
            "ordering": graph.ordering,
            "waves": [
                [{"id": a, "label": labels.get(a, a), "depth": graph.depth[a]} for a in wave] for wave in graph.waves
            ],
            "edges": [_edge(e) for e in graph.edges],
            "units": [list(u) for u in graph.units],
        }
    )


def _edge(edge: Edge) -> dict[str, object]:
    return {
        "from": edge.source,
        "to": edge.target,
        "type": edge.type,
        "weight": edge.weight,
        "broken": edge.broken,
        "reasons": [{"type": r.type, "symbol": r.symbol, "line": r.line, "path": r.path} for r in edge.reasons],
    }
