"""Paths that may stand in a workspace, and where in it they lie."""

import keyword
from typing import Final

from kernel.errors import InvalidInput

_MAX_PATH: Final = 1000  # characters, the width of the column
_MAX_PART: Final = 255  # bytes, what file systems allow
_RESERVED: Final = frozenset({".git", "node_modules", "__pycache__"})  # the export's and the runtimes' own


class UnsafePath(InvalidInput):
    """A path that would leave the workspace, or that it cannot hold."""

    code = "unsafe_path"


def why_unsafe(path: str) -> str | None:
    """Why the path may not stand in a workspace, or None.

    Safe is: relative, with ``/`` between parts, no empty, ``.`` or ``..`` part, no backslash, no control or surrogate
    character, no drive letter, no reserved folder. So it means one file, the same on every system, below the root.
    """
    if not path:
        return "it is empty"
    if len(path) > _MAX_PATH:
        return f"it is longer than {_MAX_PATH} characters"
    if path.startswith("/") or path[1:2] == ":":
        return "it is absolute; give it relative to the workspace"
    if "\\" in path:
        return "it holds a backslash; separate folders with /"
    if not path.isprintable():
        return "it holds a character that cannot be shown"
    parts = path.split("/")
    if ".." in parts:
        return "it leads outside the workspace (..)"
    if "" in parts or "." in parts:
        return "it has an empty part or the part '.'"
    if any(len(part.encode()) > _MAX_PART for part in parts):
        return f"a part of it is longer than {_MAX_PART} bytes"
    reserved = next((part for part in parts if part.lower() in _RESERVED), None)
    return f"{reserved!r} is reserved" if reserved else None


def check_path(path: str, *, where: str) -> str:
    """The path as it came, or ``UnsafePath``; ``where`` says what names it."""
    if reason := why_unsafe(path):
        raise UnsafePath(f"{where}: the path {path[:200]!r} is not usable: {reason}.", path=path[:200])
    return path


def check_package(name: str, *, where: str) -> str:
    """A dotted import name as it came, or ``InvalidInput``."""
    parts = name.split(".")
    if len(name) > 300 or not all(part.isidentifier() and not keyword.iskeyword(part) for part in parts):
        raise InvalidInput(f"{where}: {name[:100]!r} is not an import name; expected one like 'networkx.algorithms'.")
    return name


def place_of(path: str, root_package: str | None) -> str:
    """Where a file of the imported folder lies in the workspace: below the folders of its package, if it is one."""
    return f"{root_package.replace('.', '/')}/{path}" if root_package else path
