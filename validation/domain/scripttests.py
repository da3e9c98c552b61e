"""Test ids in JavaScript and TypeScript test files, found by parsing."""

import re
from collections.abc import Iterator

import tree_sitter_javascript
import tree_sitter_typescript
from tree_sitter import Language, Node, Parser

from masterplans.domain.workspace import WorkspaceFile

_TESTS = frozenset({"test", "it"})
_SUITES = frozenset({"describe", "suite"})
_FOREIGN = re.compile(rb"""["'](vitest|@jest/globals|jest|mocha|chai|@playwright/test)["']""")
_NODE_TEST = re.compile(rb"""["']node:test["']""")
_LANGUAGES = {
    "ts": Language(tree_sitter_typescript.language_typescript()),
    "tsx": Language(tree_sitter_typescript.language_tsx()),
    "js": Language(tree_sitter_javascript.language()),
}


def foreign_runner(file: WorkspaceFile) -> str | None:
    """The name of a test runner other than Node's that the file needs, or None."""
    match = _FOREIGN.search(file.content)
    if match:
        return match[1].decode()
    return None if _NODE_TEST.search(file.content) else "a runner with global test functions"


def language_for(path: str) -> Language:
    """The grammar that reads a script, by its name."""
    ending = path.rpartition(".")[2]
    return _LANGUAGES["tsx" if ending in ("tsx", "jsx") else "ts" if ending in ("ts", "mts", "cts") else "js"]


def expected_script_ids(file: WorkspaceFile) -> tuple[str, ...]:
    """Ids with literal names, as ``path::suite::test``; what is named by an expression cannot be foretold."""
    tree = Parser(language_for(file.path)).parse(file.content)
    return tuple(dict.fromkeys(f"{file.path}::{'::'.join(names)}" for names in _tests(tree.root_node, ())))


def _tests(root: Node, around: tuple[str, ...]) -> Iterator[tuple[str, ...]]:
    """Walk statements and the bodies of suites; calls inside other functions are made who knows when."""
    waiting: list[tuple[Node, tuple[str, ...]]] = [(root, around)]
    while waiting:
        node, names = waiting.pop()
        for statement in node.named_children:
            call = _call(statement)
            if call is None:
                continue
            word, name, body = call
            if name is None:
                continue
            if word in _TESTS:
                yield (*names, name)
            elif word in _SUITES and body is not None:
                waiting.append((body, (*names, name)))


def _call(statement: Node) -> tuple[str, str | None, Node | None] | None:
    """``(word, literal name, body of the callback)`` of an expression statement that is a call."""
    if statement.type != "expression_statement" or not statement.named_children:
        return None
    call = statement.named_children[0]
    if call.type == "await_expression" and call.named_children:
        call = call.named_children[0]
    function = call.child_by_field_name("function") if call.type == "call_expression" else None
    arguments = call.child_by_field_name("arguments") if call.type == "call_expression" else None
    if function is None or arguments is None or not arguments.named_children:
        return None
    if function.type == "member_expression":
        function = function.child_by_field_name("object") or function
    callback = arguments.named_children[-1]
    return _text(function), _literal(arguments.named_children[0]), callback.child_by_field_name("body")


def _literal(node: Node) -> str | None:
    if node.type == "string" or (
        node.type == "template_string" and all(c.type == "string_fragment" for c in node.named_children)
    ):
        text = _text(node)[1:-1]
        return text if "\\" not in text else None
    return None


def _text(node: Node) -> str:
    return (node.text or b"").decode("utf-8", "replace")
