"""What a JavaScript or TypeScript test file says before anything runs: names of tests, its twin, a hollow module."""

import json
import re
from collections.abc import Iterable
from dataclasses import dataclass

import tree_sitter_javascript
import tree_sitter_typescript
from tree_sitter import Language, Node, Parser

_LANGUAGES = {
    "javascript": Language(tree_sitter_javascript.language()),
    "typescript": Language(tree_sitter_typescript.language_typescript()),
    "tsx": Language(tree_sitter_typescript.language_tsx()),
}
GRAMMARS = {".js": "javascript", ".mjs": "javascript", ".cjs": "javascript", ".jsx": "javascript",
            ".ts": "typescript", ".mts": "typescript", ".cts": "typescript", ".tsx": "tsx"}  # fmt: skip
TESTS, GROUPS = {"test", "it"}, {"describe", "suite"}
_EQUALITIES = {"equal", "strictEqual", "deepEqual", "deepStrictEqual", "toBe", "toEqual", "toStrictEqual"}
_LOOPS = {"for_statement", "for_in_statement", "while_statement"}
# As node_hooks.mjs has it.
_MODULE = re.compile(
    r"(?:^|[;}])\s*(?:import(?:\s+\w|\s*[{*\"'])|export(?:\s+\w|\s*[{*]))|\bimport\.meta\b", re.MULTILINE
)
_IDENTIFIER = re.compile(r"[A-Za-z_$][\w$]*")


@dataclass(frozen=True, slots=True)
class ScriptTest:
    """A test as written. ``literal``: its full name is known and it is made once."""

    id: str
    literal: bool


@dataclass(frozen=True, slots=True)
class ScriptTests:
    """All tests of a file; ``twin`` has every expectation replaced, upon which ``twin_ids`` must fail.

    ``loose_twins`` are those among tests whose names are made when they run; these are written with ``?``.
    """

    tests: tuple[ScriptTest, ...]
    twin: str
    twin_ids: frozenset[str]
    error: str
    loose_twins: frozenset[str] = frozenset()


def text_of(node: Node | None) -> str:
    """The source of a node; nothing where there is none."""
    return (node.text or b"").decode("utf-8", "replace") if node is not None else ""


def literal_of(node: Node) -> str | None:
    """The value of a string without escapes and substitutions."""
    plain = node.type == "string" or (
        node.type == "template_string" and not any(child.type == "template_substitution" for child in node.children)
    )
    return text_of(node)[1:-1] if plain and "\\" not in text_of(node) else None


def name_of(call: Node, given: list[Node]) -> str:
    """The name of a test or group as written; ``?`` where a template or a table (``test.each``) makes it."""
    function = call.child_by_field_name("function")
    table = function is not None and function.type == "call_expression"
    return "?" if table else literal_of(given[0]) or "?"


class _Reader:
    def __init__(self) -> None:
        self.tests: list[ScriptTest] = []
        self.edits: list[tuple[int, int]] = []
        self.twin_ids: set[str] = set()

    def read(self, node: Node, path: tuple[str, ...], literal: bool, test: str | None) -> None:
        if node.type in _LOOPS:
            literal = False
        if node.type == "call_expression":
            path, literal, test = self._call(node, path, literal, test)
        for child in node.children:
            self.read(child, path, literal, test)

    def _call(
        self, node: Node, path: tuple[str, ...], literal: bool, test: str | None
    ) -> tuple[tuple[str, ...], bool, str | None]:
        function = node.child_by_field_name("function")
        arguments = node.child_by_field_name("arguments")
        given = arguments.named_children if arguments is not None else []
        name = text_of(function).split(".")[0]
        if text_of(function).endswith((".forEach", ".map")):
            literal = False
        if name in TESTS | GROUPS and given and test is None:
            said = name_of(node, given)
            here = (*path, said)
            if name in GROUPS:
                return here, literal and said != "?", None
            self.tests.append(ScriptTest(" > ".join(here), literal and said != "?"))
            return here, literal, " > ".join(here)
        self._expectation(function, given, test)
        return path, literal, test

    def _expectation(self, function: Node | None, given: list[Node], test: str | None) -> None:
        if function is None or function.type != "member_expression" or test is None:
            return
        name = text_of(function.child_by_field_name("property"))
        position = 0 if name.startswith("to") else 1
        if name in _EQUALITIES and len(given) > position:
            self.edits.append((given[position].start_byte, given[position].end_byte))
            self.twin_ids.add(test)


