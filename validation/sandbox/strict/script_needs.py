"""Which tests of a JavaScript or TypeScript file need the code under test in their own process, and why."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from tree_sitter import Node

from validation.sandbox.strict.script_source import GROUPS, TESTS, name_of, parse_script, text_of

_COMPANY = {
    "fs", "fs/promises", "os", "child_process", "worker_threads", "vm", "module", "http", "https", "http2", "net",
    "tls", "dgram", "process", "async_hooks", "v8", "inspector", "cluster", "diagnostics_channel", "readline", "repl",
}  # fmt: skip
_GLOBALS = {
    "process", "globalThis", "global", "window", "console", "Date", "Math", "Object", "Array", "String", "Number",
    "JSON", "Promise", "Function", "Error", "Symbol", "Reflect", "RegExp", "Map", "Set", "performance", "crypto",
    "Intl",
}  # fmt: skip
_HARMLESS = {"process.nextTick", "process.hrtime", "process.hrtime.bigint", "process.cwd", "process.memoryUsage"}
_MOCKS = (
    "mock.timers", "mock.module", "mock.property", "vi.mock", "vi.doMock", "vi.hoisted", "vi.useFakeTimers",
    "vi.setSystemTime", "vi.stubGlobal", "vi.stubEnv", "vi.resetModules", "vi.importActual",
)  # fmt: skip
_ROOT = re.compile(r"[(\s]*([\w$]*)")


@dataclass(slots=True)
class _Found:
    """What was seen so far: needs by test, those of the whole file, and names whose use is a need."""

    tests: dict[str, set[str]] = field(default_factory=dict)
    whole: set[str] = field(default_factory=set)
    names: dict[str, str] = field(default_factory=dict)
    under_test: set[str] = field(default_factory=set)

    def add(self, test: str | None, need: str) -> None:
        if test is None:
            self.whole.add(need)
        else:
            self.tests.setdefault(test, set()).add(need)


def script_needs(source: str, grammar: str) -> dict[str, list[str]]:
    """Return each test by full name (``group > name``) with why it cannot be judged apart from the code.

    What the file does outside of tests counts for all of them. A file that does not parse has no tests.
    """
    return {test: needs for test, needs, _ in _tests(parse_script(source, grammar))}


def without_needy(source: str, grammar: str) -> str:
    """Return the file with the tests left out (``test.skip``) that need the code beside them: they may even hang."""
    data = bytearray(source.encode("utf-8", "replace"))
    found = _tests(parse_script(source, grammar))
    for end in sorted((end for _, needs, end in found if needs and end), reverse=True):
        data[end:end] = b".skip"
    return data.decode("utf-8", "replace")


def _tests(root: Node) -> list[tuple[str, list[str], int]]:
    """Each test with its needs, and where the word ``test`` ends; 0 where more than the word stands."""
    if root.has_error:
        return []
    found = _Found()
    for node in _walk(root):
        _bind(node, found)
    tests: list[tuple[str, int]] = []
    waiting: list[tuple[Node, tuple[str, ...], str | None]] = [(root, (), None)]
    while waiting:
        node, path, test = waiting.pop()
        need = _need(node, found)
        if need:
            found.add(test, need)
        if test is None and node.type == "call_expression":
            path, test = _group_or_test(node, path)
            if test is not None:
                word = node.child_by_field_name("function")
                tests.append((test, word.end_byte if word is not None and word.type == "identifier" else 0))
        waiting += [(child, path, test) for child in node.children if node.type != "import_statement"]
    return [(test, sorted(found.whole | found.tests.get(test, set())), end) for test, end in tests]


def _walk(root: Node) -> Iterator[Node]:
    waiting = [root]
    while waiting:
        node = waiting.pop()
        yield node
        waiting += node.children


def _group_or_test(node: Node, path: tuple[str, ...]) -> tuple[tuple[str, ...], str | None]:
    arguments = node.child_by_field_name("arguments")
    given = arguments.named_children if arguments is not None else []
    name = text_of(node.child_by_field_name("function")).split(".")[0]
    if name not in TESTS | GROUPS or not given:
        return path, None
    here = (*path, name_of(node, given))
    return (here, None) if name in GROUPS else (here, " > ".join(here))


def _bind(node: Node, found: _Found) -> None:
    """Note the names that an import or ``require`` of a module brings."""
    if node.type == "import_statement":
        source, names = node.child_by_field_name("source"), _names(node)
    elif node.type == "variable_declarator" and "require(" in text_of(node.child_by_field_name("value")):
        source, names = _required(node.child_by_field_name("value")), _names(node.child_by_field_name("name"))
    else:
        return
    module = text_of(source)[1:-1].removeprefix("node:")
    if module in _COMPANY:
        found.names |= dict.fromkeys(names, f"import of {module}")
    elif module.startswith(".") or module == "atom":
        found.under_test |= names


def _names(node: Node | None) -> set[str]:
    kinds = ("identifier", "shorthand_property_identifier_pattern")
    return {text_of(one) for one in _walk(node) if one.type in kinds} if node is not None else set()


def _required(node: Node | None) -> Node | None:
    return next((one for one in _walk(node) if one.type == "string"), None) if node is not None else None


def _need(node: Node, found: _Found) -> str:
    if node.type == "identifier":
        return found.names.get(text_of(node), "") if not _declares(node) else ""
    if node.type in ("assignment_expression", "augmented_assignment_expression"):
        return _change(node.child_by_field_name("left"))
    if node.type == "unary_expression" and text_of(node).startswith("delete"):
        return _change(node.child_by_field_name("argument"))
    if node.type == "class_heritage":
        bases = {text_of(one) for one in _walk(node) if one.type == "identifier"} & found.under_test
        return f"subclass of {min(bases)}" if bases else ""
    return _call(node, found) if node.type in ("call_expression", "member_expression") else ""


def _declares(node: Node) -> bool:
    parent = node.parent
    return parent is not None and parent.type == "variable_declarator" and parent.child_by_field_name("name") == node


def _change(node: Node | None) -> str:
    if node is None or node.type not in ("member_expression", "subscript_expression"):
        return ""
    return (
        f"changes {' '.join(text_of(node).split())[:40]}, which it shares with the code"
        if _root(node) in _GLOBALS
        else ""
    )


def _dotted(node: Node | None) -> str:
    """``a.b.c``, however it is laid out over lines."""
    return "".join(text_of(node).split()).replace("?.", ".")


def _root(node: Node | None) -> str:
    """The first name of an expression, in brackets or not: of ``(globalThis as any).x`` too."""
    found = _ROOT.match(text_of(node))
    return found[1] if found else ""


def _call(node: Node, found: _Found) -> str:
    if node.type == "member_expression":
        name = _dotted(node)
        return next((f"use of {one}" for one in _MOCKS if name.endswith(one)), "")
    name = _dotted(node.child_by_field_name("function"))
    if name.startswith("process.") and name not in _HARMLESS:
        return f"call of {name}"
    if name.endswith(("mock.method", "vi.spyOn")):
        arguments = node.child_by_field_name("arguments")
        first = arguments.named_children[0] if arguments is not None and arguments.named_children else None
        if _root(first) in _GLOBALS | found.under_test:
            return f"replaces a method of {_root(first)[:40]}"
    return ""
