"""Whose tests JavaScript and TypeScript test files hold, and their ids: found by parsing."""

import json
import re
from collections.abc import Iterator
from pathlib import PurePosixPath

import tree_sitter_javascript
import tree_sitter_typescript
from tree_sitter import Language, Node, Parser

from masterplans.domain.workspace import Workspace, WorkspaceFile

_TESTS = frozenset({"test", "it"})
_SUITES = frozenset({"describe", "suite"})
UNKNOWN = ""
VITEST = "vitest"
_FOREIGN = re.compile(
    rb"""["'](vitest|@jest/globals|jest|mocha|ava|tape|tap|uvu|bun:test|qunit|jasmine|@playwright/test|cypress)["']"""
)
_NODE_TEST = re.compile(rb"""["']node:test["']""")
_JEST = re.compile(rb"""\bjest\.[a-zA-Z]+\(""")
_GLOBAL = (VITEST, "jest", "mocha", "jasmine", "karma", "qunit")  # runners that bring their functions as globals
_VITEST_CONFIGS = tuple(f"{name}.config.{end}" for name in ("vitest", "vite") for end in ("ts", "mts", "js", "mjs"))
_LANGUAGES = {
    "ts": Language(tree_sitter_typescript.language_typescript()),
    "tsx": Language(tree_sitter_typescript.language_tsx()),
    "js": Language(tree_sitter_javascript.language()),
}


def foreign_runner(file: WorkspaceFile, workspace: Workspace) -> str | None:
    """The name of a test runner other than Node's that the file is for, or None; :data:`UNKNOWN` where none is named.

    A file that imports no runner uses global functions: those of the runner that the nearest ``package.json`` with one
    runs or requires, or of vitest where its configuration lies.
    """
    match = _FOREIGN.search(file.content)
    if match:
        return "jest" if match[1] == b"@jest/globals" else match[1].decode()
    if _NODE_TEST.search(file.content):
        return None
    if _JEST.search(file.content):
        return "jest"
    at = {one.place: one.content for one in workspace.files.values() if one.place.endswith((".json", *_VITEST_CONFIGS))}
    for folder in PurePosixPath(file.place).parents:
        named = _named_in(at.get(str(folder / "package.json"), b"{}"))
        if named != UNKNOWN:
            return named
        if any(b"globals" in at.get(str(folder / config), b"") for config in _VITEST_CONFIGS):
            return VITEST
    return UNKNOWN


def imports_no_runner(file: WorkspaceFile) -> bool:
    """Whether the file counts on global test functions."""
    return not _FOREIGN.search(file.content) and not _NODE_TEST.search(file.content)


def _named_in(package: bytes) -> str:
    """The runner with global functions that a ``package.json`` runs for its tests, else the one that it requires."""
    try:
        told = json.loads(package)
        scripts, needed = told.get("scripts", {}), {**told.get("dependencies", {}), **told.get("devDependencies", {})}
        runs = [str(text) for name, text in scripts.items() if name.startswith("test")]
    except (ValueError, AttributeError, TypeError, RecursionError):
        return UNKNOWN
    run = (one for one in _GLOBAL if any(re.search(rf"\b{one}\b", text) for text in runs))
    return next(run, next((one for one in _GLOBAL if one in needed), UNKNOWN))


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
