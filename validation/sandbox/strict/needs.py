"""Which tests of a file need the code under test in their own process, one by one, and why."""

import ast
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field

from validation.sandbox.strict.tests_source import need_of, parse, written_tests

_SETTING_UP = ("setup_", "teardown_", "setUp", "tearDown", "pytest_")
_Definition = ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef


@dataclass(frozen=True, slots=True)
class _Scope:
    """One file: what it defines at its top, what its names import, and which of them are of the code under test."""

    definitions: Mapping[str, list[ast.AST]]
    atom_names: frozenset[str]
    always: tuple[ast.AST, ...]  # what runs for every test of the file
    known: dict[str, frozenset[str]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class _Beside:
    """What stands beside a file, and what is asked of each node: a need, or nothing."""

    fixtures: list[_Scope]
    helpers: Mapping[str, ast.Module]
    ask: Callable[[ast.AST, set[str]], str]


def needs_by_test(
    source: str,
    *,
    modules: Collection[str],
    conftests: Iterable[str] = (),
    helpers: Mapping[str, str] | None = None,
    ask: Callable[[ast.AST, set[str]], str] = need_of,
) -> dict[str, list[str]]:
    """Return each test as written (``Class::name``) with why it cannot be judged apart from the code; mostly nothing.

    ``modules`` are the dotted names under test, ``conftests`` the sources of those above the file, ``helpers`` modules
    of the tests by dotted name; ``ask`` tells what a node and the names of the code say. Raises ``UnreadableError``
    where a file does not parse.
    """
    tree = parse(source, "tests")
    own = _scope(tree, modules)
    above = [_scope(parse(text, "conftest.py"), modules) for text in conftests]
    helpful = {name: parse(text, name) for name, text in (helpers or {}).items()}
    beside, beside_above = _Beside([own, *above], helpful, ask), _Beside(above, helpful, ask)
    found: dict[str, list[str]] = {}
    for test in written_tests(tree):
        roots = [*own.always, *_roots(tree, test.id)]
        needs = {need for node in roots for need in _needs(node, own, beside, set())}
        for scope in above:
            needs |= {need for node in scope.always for need in _needs(node, scope, beside_above, set())}
        found[test.id] = sorted(needs)
    return found


def _scope(tree: ast.Module, modules: Collection[str]) -> _Scope:
    definitions: dict[str, list[ast.AST]] = {}
    atom_names: set[str] = set()
    always: list[ast.AST] = []
    for node in tree.body:
        for name in _bound(node):
            definitions.setdefault(name, []).append(node)
        if isinstance(node, _Definition):
            autouse = any("autouse" in ast.unparse(one) for one in node.decorator_list)
            if autouse or node.name.startswith(_SETTING_UP):
                always.append(node)
        elif isinstance(node, ast.Import):
            atom_names |= {(a.asname or a.name).partition(".")[0] for a in node.names if _under_test(a.name, modules)}
        elif isinstance(node, ast.ImportFrom) and (node.level or _under_test(node.module or "", modules)):
            atom_names |= {alias.asname or alias.name for alias in node.names}
    return _Scope(definitions, frozenset(atom_names), tuple(always))


def _under_test(name: str, modules: Collection[str]) -> bool:
    return name in modules or any(one.startswith(f"{name}.") for one in modules)


def _bound(node: ast.stmt) -> Iterator[str]:
    if isinstance(node, _Definition):
        yield node.name
    elif isinstance(node, ast.Import | ast.ImportFrom):
        yield from ((alias.asname or alias.name).partition(".")[0] for alias in node.names)
    else:
        yield from (one.id for one in ast.walk(node) if isinstance(one, ast.Name) and isinstance(one.ctx, ast.Store))


def _roots(tree: ast.Module, test: str) -> list[ast.AST]:
    """The test function, and of its class what is no other test."""
    *outer, name = test.split("::")
    roots: list[ast.AST] = []
    body: list[ast.stmt] = tree.body
    for part in outer:
        classes = [one for one in _flat(body) if isinstance(one, ast.ClassDef) and one.name == part]
        roots += [piece for one in classes for piece in (*one.bases, *one.decorator_list)]
        body = [statement for one in classes for statement in one.body]
        roots += [one for one in body if not (isinstance(one, _Definition) and one.name.lower().startswith("test"))]
    return roots + [one for one in _flat(body) if isinstance(one, _Definition) and one.name == name]


def _flat(body: Iterable[ast.stmt]) -> Iterator[ast.stmt]:
    for node in body:
        yield node
        if isinstance(node, ast.If | ast.Try):
            yield from _flat(node.body)


def _needs(node: ast.AST, scope: _Scope, beside: _Beside, seen: set[int]) -> Iterator[str]:
    """What a piece of a file and all that it names, its fixtures too, need."""
    if id(node) in seen:
        return
    seen.add(id(node))
    for one in ast.walk(node):
        need = beside.ask(one, set(scope.atom_names))
        if need:
            yield need
        if isinstance(one, ast.Import | ast.ImportFrom):
            yield from _of_helper(one, beside)
        if isinstance(one, ast.Name):
            for definition in scope.definitions.get(one.id, ()):
                yield from _needs(definition, scope, beside, seen)
        if isinstance(one, ast.FunctionDef | ast.AsyncFunctionDef):
            names = [a.arg for a in (*one.args.args, *one.args.kwonlyargs)]
            used = [name for decorator in one.decorator_list for name in _usefixtures(decorator)]
            for name in (*names, *used):
                yield from _of_fixture(name, beside, seen)


def _usefixtures(node: ast.expr) -> Iterator[str]:
    if isinstance(node, ast.Call) and ast.unparse(node.func).endswith("usefixtures"):
        yield from (str(one.value) for one in node.args if isinstance(one, ast.Constant))


def _of_fixture(name: str, beside: _Beside, seen: set[int]) -> Iterator[str]:
    for scope in beside.fixtures:
        for definition in scope.definitions.get(name, ()):
            if isinstance(definition, _Definition):
                yield from _needs(definition, scope, beside, seen)


def _of_helper(node: ast.Import | ast.ImportFrom, beside: _Beside) -> Iterator[str]:
    names = [alias.name for alias in node.names]
    if isinstance(node, ast.ImportFrom):
        names = [node.module or "", *(f"{node.module or ''}.{name}".lstrip(".") for name in names)]
    for helper, tree in beside.helpers.items():
        if any(helper == name or helper.endswith(f".{name}") for name in names if name):
            for one in ast.walk(tree):
                need = beside.ask(one, set())
                if need:
                    yield f"{helper}: {need}"
