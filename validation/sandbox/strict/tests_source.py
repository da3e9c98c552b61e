"""What a Python test file says before anything runs: its test ids, what it needs, and its twin."""

import ast
from collections.abc import Iterator
from dataclasses import dataclass

from kernel import python_source

_IN_PROCESS_FIXTURES = {
    "capsys", "capfd", "capsysbinary", "capfdbinary", "caplog", "monkeypatch", "tmp_path", "tmpdir", "tmp_path_factory",
    "mocker", "recwarn", "request",
}  # fmt: skip
_IN_PROCESS_MODULES = {
    "unittest.mock", "mock", "inspect", "gc", "weakref", "importlib", "contextlib", "threading", "sys", "io", "copy",
    "multiprocessing", "warnings", "logging", "tempfile", "pathlib", "os", "pickle", "types", "subprocess", "ctypes",
    "concurrent", "shutil", "doctest",
}  # fmt: skip
_PATCHING_MODULES = {
    "freezegun", "time_machine", "responses", "requests_mock", "respx", "httpretty", "vcr", "pyfakefs", "moto",
    "pytest_mock", "aioresponses", "mongomock", "fakeredis", "testfixtures", "flexmock", "socket", "http",
    "socketserver", "asyncio", "signal", "locale", "atexit", "contextvars",
}  # fmt: skip
_REGISTERED = {"collections.abc", "numbers"}
_IN_PROCESS_CALLS = {"type", "id", "hash", "vars", "callable", "patch"}
_GLOBAL_CALLS = {
    "seed", "setstate", "setlocale", "getcontext", "setcontext", "localcontext", "tzset", "warns", "deprecated_call",
    "assertWarns", "assertWarnsRegex", "assertLogs", "assertNoLogs",
}  # fmt: skip
_SINGLETONS = (None, True, False, ...)
_MOST_BYTES = 1024 * 1024


class UnreadableError(ValueError):
    """A source that cannot be parsed; the text says where."""


@dataclass(frozen=True, slots=True)
class TestFunction:
    """A test as written. ``cases`` is how many it makes where its parameters are literal, else None."""

    id: str
    cases: int | None


def parse(source: str, name: str) -> ast.Module:
    """Parse, or raise ``UnreadableError`` with the place."""
    if len(source) > _MOST_BYTES:
        raise UnreadableError(f"{name}: more than {_MOST_BYTES} characters")
    try:
        return python_source.parse(source, name)
    except SyntaxError as error:
        raise UnreadableError(f"{name}, line {error.lineno}: {error.msg}") from None
    except (ValueError, RecursionError, MemoryError) as error:
        raise UnreadableError(f"{name}: {error or type(error).__name__}") from None


def _is_test_class(node: ast.ClassDef) -> bool:
    bases = {ast.unparse(base).split(".")[-1] for base in node.bases}
    return node.name.startswith("Test") or any(base.endswith("TestCase") for base in bases)


def _cases(decorators: list[ast.expr]) -> int | None:
    total: int | None = 1
    for decorator in decorators:
        if not (isinstance(decorator, ast.Call) and ast.unparse(decorator.func).endswith("mark.parametrize")):
            continue
        values = decorator.args[1] if len(decorator.args) > 1 else None
        plain = isinstance(values, ast.List | ast.Tuple) and not any(isinstance(e, ast.Starred) for e in values.elts)
        if not plain or total is None:
            total = None
        else:
            total *= len(values.elts)  # type: ignore[union-attr]  # narrowed by ``plain``
    return total


def written_tests(tree: ast.Module) -> list[TestFunction]:
    """Return the tests that pytest's default rules find, in order."""
    return list(_tests_in(tree.body, ""))


def _tests_in(body: list[ast.stmt], prefix: str) -> Iterator[TestFunction]:
    for node in body:
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) and node.name.startswith("test"):
            yield TestFunction(prefix + node.name, _cases(node.decorator_list))
        elif isinstance(node, ast.ClassDef) and _is_test_class(node):
            yield from _tests_in(node.body, f"{prefix}{node.name}::")
        elif isinstance(node, ast.If | ast.Try):
            yield from _tests_in(node.body, prefix)


def in_process_needs(tree: ast.Module) -> list[str]:
    """Return why these tests need the code in their own process; an empty list when they do not."""
    atom_names = _atom_names(tree)
    return sorted({need for node in ast.walk(tree) if (need := need_of(node, atom_names))})


def apart_hints(tree: ast.Module) -> list[str]:
    """Return why tests of the file may fail for no other reason than that the code is elsewhere."""
    return sorted({hint for node in ast.walk(tree) if (hint := hint_of(node, set()))})


def _atom_names(tree: ast.Module) -> set[str]:
    names: set[str] = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom) and node.module == "atom":
            names |= {alias.asname or alias.name for alias in node.names}
        elif isinstance(node, ast.Import):
            names |= {alias.asname or alias.name for alias in node.names if alias.name == "atom"}
    return names


