"""Other callgraph tools on the same programs, where they are installed."""

import importlib.util
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

Pairs = set[tuple[str, str]]
Score = Callable[[Sequence[Pairs], Sequence[Pairs]], tuple[float, float]]
Inside = Callable[[Path, Mapping[str, Sequence[str]]], Pairs]

NOT_INSTALLED = "not installed: pip install {}"


def rival_scores(programs: Sequence[tuple[Path, Pairs]], *, score: Score, inside: Inside) -> dict[str, Any]:
    """Return precision and recall of each rival on the Python programs, or why there are none."""
    found: dict[str, Any] = {}
    for name, measure in (("pyan3", _pyan), ("jedi", _jedi)):
        module = "pyan" if name == "pyan3" else name
        if importlib.util.find_spec(module) is None:
            found[name] = NOT_INSTALLED.format(name)
            continue
        results = [inside(folder, measure(folder)) for folder, _ in programs]
        precision, recall = score(results, [wanted for _, wanted in programs])
        found[name] = {"precision": round(precision, 4), "recall": round(recall, 4)}
    return found


def _pyan(folder: Path) -> Mapping[str, Sequence[str]]:
    analyzer = importlib.import_module("pyan.analyzer")
    visitor = analyzer.CallGraphVisitor([str(p) for p in sorted(folder.rglob("*.py"))], root=str(folder))
    graph: dict[str, list[str]] = {}
    for source, targets in visitor.uses_edges.items():
        callees = [t.get_name() for t in targets if t.flavor.name in ("FUNCTION", "METHOD", "STATICMETHOD")]
        graph.setdefault(source.get_name(), []).extend(callees)
    return graph


def _jedi(folder: Path) -> Mapping[str, Sequence[str]]:
    """Ask for the definition behind every called name."""
    import ast  # noqa: PLC0415

    jedi = importlib.import_module("jedi")
    project = jedi.Project(str(folder))
    graph: dict[str, list[str]] = {}
    for path in sorted(folder.rglob("*.py")):
        source = path.read_text()
        script = jedi.Script(source, path=str(path), project=project)
        module = ".".join(path.relative_to(folder).with_suffix("").parts).removesuffix(".__init__")
        for caller, call in _calls(ast.parse(source), module):
            end_line, end_column = call.func.end_lineno or call.lineno, (call.func.end_col_offset or 1) - 1
            for name in script.goto(end_line, end_column, follow_imports=True):
                if name.type == "function" and name.full_name:
                    graph.setdefault(caller, []).append(name.full_name)
    return graph


def _calls(tree: Any, module: str) -> list[tuple[str, Any]]:
    import ast  # noqa: PLC0415

    found: list[tuple[str, Any]] = []
    pending: list[tuple[Any, str]] = [(tree, module)]
    while pending:
        node, scope = pending.pop()
        for child in ast.iter_child_nodes(node):
            if isinstance(child, ast.Call):
                found.append((scope, child))
            if isinstance(child, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
                pending.append((child, f"{scope}.{child.name}"))
            else:
                pending.append((child, scope))
    return found
