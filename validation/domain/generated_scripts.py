"""Which tests can be generated for a script: inputs by the types of parameters, examples by JSDoc.

A function counts where the module exports it, nothing in it reaches outside, and each parameter has a type that simple
values can be made for: an annotation, a ``@param {type}``, or a plain default. ``@example`` lines of the form
``call(1) // => 2`` are the doctests of scripts. Nothing is run here.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from tree_sitter import Node, Parser

from masterplans.domain.workspace import WorkspaceFile
from validation.domain.generated import Function
from validation.domain.scripttests import language_for
from validation.domain.scripttypes import Kind, Types, type_of_text

MAX_CONSTANTS = 12
_EXAMPLE = re.compile(
    r"^\s*(?P<call>[^/\n][^\n]*?);?\s*//\s*(?:=>|→|->|returns:?)\s*(?P<value>[^\n]+?)\s*$", re.MULTILINE
)
_PARAM = re.compile(r"@param\s+\{(?P<type>[^{}\n]{1,200})\}\s+\[?(?P<name>[\w$]+)")
_OUTSIDE = frozenset(
    {"console", "process", "fetch", "Date", "document", "window", "globalThis", "global", "localStorage", "require",
     "fs", "performance", "crypto", "setTimeout", "setInterval", "setImmediate", "queueMicrotask", "XMLHttpRequest",
     "WebSocket", "navigator", "location", "Deno", "Bun", "eval", "Function", "alert", "prompt"}
)  # fmt: skip
_FUNCTIONS = frozenset({"function_declaration", "arrow_function", "function_expression", "function"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Example:
    """One ``@example`` line: the expression and the text of the value that it should have."""

    name: str  # of the function that it belongs to
    call: str
    value: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ScriptPlan:
    """The tests of one file. ``inputs`` are kinds of the parameters by function; ``untold`` why others have none."""

    functions: tuple[Function, ...] = ()
    inputs: Mapping[str, tuple[Kind, ...]] = field(default_factory=dict)
    examples: tuple[Example, ...] = ()
    untold: Mapping[str, str] = field(default_factory=dict)
    constants: Mapping[str, Sequence[Any]] = field(default_factory=dict)

    @property
    def empty(self) -> bool:
        """Whether there is nothing to run."""
        return not self.inputs and not self.examples


def script_plan(file: WorkspaceFile) -> ScriptPlan:
    """The tests that can be made for a file; none for one that does not parse."""
    tree = Parser(language_for(file.path)).parse(file.content)
    if tree.root_node.has_error:
        return ScriptPlan()
    types = Types.of(tree.root_node)
    functions: list[Function] = []
    inputs: dict[str, tuple[Kind, ...]] = {}
    untold: dict[str, str] = {}
    examples: list[Example] = []
    for name, node, outer, exported in _functions(tree.root_node):
        comment = _comment(outer)
        kinds = _inputs(node, comment, types) if exported else "the module does not export it"
        if isinstance(kinds, str):
            untold[name] = kinds
        else:
            inputs[name] = kinds
        examples += _examples(name, comment)
        first, last = outer.start_point[0] + 1, outer.end_point[0] + 1
        functions.append(Function(name=name, first=first, last=last, pure=not isinstance(kinds, str)))
    return ScriptPlan(
        functions=tuple(functions), inputs=inputs, examples=tuple(examples), untold=untold,
        constants=_constants(tree.root_node),
    )  # fmt: skip


def _functions(root: Node) -> Iterator[tuple[str, Node, Node, bool]]:
    """``(name, function, its statement, exported)`` of the functions at the top of a module."""
    listed = {_text(name) for node in root.named_children if node.type == "export_statement" for name in _listed(node)}
    listed |= _common_exports(root)
    for statement in root.named_children:
        exported = statement.type == "export_statement"
        inner = statement.child_by_field_name("declaration") if exported else statement
        if inner is None:
            continue
        for name, node in _named(inner):
            yield name, node, statement, exported or name in listed


def _named(node: Node) -> Iterator[tuple[str, Node]]:
    if node.type == "function_declaration":
        name = node.child_by_field_name("name")
        if name is not None:
            yield _text(name), node
    elif node.type in ("lexical_declaration", "variable_declaration"):
        for one in node.named_children:
            name, value = one.child_by_field_name("name"), one.child_by_field_name("value")
            if name is not None and value is not None and value.type in _FUNCTIONS:
                yield _text(name), value


def _listed(node: Node) -> Iterator[Node]:
    """Names in ``export { a, b }``; those that get another name outside are left out."""
    for clause in node.named_children:
        for one in clause.named_children if clause.type == "export_clause" else ():
            name = one.child_by_field_name("name")
            if name is not None and one.child_by_field_name("alias") is None:
                yield name


def _common_exports(root: Node) -> set[str]:
    """Names that a CommonJS module hands out: ``module.exports = { a }``, ``exports.a = a``."""
    text = _text(root)
    found = set(re.findall(r"\bexports\.([\w$]+)\s*=", text))
    for block in re.findall(r"\bmodule\.exports\s*=\s*\{([^{}]*)\}", text):
        found.update(re.findall(r"(?:^|,)\s*([\w$]+)\s*(?=,|$)", block.strip()))
    return found


def _inputs(node: Node, comment: str, types: Types) -> tuple[Kind, ...] | str:
    """The kinds of the parameters, or why no inputs can be made."""
    if any(child.type in ("async", "*") for child in node.children):
        return "it is async or a generator"
    reason = _reaches_outside(node)
    if reason:
        return reason
    told = {match["name"]: match["type"] for match in _PARAM.finditer(comment)}
    kinds: list[Kind] = []
    for parameter in _parameters(node):
        kind = _kind(parameter, told, types)
        if kind is None:
            return f"no simple type is known for its parameter {_text(parameter)[:60]}"
        kinds.append(kind)
    return tuple(kinds)


def _parameters(node: Node) -> list[Node]:
    single = node.child_by_field_name("parameter")
    if single is not None:
        return [single]
    listed = node.child_by_field_name("parameters")
    return [one for one in listed.named_children if one.type != "comment"] if listed is not None else []


def _kind(parameter: Node, told: Mapping[str, str], types: Types) -> Kind | None:
    annotation = parameter.child_by_field_name("type")
    if annotation is not None and annotation.named_children:
        kind = types.kind(annotation.named_children[0])
        return types.optional(kind) if kind and parameter.type == "optional_parameter" else kind
    name = parameter.child_by_field_name("pattern") or parameter.child_by_field_name("left") or parameter
    if _text(name) in told:
        return type_of_text(told[_text(name)])
    default = parameter.child_by_field_name("value") or parameter.child_by_field_name("right")
    plain = {"number": "number", "string": "string", "true": "boolean", "false": "boolean"}
    return {"k": plain[default.type]} if default is not None and default.type in plain else None


def _reaches_outside(node: Node) -> str:
    waiting = [node]
    while waiting:
        one = waiting.pop()
        if one.type == "identifier" and _text(one) in _OUTSIDE:
            return f"it uses {_text(one)}"
        if one.type in ("this", "await_expression", "yield_expression", "import") or _text(one) == "Math.random":
            return f"it uses {_text(one)[:20]}"
        waiting += one.named_children
    return ""


def _comment(statement: Node) -> str:
    before = statement.prev_named_sibling
    if before is None or before.type != "comment" or not _text(before).startswith("/**"):
        return ""
    return "\n".join(re.sub(r"^\s*\*? ?", "", line) for line in _text(before)[3:-2].split("\n"))


def _examples(name: str, comment: str) -> Iterator[Example]:
    for part in comment.split("@example")[1:]:
        block = part.partition("\n@")[0]
        for match in _EXAMPLE.finditer(block):
            yield Example(name=name, call=match["call"].strip(), value=match["value"].strip().rstrip(";"))


def _constants(root: Node) -> dict[str, list[Any]]:
    """Numbers with their neighbours and short texts of the file: where comparisons turn over."""
    numbers: dict[float, None] = {}
    texts: dict[str, None] = {}
    waiting = [root]
    while waiting:
        node = waiting.pop()
        if node.type == "number" and re.fullmatch(r"\d+(?:\.\d+)?", _text(node)):
            value = float(_text(node))
            numbers.update(dict.fromkeys([value, value - 1, value + 1] if value < 10**6 else []))
        elif node.type == "string_fragment" and 0 < len(_text(node)) <= 20 and "\\" not in _text(node):
            texts[_text(node)] = None
        if node.type not in ("import_statement", "comment"):
            waiting += reversed(node.named_children)
    return {"number": [int(n) if n == int(n) else n for n in numbers][:MAX_CONSTANTS],
            "string": list(texts)[:MAX_CONSTANTS]}  # fmt: skip


def _text(node: Node) -> str:
    return (node.text or b"").decode("utf-8", "replace")
