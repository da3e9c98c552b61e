"""Run one other callgraph tool on programs: ``python graph_rival_tools.py TOOL FOLDER...``, in the tool's interpreter.

Standard library only, besides the tool. Writes a list, one callgraph a folder (flat caller to flat callees, as ours are
named), or ``null`` when the tool is not there. What a tool says is only renamed, never added to: code of a class body
belongs to the scope around it, a class that is called stands for its ``__init__``, a called instance for ``__call__``.
"""

import ast
import importlib
import json
import os
import sys
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

Graph = dict[str, list[str]]
FUNCTIONS = ast.FunctionDef | ast.AsyncFunctionDef
MAX_BASES = 20  # steps from a class to the one that has the method


def pyan(folder: Path) -> Graph:
    """Pyan: its ``uses`` edges, references among them, whose targets are functions."""
    analyzer = importlib.import_module("pyan.analyzer")
    visitor = analyzer.CallGraphVisitor([str(p) for p in sorted(folder.rglob("*.py"))], root=str(folder))
    kinds = ("FUNCTION", "METHOD", "STATICMETHOD", "CLASSMETHOD")
    classes = {d.get_name() for n in visitor.nodes.values() for d in n if d.flavor.name == "CLASS"}
    graph: Graph = {}
    for source, targets in visitor.uses_edges.items():
        caller = source.get_name()
        while caller in classes:
            caller = caller.rpartition(".")[0]
        graph.setdefault(caller, []).extend(t.get_name() for t in targets if t.flavor.name in kinds)
    return graph


def pycg(folder: Path) -> Graph:
    """PyCG: every file is an entry point. Release 0.0.8 installs as ``PyCG`` what it imports as ``pycg``."""
    sys.modules.setdefault("pycg", importlib.import_module("PyCG"))
    module = importlib.import_module("pycg.pycg")
    entries = [str(p) for p in sorted(folder.rglob("*.py"))]
    before = Path.cwd()
    os.chdir(folder)
    try:
        generator = module.CallGraphGenerator(entries, str(folder), -1, "call-graph")
        generator.analyze()
        found = generator.output()
    finally:
        os.chdir(before)
    return {_dotted(a): [_dotted(b) for b in callees] for a, callees in found.items()}


def _dotted(name: str) -> str:
    return name.replace("/", ".").removesuffix(".__init__") if "/" in name else name


def jedi(folder: Path) -> Graph:
    """Jedi: what it infers behind each called name, and each attribute that it says is a property."""
    return _Jedi(folder).graph()


class _Jedi:
    def __init__(self, folder: Path) -> None:
        self.jedi = importlib.import_module("jedi")
        self.folder = folder
        self.project = self.jedi.Project(str(folder))
        self.trees: dict[Path, ast.Module] = {}
        self.scripts: dict[Path, Any] = {}

    def graph(self) -> Graph:
        graph: Graph = {}
        for path in sorted(self.folder.rglob("*.py")):
            module = ".".join(path.relative_to(self.folder).with_suffix("").parts).removesuffix(".__init__")
            for caller, node, called in _uses(self.tree(path), module, module):
                names = self.names(path, node)
                if called:
                    graph.setdefault(caller, []).extend(f for n in names for f in self.functions(n))
                else:
                    graph.setdefault(caller, []).extend(n.full_name for n in names if n.type == "property")
        return graph

    def tree(self, path: Path) -> ast.Module:
        if path not in self.trees:
            source = path.read_text()
            self.trees[path] = ast.parse(source)
            self.scripts[path] = self.jedi.Script(source, path=str(path), project=self.project)
        return self.trees[path]

    def names(self, path: Path, node: ast.expr) -> list[Any]:
        """Ask at the last character of an expression: what it is, or at least where it comes from."""
        self.tree(path)
        at = (node.end_lineno or 1, (node.end_col_offset or 1) - 1)
        gone_to = self.scripts[path].goto(*at, follow_imports=True)
        if any(n.type == "property" for n in gone_to):
            return list(gone_to)
        return [*self.scripts[path].infer(*at)] or list(gone_to)

    def functions(self, name: Any) -> Iterator[str]:
        if name.type == "function" and name.full_name:
            yield name.full_name
        elif name.type in ("class", "instance") and name.module_path is not None:
            yield from self.method(name, "__init__" if name.type == "class" else "__call__", MAX_BASES)

    def method(self, name: Any, wanted: str, steps: int) -> Iterator[str]:
        """Find a method in the class jedi names, or in the bases that it infers."""
        path = Path(name.module_path)
        if steps == 0 or not path.is_relative_to(self.folder):
            return
        for node in ast.walk(self.tree(path)):
            if not isinstance(node, ast.ClassDef) or node.name != name.name or name.line not in (None, node.lineno):
                continue
            if any(isinstance(item, FUNCTIONS) and item.name == wanted for item in node.body):
                yield f"{name.full_name}.{wanted}"
                return
            for base in node.bases:
                for found in self.names(path, base):
                    if found.type == "class" and found.module_path is not None:
                        yield from self.method(found, wanted, steps - 1)


def _uses(node: ast.AST, flat: str, qualified: str) -> Iterator[tuple[str, ast.expr, bool]]:
    """Yield what is called, and attributes that are read, each with the function or module around it."""
    for child in ast.iter_child_nodes(node):
        if isinstance(child, ast.Call):
            yield flat, child.func, True
        elif isinstance(child, ast.Attribute):
            yield flat, child, False
        if isinstance(child, FUNCTIONS | ast.ClassDef):
            yield from _definition(child, flat, qualified)
        else:
            yield from _uses(child, flat, qualified)


def _definition(node: Any, flat: str, qualified: str) -> Iterator[tuple[str, ast.expr, bool]]:
    """Decorators, defaults and bases are evaluated outside; a decorator is called."""
    name = f"{qualified}.{node.name}"
    for decorator in node.decorator_list:
        yield flat, decorator, True
    outside = [*node.decorator_list, *(node.bases if isinstance(node, ast.ClassDef) else [node.args])]
    for part in outside:
        if isinstance(part, ast.Call):
            yield flat, part.func, True
        yield from _uses(part, flat, qualified)
    for statement in node.body:
        inner = ast.Module([statement], [])
        yield from _uses(inner, flat if isinstance(node, ast.ClassDef) else name, name)


TOOLS: dict[str, tuple[str, Callable[[Path], Graph]]] = {
    "PyCG": ("PyCG", pycg),
    "pyan3": ("pyan", pyan),
    "jedi": ("jedi", jedi),
}


def main(argv: Sequence[str]) -> list[Graph] | None:
    """Return the callgraphs of the folders, None when the tool is not installed."""
    module, measure = TOOLS[argv[0]]
    try:
        importlib.import_module(module)
    except ImportError:
        return None
    return [measure(Path(folder).resolve()) for folder in argv[1:]]


if __name__ == "__main__":
    sys.stdout.write(json.dumps(main(sys.argv[1:])))
