"""A stored graph as text for drawing programs. Labels are hostile text and are escaped."""

import json
from typing import Any

MAX_LABEL = 60


def draw(graph: dict[str, Any], kind: str) -> str:
    """DOT, Mermaid or JSON; waves become ranks. Edges point from what needs to what is needed."""
    if kind == "json":
        return json.dumps(graph, default=str)
    return _dot(graph) if kind == "dot" else _mermaid(graph)


def _label(node: dict[str, Any]) -> str:
    text = f"{node['symbol']} ({node['path']})"
    clean = "".join(c if c.isprintable() and c not in '"\\<>[]{}|`;' else "_" for c in text)
    return clean if len(clean) <= MAX_LABEL else clean[: MAX_LABEL - 1] + "…"


def _waves(graph: dict[str, Any]) -> dict[int, list[dict[str, Any]]]:
    waves: dict[int, list[dict[str, Any]]] = {}
    for node in graph["nodes"]:
        waves.setdefault(node["wave"], []).append(node)
    return dict(sorted(waves.items()))


def _dot(graph: dict[str, Any]) -> str:
    lines = ["digraph masterplan {", "  rankdir=RL;", "  node [shape=box];"]
    for number, nodes in _waves(graph).items():
        lines.append(f'  subgraph cluster_wave_{number} {{ label="wave {number}";')
        lines += [f'    "{node["atom_id"]}" [label="{_label(node)}"];' for node in nodes]
        lines.append("  }")
    for edge in graph["edges"]:
        style = "dashed" if edge["broken"] else "solid" if edge["weight"] >= 1 else "dotted"
        lines.append(f'  "{edge["from"]}" -> "{edge["to"]}" [label="{edge["type"]}", style={style}];')
    return "\n".join([*lines, "}"])


def _mermaid(graph: dict[str, Any]) -> str:
    number_of = {str(node["atom_id"]): f"a{n}" for n, node in enumerate(graph["nodes"])}
    lines = ["flowchart RL"]
    for number, nodes in _waves(graph).items():
        lines.append(f'  subgraph w{number}["wave {number}"]')
        lines += [f'    {number_of[str(node["atom_id"])]}["{_label(node)}"]' for node in nodes]
        lines.append("  end")
    for edge in graph["edges"]:
        arrow = "-->" if edge["weight"] >= 1 and not edge["broken"] else "-.->"
        lines.append(f"  {number_of[str(edge['from'])]} {arrow}|{edge['type']}| {number_of[str(edge['to'])]}")
    return "\n".join(lines)