def _first_error(node: Node) -> Node | None:
    if node.is_error or node.is_missing:
        return node
    return next((found for child in node.children if child.has_error and (found := _first_error(child))), node)


def parse_script(source: str, grammar: str) -> Node:
    """The root of the syntax tree."""
    return Parser(_LANGUAGES[grammar]).parse(source.encode("utf-8", "replace")).root_node


def read_tests(source: str, grammar: str) -> ScriptTests:
    """Parse a test file; a syntax error is told with its place and leaves the rest empty."""
    data = source.encode("utf-8", "replace")
    root = parse_script(source, grammar)
    if root.has_error:
        place = _first_error(root) or root
        return ScriptTests((), "", frozenset(), f"tests, line {place.start_point[0] + 1}: syntax error")
    reader = _Reader()
    try:
        reader.read(root, (), True, None)
    except RecursionError:
        return ScriptTests((), "", frozenset(), "tests: nested too deeply")
    twin = bytearray(data)
    last = len(data) + 1
    for start, end in sorted(reader.edits, reverse=True):
        if end <= last:  # an expectation inside another one's arguments is gone with it
            twin[start:end] = b"Symbol()"
            last = start
    literal = {test.id for test in reader.tests if test.literal}
    loose = frozenset(reader.twin_ids - literal)
    return ScriptTests(tuple(reader.tests), twin.decode(), frozenset(reader.twin_ids & literal), "", loose)


def names_in(tests: Iterable[str]) -> list[str]:
    """Every name that test files mention: one of these is whatever they import.

    Not ``then``: a module that exports a function of this name is a promise to whoever awaits its import.
    """
    found = {name for text in tests for name in _IDENTIFIER.findall(text)}
    return sorted(found - {"__esModule", "__proto__", "default", "then"})


def is_esm(path: str, source: str, *, typed_module: bool = False) -> bool:
    """Whether a file is loaded as a module of the standard; ``typed_module``: its package says so of ``.js``."""
    suffix = path[path.rfind(".") :]
    if suffix == ".js":
        return typed_module or _MODULE.search(source) is not None
    return suffix != ".cjs"


def hollow_module(names: Iterable[str], *, esm: bool) -> str:
    """Return a module that exports whatever the tests may import: a thing that equals nothing and returns itself."""
    head = (
        "const nothing = new Proxy(function () {}, {\n"
        "  get: (_, name) => (typeof name === 'symbol' || name === 'then' ? undefined : nothing),\n"
        "  apply: () => nothing,\n  construct: () => nothing,\n});\n"
    )
    if not esm:
        return f"{head}module.exports = nothing;\n{_lexed(names)}"
    return head + "export { nothing as default,\n" + "".join(f"  nothing as {name},\n" for name in names) + "};\n"


def stub_module(path: str, names: Iterable[str], *, esm: bool) -> str:
    """Return a module that stands in the oracle for the one at ``path``: its exports come from over there."""
    place, names = json.dumps(path), list(names)
    if not esm:
        return f"module.exports = globalThis.mgeLink.required({place});\n{_lexed(names)}"
    given = [("default", "v"), *((name, f"v{n}") for n, name in enumerate(names))]
    takes = " ".join(f"{json.dumps(name)}: (given) => {{ {one} = given; }}," for name, one in given)
    return (
        f"let {', '.join(one for _, one in given)};\nconst takes = {{ __proto__: null, {takes} }};\n"
        "const update = (pairs) => { for (const [name, value] of pairs) takes[name]?.(value); };\n"
        f"update(globalThis.mgeLink.load({place}, update, Object.keys(takes)));\n"
        f"export {{ {', '.join(f'{one} as {name}' for name, one in given)} }};\n"
    )


def _lexed(names: Iterable[str]) -> str:
    """What tells Node the names that a module of the old kind exports, without running anything."""
    return f"0 && ({''.join(f'exports.{name} = ' for name in names)}0);\n"
