"""What an atom is, as plain values.

An atom is a contiguous byte range of one file. The atoms of a file, in order, are exactly its bytes. All offsets are in
bytes of the file as it came (a BOM, CRLF and invalid UTF-8 included); lines are 1-based and inclusive.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any, TypeVar, dataclass_transform

from atoms.domain.facts import FileFacts

_T = TypeVar("_T")


@dataclass_transform(frozen_default=True, kw_only_default=True, field_specifiers=(field,))
def _value(cls: type[_T]) -> type[_T]:
    """A dataclass that is frozen to the type checker alone: to make one that Python itself guards takes twice as long.

    For what a project has tens of thousands of.
    """
    return dataclass(slots=True, kw_only=True)(cls)


class Language(StrEnum):
    """Languages that are cut with a grammar. The value stands in the database and in the API."""

    PYTHON = "python"
    TYPESCRIPT = "typescript"
    TSX = "tsx"
    JAVASCRIPT = "javascript"


class AtomKind(StrEnum):
    """What an atom is in its file; the word shown to people."""

    __hash__ = str.__hash__  # that of an enum is written in Python, and is asked for with every look into a set

    IMPORTS = "imports"
    CONSTANT = "constant"
    ATTRIBUTE = "attribute"
    CLASS_HEADER = "class_header"
    CLASS = "class"
    SIGNATURE = "signature"
    FUNCTION = "function"
    METHOD = "method"
    TYPE = "type"
    BLOCK = "block"
    STATEMENT = "statement"
    COMMENT = "comment"
    FRAGMENT = "fragment"  # a piece of a file that does not parse
    SUBTASK = "subtask"  # about 25 LOC, cut without an eye for meaning: where atomization is switched off


@dataclass(frozen=True, slots=True, kw_only=True)
class SyntaxProblem:
    """The first place where a file does not parse. ``column`` is 1-based, in characters."""

    line: int
    column: int
    message: str


@_value
class Need:
    """A name that the atom cannot be understood without, and what answers it (None: nothing does)."""

    name: str
    kind: str  # definition | live_in | type | caller | test
    resolved_by: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Criterion:
    """One of the ten atomicity criteria. ``value`` is 0..1, or None where it is not applicable."""

    name: str
    value: float | None
    measures: str
    raise_by: str


@_value
class Atom:
    """One byte range with its place and size. What it means for others is in :class:`AtomFacts`."""

    id: str  # uuid5 of path, kind, symbol, bytes and ordinal among equals
    path: str
    language: Language
    number: int  # 0-based position in the file
    kind: AtomKind
    symbol: str  # qualified in the file: "C.method", "f", "<module>"; blocks: that of the function they belong to
    parent: str | None  # symbol of the enclosing class or function
    start_byte: int
    end_byte: int
    start_line: int
    end_line: int
    loc: int
    complexity: float
    is_hole: bool = False  # a body that is still to be written
    uncuttable: bool = False  # over 10 LOC, and the grammar gives no joint


@_value
class AtomFacts:
    """What an atom needs from others and gives to them."""

    defines: tuple[str, ...] = ()
    uses: tuple[str, ...] = ()
    scopes: Mapping[str, str] = field(default_factory=dict)  # of each name: symbol of its scope, "builtin" or "?"
    signature: str | None = None
    imports: tuple[str, ...] = ()
    types: Mapping[str, str] = field(default_factory=dict)
    preconditions: tuple[Mapping[str, Any], ...] = ()  # live-in names: {name, type, bound_at}
    postconditions: tuple[Mapping[str, Any], ...] = ()  # live-out names: {name, type}
    raises: tuple[str, ...] = ()
    mutates: tuple[str, ...] = ()
    pure: bool | None = None
    deterministic: bool | None = None
    test_cases: tuple[Mapping[str, Any], ...] = ()
    needs: tuple[Need, ...] = ()
    context_completeness: float = 1.0
    criteria: tuple[Criterion, ...] = ()
    atomicity_score: float = 0.0


@dataclass(frozen=True, slots=True, kw_only=True)
class FileAtoms:
    """One file, cut. ``b"".join(file.text(a) for a in file.atoms) == file.source`` always holds."""

    path: str
    language: Language
    source: bytes
    parse_ok: bool
    problem: SyntaxProblem | None
    atoms: tuple[Atom, ...]
    facts: FileFacts | None = field(default=None, repr=False, compare=False)  # None: nobody has read them yet

    def text(self, atom: Atom) -> bytes:
        """Return the bytes of one atom of this file."""
        return self.source[atom.start_byte : atom.end_byte]
