"""Which tests of a file need the code under test in their own process, one by one, and why."""

import ast
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field

from validation.sandbox.strict.tests_source import need_of, parse, written_tests

_SETTING_UP = ("setup_", "teardown_", "setUp", "tearDown", "pytest_")
_DEFINITIONS = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)
_Definition = ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef


@dataclass(frozen=True, slots=True)
class _Scope:
    """One file: what it defines at its top, what its names import, and which of them are of the code under test."""

    definitions: Mapping[str, list[ast.AST]]
    atom_names: frozenset[str]
    always: tuple[ast.AST, ...]  # what runs for every test of the file
    loaded: tuple[ast.AST, ...]  # what runs when it is imported, definitions and imports aside
    known: dict[str, frozenset[str]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class _Beside:
    """What stands beside a file, and what is asked of each node: a need, or nothing."""

    fixtures: list[_Scope]
    helpers: Mapping[str, _Scope]
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
    helpful = {name: _scope(parse(text, name), modules) for name, text in (helpers or {}).items()}
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
    loaded = tuple(node for node in tree.body if not isinstance(node, (*_DEFINITIONS, ast.Import, ast.ImportFrom)))
    for node in tree.body:
        for name, piece in _bound(node):
            definitions.setdefault(name, []).append(piece)
        if isinstance(node, _DEFINITIONS):
            autouse = any("autouse" in ast.unparse(one) for one in node.decorator_list)
            if autouse or node.name.startswith(_SETTING_UP):
                always.append(node)
        elif isinstance(node, ast.Import):
            atom_names |= {(a.asname or a.name).partition(".")[0] for a in node.names if _under_test(a.name, modules)}
        elif isinstance(node, ast.ImportFrom) and (node.level or _under_test(node.module or "", modules)):
            atom_names |= {alias.asname or alias.name for alias in node.names}
    return _Scope(definitions, frozenset(atom_names), tuple(always), loaded)


def _under_test(name: str, modules: Collection[str]) -> bool:
    return name in modules or any(one.startswith(f"{name}.") for one in modules)


def _bound(node: ast.stmt) -> Iterator[tuple[str, ast.AST]]:
    """The names that a statement binds, each with what binds it: of an import of several the one alone."""
    if isinstance(node, _DEFINITIONS):
        yield node.name, node
    elif isinstance(node, ast.Import):
        for alias in node.names:
            yield (alias.asname or alias.name).partition(".")[0], ast.Import(names=[alias])
    elif isinstance(node, ast.ImportFrom):
        for alias in node.names:
            yield alias.asname or alias.name, ast.ImportFrom(module=node.module, names=[alias], level=node.level)
    else:
        for one in ast.walk(node):
            if isinstance(one, ast.Name) and isinstance(one.ctx, ast.Store):
                yield one.id, node


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
            yield from _of_helper(one, beside, seen)
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


def _of_helper(node: ast.Import | ast.ImportFrom, beside: _Beside, seen: set[int]) -> Iterator[str]:
    """What those parts of a module of the tests need that an import takes from it; all parts where it takes all."""
    whole = [alias.name for alias in node.names]
    module = (node.module or "") if isinstance(node, ast.ImportFrom) else ""
    if isinstance(node, ast.ImportFrom):
        whole = [f"{module}.{name}".lstrip(".") for name in whole]
    for helper, scope in beside.helpers.items():
        pieces: list[ast.AST] = []
        if any(_is_named(helper, name) for name in whole) or (_is_named(helper, module) and _takes_all(node, scope)):
            pieces = [*scope.loaded, *(piece for found in scope.definitions.values() for piece in found)]
        elif _is_named(helper, module):
            pieces = [*scope.loaded, *(piece for alias in node.names for piece in scope.definitions[alias.name])]
        for piece in pieces:
            yield from (f"{helper}: {need}" for need in _needs(piece, scope, beside, seen))


def _is_named(module: str, name: str) -> bool:
    return bool(name) and (module == name or module.endswith(f".{name}"))


def _takes_all(node: ast.Import | ast.ImportFrom, scope: _Scope) -> bool:
    return any(alias.name not in scope.definitions for alias in node.names)
