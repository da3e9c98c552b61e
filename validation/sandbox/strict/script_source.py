"""What a JavaScript or TypeScript test file says before anything runs: names of tests, its twin, a hollow module."""

import re
from dataclasses import dataclass

import tree_sitter_javascript
import tree_sitter_typescript
from tree_sitter import Language, Node, Parser

_GRAMMARS = {
    "javascript": Language(tree_sitter_javascript.language()),
    "typescript": Language(tree_sitter_typescript.language_typescript()),
    "tsx": Language(tree_sitter_typescript.language_tsx()),
}
_TESTS, _GROUPS = {"test", "it"}, {"describe", "suite"}
_EQUALITIES = {"equal", "strictEqual", "deepEqual", "deepStrictEqual", "toBe", "toEqual", "toStrictEqual"}
_LOOPS = {"for_statement", "for_in_statement", "while_statement"}
_IDENTIFIER = re.compile(r"[A-Za-z_$][\w$]*")


@dataclass(frozen=True, slots=True)
class ScriptTest:
    """A test as written. ``literal``: its full name is known and it is made once."""

    id: str
    literal: bool


@dataclass(frozen=True, slots=True)
class ScriptTests:
    """All tests of a file; ``twin`` has every expectation replaced, upon which ``twin_ids`` must fail."""

    tests: tuple[ScriptTest, ...]
    twin: str
    twin_ids: frozenset[str]
    error: str


def _text(node: Node | None) -> str:
    return (node.text or b"").decode("utf-8", "replace") if node is not None else ""


def _literal(node: Node) -> str | None:
    plain = node.type == "string" or (
        node.type == "template_string" and not any(child.type == "template_substitution" for child in node.children)
    )
    return _text(node)[1:-1] if plain and "\\" not in _text(node) else None


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
        name = _text(function).split(".")[0]
        if _text(function).endswith((".forEach", ".map")):
            literal = False
        if name in _TESTS | _GROUPS and given and test is None:
            said = _literal(given[0])
            here = (*path, said if said is not None else "?")
            if name in _GROUPS:
                return here, literal and said is not None, None
            self.tests.append(ScriptTest(" > ".join(here), literal and said is not None))
            return here, literal, " > ".join(here)
        self._expectation(function, given, test)
        return path, literal, test

    def _expectation(self, function: Node | None, given: list[Node], test: str | None) -> None:
        if function is None or function.type != "member_expression" or test is None:
            return
        name = _text(function.child_by_field_name("property"))
        position = 0 if name.startswith("to") else 1
        if name in _EQUALITIES and len(given) > position:
            self.edits.append((given[position].start_byte, given[position].end_byte))
            self.twin_ids.add(test)


def _first_error(node: Node) -> Node | None:
    if node.is_error or node.is_missing:
        return node
    return next((found for child in node.children if child.has_error and (found := _first_error(child))), node)


def read_tests(source: str, grammar: str) -> ScriptTests:
    """Parse a test file; a syntax error is told with its place and leaves the rest empty."""
    data = source.encode("utf-8", "replace")
    root = Parser(_GRAMMARS[grammar]).parse(data).root_node
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
    return ScriptTests(tuple(reader.tests), twin.decode(), frozenset(reader.twin_ids & literal), "")


def hollow_module(tests: str, suffix: str) -> str:
    """Return a module that exports whatever the tests may import: a thing that equals nothing and returns itself."""
    names = sorted(set(_IDENTIFIER.findall(tests)) - {"__esModule", "default"})
    head = (
        "const nothing = new Proxy(function () {}, {\n"
        "  get: (_, name) => (typeof name === 'symbol' || name === 'then' ? undefined : nothing),\n"
        "  apply: () => nothing,\n  construct: () => nothing,\n});\n"
    )
    if suffix in (".cjs", ".cts"):
        return head + "module.exports = {\n" + "".join(f"  {name}: nothing,\n" for name in names) + "};\n"
    return head + "export { nothing as default,\n" + "".join(f"  nothing as {name},\n" for name in names) + "};\n"
