"""Which files hold tests, and which test ids they must report: found by parsing, before anything runs."""

import ast
import re
from collections.abc import Iterable, Mapping
from pathlib import PurePosixPath

from kernel import python_source
from masterplans.domain.workspace import FileRole, Workspace, WorkspaceFile

_PYTHON_TEST = re.compile(r"^(test_.*|.*_test|tests)\.py$")
_SCRIPT_TEST = re.compile(r"\.(test|spec)\.(ts|tsx|js|jsx|mjs|cjs|mts|cts)$")
_SCRIPT = re.compile(r"\.(ts|tsx|js|jsx|mjs|cjs|mts|cts)$")


def python_test_files(workspace: Workspace) -> tuple[WorkspaceFile, ...]:
    """The files that pytest collects: ``test_*.py``, ``*_test.py``, ``tests.py``."""
    return tuple(f for f in workspace.of_role(FileRole.TEST) if _PYTHON_TEST.match(PurePosixPath(f.path).name))


def script_test_files(workspace: Workspace) -> tuple[WorkspaceFile, ...]:
    """The files that Node's test runner gets: ``*.test.*``, ``*.spec.*``, and scripts in ``__tests__``."""

    def is_test(path: str) -> bool:
        return bool(_SCRIPT_TEST.search(path)) or (
            "__tests__" in PurePosixPath(path).parts and bool(_SCRIPT.search(path))
        )

    return tuple(f for f in workspace.of_role(FileRole.TEST) if is_test(f.path))


def expected_python_ids(file: WorkspaceFile) -> tuple[str, ...]:
    """Ids, without parameters, that a run of ``file`` must report at least once; empty if it does not parse.

    Only what is defined unconditionally counts: a test under ``if`` may rightly be absent.
    """
    try:
        module = python_source.parse(file.content)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return ()
    classes = {node.name: node for node in module.body if isinstance(node, ast.ClassDef)}
    return tuple(dict.fromkeys(_ids(module.body, file.path, classes)))


def _ids(body: Iterable[ast.stmt], prefix: str, classes: Mapping[str, ast.ClassDef]) -> list[str]:
    found: list[str] = []
    for node in body:
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            if node.name.startswith("test") and not _is_fixture(node):
                found.append(f"{prefix}::{node.name}")
        elif isinstance(node, ast.ClassDef) and _is_test_class(node, classes):
            found += _ids(_methods(node, classes), f"{prefix}::{node.name}", {})
        elif isinstance(node, ast.Delete):
            gone = {f"{prefix}::{t.id}" for t in node.targets if isinstance(t, ast.Name)}
            found = [one for one in found if one not in gone and one.rpartition("::")[0] not in gone]
    return found


def _methods(node: ast.ClassDef, classes: Mapping[str, ast.ClassDef]) -> list[ast.stmt]:
    """The statements of a class and of its bases in the same file: inherited tests run under its name too."""
    body: list[ast.stmt] = list(node.body)
    hidden = {t.id for s in body if isinstance(s, ast.Assign) for t in s.targets if isinstance(t, ast.Name)}
    waiting, seen = [b.id for b in node.bases if isinstance(b, ast.Name)], {node.name}
    while waiting:
        name = waiting.pop()
        base = classes.get(name)
        if base is None or name in seen:
            continue
        seen.add(name)
        body += [s for s in base.body if not isinstance(s, ast.ClassDef)]
        waiting += [b.id for b in base.bases if isinstance(b, ast.Name)]
    return [s for s in body if getattr(s, "name", None) not in hidden]


def _is_fixture(node: ast.FunctionDef | ast.AsyncFunctionDef) -> bool:
    return any("fixture" in ast.unparse(decorator) for decorator in node.decorator_list)


def _is_test_class(node: ast.ClassDef, classes: Mapping[str, ast.ClassDef]) -> bool:
    names = {s.name for s in node.body if isinstance(s, ast.FunctionDef)}
    switched = [s for s in node.body if isinstance(s, ast.Assign) and ast.unparse(s.targets[0]) == "__test__"]
    if any(ast.unparse(s.value) == "False" for s in switched):
        return False
    if _is_unittest(node, classes, depth=0):
        return True
    return node.name.startswith("Test") and not names & {"__init__", "__new__"}


def _is_unittest(node: ast.ClassDef, classes: Mapping[str, ast.ClassDef], *, depth: int) -> bool:
    if depth > 20:
        return False
    for base in node.bases:
        text = ast.unparse(base)
        if text.endswith("TestCase"):
            return True
        known = classes.get(text)
        if known is not None and _is_unittest(known, classes, depth=depth + 1):
            return True
    return False


def imported_places(file: WorkspaceFile, modules: Mapping[str, str]) -> frozenset[str]:
    """Paths of workspace files that ``file`` itself names in an import; ``modules`` is dotted name -> path."""
    try:
        tree = python_source.parse(file.content)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return frozenset()
    package = PurePosixPath(file.place).parent.parts
    names: set[str] = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            names.update(alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            base = ".".join(package[: len(package) - node.level + 1]) if node.level else ""
            module = ".".join(part for part in (base, node.module or "") if part)
            names.add(module)
            names.update(f"{module}.{alias.name}" for alias in node.names)
    return frozenset(modules[name] for name in names if name in modules)


def python_modules(workspace: Workspace) -> dict[str, str]:
    """Dotted names under which source files can be imported -> their path (also below ``src/``)."""
    found: dict[str, str] = {}
    for file in workspace.of_role(FileRole.SOURCE):
        if not file.place.endswith(".py"):
            continue
        parts = file.place[:-3].split("/")
        for start in (0, 1) if parts[0] in ("src", "lib") else (0,):
            name = parts[start:-1] if parts[-1] == "__init__" else parts[start:]
            found.setdefault(".".join(name), file.path)
    return found
