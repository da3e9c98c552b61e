"""What a file of a source tree is for, by its path alone."""

import re
from collections.abc import Iterable
from pathlib import PurePosixPath
from typing import Final

from masterplans.domain.importing.languages import language_of
from masterplans.domain.workspace import FileRole

_TEST_FOLDERS: Final = frozenset({"tests", "__tests__"})
_TEST_NAME: Final = re.compile(r"test_.*\.py|.*_test\.py|.+\.(test|spec)\..+")
# What tools leave behind, and what other people wrote: never imported.
SKIPPED_FOLDERS: Final = frozenset(
    {".git", ".hg", ".svn", ".idea", "__MACOSX", "node_modules", "venv", ".venv", ".tox", ".nox", ".eggs", "htmlcov"}
    | {"__pycache__", ".cache", ".mypy_cache", ".ruff_cache", ".pytest_cache", ".hypothesis", ".nyc_output"}
    | {".parcel-cache", ".turbo", ".next", ".nuxt", ".svelte-kit"}
)
_SKIPPED_SUFFIXES: Final = frozenset({".pyc", ".pyo"})


def role_of(path: str) -> FileRole:
    """The role of a file below the imported folder.

    Everything below ``tests/`` or ``__tests__/`` is a test, data and helpers included; so is a file named like one.
    Of ``test/`` only its company tells, see ``test_folders_of``.
    ``conftest.py`` elsewhere and all that is not code is support; the rest is a task.
    """
    pure = PurePosixPath(path)
    if not _TEST_FOLDERS.isdisjoint(pure.parts[:-1]) or _TEST_NAME.fullmatch(pure.name):
        return FileRole.TEST
    if language_of(path) is None or pure.name == "conftest.py":
        return FileRole.SUPPORT
    return FileRole.SOURCE


def test_folders_of(paths: Iterable[str]) -> tuple[str, ...]:
    """Folders named ``test`` below which a test runner collects something: what lies beside those tests helps them.

    The name alone does not tell: a package of test tools for others may have it too.
    """
    above = {folder for path in paths if is_test_module(path) for folder in PurePosixPath(path).parents}
    return tuple(sorted(str(folder) for folder in above if folder.name == "test"))


def is_test_module(path: str) -> bool:
    """Whether a test runner collects the file: named like a test, or a script in ``__tests__``."""
    pure = PurePosixPath(path)
    if language_of(path) is None:
        return False
    if _TEST_NAME.fullmatch(pure.name) or pure.name == "tests.py":
        return True
    return pure.suffix != ".py" and "__tests__" in pure.parts[:-1]


def is_left_out(path: str) -> bool:
    """Whether the file is a leaving of tools, or lies in a folder of such."""
    pure = PurePosixPath(path)
    return (
        not SKIPPED_FOLDERS.isdisjoint(pure.parts[:-1]) or pure.suffix in _SKIPPED_SUFFIXES or pure.name == ".DS_Store"
    )
