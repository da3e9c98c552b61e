"""How much the definitions of a file have to do with one another.

The measure is LCOM4 (Hitz, Montazeri, 1995): the groups into which definitions fall when those that use each other,
or the same module-level name, stand together; for a class its methods by the attributes of ``self`` they share. One
group is cohesive. It is a measure of taste and fails nothing: many groups are a warning.
"""

import ast
from collections.abc import Iterable, Mapping

import networkx as nx

from kernel import python_source
from masterplans.domain.workspace import WorkspaceFile
from validation.domain.cohesion_scripts import Definitions, script_definitions
from validation.domain.model import Check, Evidence, Finding, Status
from validation.domain.static import Family, family_of

NAME = "cohesion"
MANY = 4  # groups of a class from which it is told to be several
_Function = ast.FunctionDef | ast.AsyncFunctionDef


def cohesion_check(file: WorkspaceFile | None, first: int = 1, last: int = 2**31) -> Check:
    """The groups of a file's definitions, and classes that are several in one; of those that begin in these lines."""
    if file is None:
        return Check(name=NAME, status=Status.NOT_RUN, reason="the file is not there")
    family = family_of(file.path)
    if family is None:
        return Check(name=NAME, status=Status.NOT_RUN, reason="cohesion is measured for Python and scripts only")
    found = _python(file, first, last) if family is Family.PYTHON else script_definitions(file, first, last)
    if found is None:
        return Check(name=NAME, status=Status.NOT_RUN, reason="the file does not parse")
    evidence = Evidence(command=f"LCOM4 of the definitions in {file.path}")
    if len(found.uses) < 2:
        reason = "fewer than two definitions"
        return Check(name=NAME, status=Status.NOT_APPLICABLE, reason=reason, evidence=evidence)
    sizes = sorted(map(len, groups(found.uses)), reverse=True)
    largest = 100 * sizes[0] // len(found.uses)
    reason = f"{len(found.uses)} definitions in {len(sizes)} groups; the largest holds {largest} %"
    findings = tuple(_scattered(found, file.path))
    return Check(name=NAME, status=Status.PASSED, reason=reason, findings=findings, evidence=evidence)


def _python(file: WorkspaceFile, first: int, last: int) -> Definitions | None:
    try:
        tree = python_source.parse(file.content)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return None
    uses = _module_uses(tree)
    lines = {node.name: node.lineno for node in tree.body if isinstance(node, _Function | ast.ClassDef)}
    here = {name for name, line in lines.items() if first <= line <= last}
    methods = {
        node.name: (node.lineno, {m.name: _attributes(m) for m in node.body
                                  if isinstance(m, _Function) and not m.name.startswith("__")})
        for node in tree.body
        if isinstance(node, ast.ClassDef) and node.name in here and not node.bases and not node.decorator_list
    }  # fmt: skip
    return Definitions(uses={name: used for name, used in uses.items() if name in here}, methods=methods)


def groups(uses: Mapping[str, frozenset[str]]) -> list[set[str]]:
    """Connected groups of definitions: name -> names that it uses (other definitions, or names that several share)."""
    graph: nx.Graph[tuple[str, bool]] = nx.Graph()
    for name, used in uses.items():
        graph.add_node((name, True))
        graph.add_edges_from(((name, True), (one, one in uses)) for one in used)
    parts = ({name for name, defined in part if defined} for part in nx.connected_components(graph))
    return [part for part in parts if part]


def _module_uses(tree: ast.Module) -> dict[str, frozenset[str]]:
    defined = [n for n in tree.body if isinstance(n, _Function | ast.ClassDef)]
    shared = {t.id for n in tree.body if isinstance(n, ast.Assign) for t in n.targets if isinstance(t, ast.Name)}
    known = shared | {node.name for node in defined}
    return {node.name: _names(node) & known - {node.name} for node in defined}


def _names(node: ast.AST) -> frozenset[str]:
    return frozenset(n.id for n in ast.walk(node) if isinstance(n, ast.Name))


def _scattered(found: Definitions, path: str) -> Iterable[Finding]:
    for name, (line, methods) in found.methods.items():
        parts = groups({method: used for method, used in methods.items() if used})
        if len(parts) >= MANY:
            message = f"{name} is {len(parts)} groups of methods that share nothing"
            yield Finding(tool=NAME, code="lcom4", message=message, path=path, line=line, severity="warning")


def _attributes(node: _Function) -> frozenset[str]:
    return frozenset(
        n.attr
        for n in ast.walk(node)
        if isinstance(n, ast.Attribute) and isinstance(n.value, ast.Name) and n.value.id == "self"
    )
