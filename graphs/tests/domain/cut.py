"""Atoms made by hand for tests: one per statement, class header or method, whatever the decomposer does today."""

import ast
from pathlib import Path
from uuid import NAMESPACE_URL, uuid5

from atoms.domain.model import Atom, AtomKind, FileAtoms, Language


def python_file(path: str, source: str | bytes) -> FileAtoms:
    """Cut a Python file at its top-level statements and at the members of its classes."""
    data = source.encode() if isinstance(source, str) else source
    try:
        tree = ast.parse(data)
    except (SyntaxError, ValueError):
        return whole_file(path, data, Language.PYTHON, parse_ok=False)
    pieces: list[tuple[int, AtomKind, str, str | None]] = []
    _pieces(tree.body, None, pieces)
    return _assemble(path, data, pieces, Language.PYTHON)


def whole_file(path: str, source: str | bytes, language: Language, *, parse_ok: bool = True) -> FileAtoms:
    """Return a file that is one atom."""
    data = source.encode() if isinstance(source, str) else source
    made = _assemble(path, data, [], language)
    return FileAtoms(path=path, language=language, source=data, parse_ok=parse_ok, problem=None, atoms=made.atoms)


def folder(root: Path, *, under: str = "") -> list[FileAtoms]:
    """Cut all Python files of a folder."""
    return [python_file(str(p.relative_to(root)), p.read_bytes()) for p in sorted((root / under).rglob("*.py"))]


def _pieces(body: list[ast.stmt], parent: str | None, pieces: list[tuple[int, AtomKind, str, str | None]]) -> None:
    for node in body:
        line = min([node.lineno, *(d.lineno for d in getattr(node, "decorator_list", []))])
        name = getattr(node, "name", "<module>")
        symbol = f"{parent}.{name}" if parent else name
        if isinstance(node, ast.ClassDef):
            pieces.append((line, AtomKind.CLASS_HEADER, symbol, parent))
            _pieces(node.body, symbol, pieces)
        elif isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            pieces.append((line, AtomKind.METHOD if parent else AtomKind.FUNCTION, symbol, parent))
        elif isinstance(node, ast.Import | ast.ImportFrom):
            pieces.append((line, AtomKind.IMPORTS, symbol, parent))
        else:
            pieces.append((line, AtomKind.STATEMENT, parent or "<module>", parent))


def _assemble(
    path: str, data: bytes, pieces: list[tuple[int, AtomKind, str, str | None]], language: Language
) -> FileAtoms:
    lines = data.splitlines(keepends=True) or [b""]
    starts: dict[int, tuple[int, AtomKind, str, str | None]] = {}
    for piece in pieces:
        starts.setdefault(piece[0], piece)
    if 1 not in starts:
        starts[1] = (1, AtomKind.COMMENT, "<module>", None)
    ordered = [starts[line] for line in sorted(starts)]
    atoms: list[Atom] = []
    offset = 0
    for number, (line, kind, symbol, parent) in enumerate(ordered):
        end_line = ordered[number + 1][0] - 1 if number + 1 < len(ordered) else len(lines)
        size = sum(len(text) for text in lines[line - 1 : end_line])
        atoms.append(
            Atom(
                id=str(uuid5(NAMESPACE_URL, f"{path}:{number}")), path=path, language=language, number=number,
                kind=kind, symbol=symbol, parent=parent, start_byte=offset, end_byte=offset + size,
                start_line=line, end_line=end_line, loc=end_line - line + 1, complexity=1.0,
            )
        )  # fmt: skip
        offset += size
    return FileAtoms(path=path, language=language, source=data, parse_ok=True, problem=None, atoms=tuple(atoms))