def need_of(node: ast.AST, atom_names: set[str]) -> str:
    if isinstance(node, ast.Import | ast.ImportFrom):
        return _import_need(node)
    if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
        used = {argument.arg for argument in (*node.args.args, *node.args.kwonlyargs)} & _IN_PROCESS_FIXTURES
        return f"fixture {min(used)}" if used else ""
    if isinstance(node, ast.Compare) and any(isinstance(op, ast.Is | ast.IsNot) for op in node.ops):
        parts = (node.left, *node.comparators)
        constant = any(isinstance(part, ast.Constant) and part.value in _SINGLETONS for part in parts)
        return "" if constant else "identity (is)"
    if isinstance(node, ast.ClassDef):
        bases = {ast.unparse(base).split(".")[0] for base in node.bases} & atom_names
        return f"subclass of {min(bases)}" if bases else ""
    return _call_need(node, atom_names) if isinstance(node, ast.Call) else ""


def hint_of(node: ast.AST, atom_names: set[str]) -> str:
    """What sets, or looks at, state that each process has for itself: random numbers, warnings, logs, the clock.

    So too which classes were registered with an abstract one.

    A test that passes without sharing it needs no company; one that fails is judged in one process.
    """
    if isinstance(node, ast.Import | ast.ImportFrom):
        modules = [node.module or ""] if isinstance(node, ast.ImportFrom) else [alias.name for alias in node.names]
        patching = _PATCHING_MODULES & {module.partition(".")[0] for module in modules} or _REGISTERED.intersection(
            modules
        )
        return f"import of {min(patching)}" if patching else ""
    if not isinstance(node, ast.Call):
        return ""
    *receiver, name = ast.unparse(node.func).split(".")
    return f"call of {name}()" if name in _GLOBAL_CALLS and not atom_names.intersection(receiver[:1]) else ""


def _import_need(node: ast.Import | ast.ImportFrom) -> str:
    if isinstance(node, ast.ImportFrom):
        modules = [node.module or "", *(f"{node.module}.{alias.name}" for alias in node.names)]
    else:
        modules = [alias.name for alias in node.names]
    for module in modules:
        if module in _IN_PROCESS_MODULES or module.split(".")[0] in _IN_PROCESS_MODULES:
            return f"import of {module}"
    return ""


def _call_need(node: ast.Call, atom_names: set[str]) -> str:
    name = ast.unparse(node.func)
    if name in _IN_PROCESS_CALLS:
        return f"call of {name}()"
    if name in ("isinstance", "issubclass", "assertIsInstance", "self.assertIsInstance") and len(node.args) == 2:
        kinds = {part.id for part in ast.walk(node.args[1]) if isinstance(part, ast.Name)} & atom_names
        return f"{name} with {min(kinds)}" if kinds else ""
    return ""


class _Twin(ast.NodeTransformer):
    """Compares each asserted ``==`` with a fresh object instead, so that the test must fail."""

    def __init__(self) -> None:
        self.changed: set[str] = set()
        self._place: list[str] = []
        self._inside_raises = 0

    def _within(self, node: ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef) -> ast.AST:
        self._place.append(node.name)
        self.generic_visit(node)
        self._place.pop()
        return node

    def visit_ClassDef(self, node: ast.ClassDef) -> ast.AST:
        return self._within(node)

    def visit_FunctionDef(self, node: ast.FunctionDef) -> ast.AST:
        return self._within(node)

    def visit_AsyncFunctionDef(self, node: ast.AsyncFunctionDef) -> ast.AST:
        return self._within(node)

    def visit_With(self, node: ast.With) -> ast.AST:
        raises = any("raises" in ast.unparse(item.context_expr).lower() for item in node.items)
        self._inside_raises += raises
        self.generic_visit(node)
        self._inside_raises -= raises
        return node

    def visit_Assert(self, node: ast.Assert) -> ast.AST:
        if self._inside_raises:
            return node
        parts = (
            node.test.values if isinstance(node.test, ast.BoolOp) and isinstance(node.test.op, ast.And) else [node.test]
        )
        for part in parts:
            if isinstance(part, ast.Compare) and len(part.ops) == 1 and isinstance(part.ops[0], ast.Eq):
                part.comparators = [_sentinel()]
                self._note()
        return node

    def visit_Call(self, node: ast.Call) -> ast.AST:
        self.generic_visit(node)
        equal = isinstance(node.func, ast.Attribute) and node.func.attr in ("assertEqual", "assertEquals")
        if equal and len(node.args) >= 2 and not self._inside_raises:
            node.args[1] = _sentinel()
            self._note()
        return node

    def _note(self) -> None:
        self.changed |= {"::".join(self._place[:depth]) for depth in range(1, len(self._place) + 1)}


def _sentinel() -> ast.expr:
    return ast.Call(func=ast.Name(id="object", ctx=ast.Load()), args=[], keywords=[])


def twin(source: str, name: str) -> tuple[str, frozenset[str]]:
    """Return the twin of a test file, and the ids of the tests that must fail in it."""
    tree = parse(source, name)
    transformer = _Twin()
    transformer.visit(tree)
    known = {test.id for test in written_tests(parse(source, name))}
    return ast.unparse(ast.fix_missing_locations(tree)), frozenset(transformer.changed & known)
