"""The function or class around an atom: which atoms make it up, and how its new text is shared out among them."""

from collections.abc import Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from typing import Generic, TypeVar

_Id = TypeVar("_Id")


@dataclass(frozen=True, slots=True, kw_only=True)
class Part(Generic[_Id]):
    """One atom as it stands in its file. ``symbol`` is qualified: blocks have that of their function."""

    id: _Id
    symbol: str
    kind: str
    parent: str | None
    start_byte: int
    end_byte: int
    start_line: int
    end_line: int


def family(parts: Sequence[Part[_Id]], index: int) -> tuple[str, Sequence[Part[_Id]]] | None:
    """The smallest function or class of more atoms than one around ``parts[index]``: its symbol and its atoms in order.

    ``parts`` are all atoms of the file. None where the atom is all there is of its definition, and in no class.
    """
    atom = parts[index]
    for symbol in (atom.symbol, atom.parent):
        if not symbol or symbol.startswith("<"):
            continue
        first, last = index, index + 1
        while first > 0 and _within(parts[first - 1], symbol):
            first -= 1
        while last < len(parts) and _within(parts[last], symbol):
            last += 1
        if last - first > 1:
            return symbol, parts[first:last]
    return None


def _within(part: Part[_Id], symbol: str) -> bool:
    return part.symbol == symbol or part.symbol.startswith(f"{symbol}.")


@dataclass(frozen=True, slots=True, kw_only=True)
class Piece:
    """One atom of the new text."""

    symbol: str
    kind: str
    text: str


def share_out(pieces: Sequence[Piece], parts: Sequence[Part[_Id]]) -> dict[_Id, str]:
    """The new text of each atom; joined in order they are the pieces, joined.

    Matched in order by symbol and kind, as atoms are when a file is cut again. A piece that is new goes to the atom
    before it, and an atom that nothing matches any more gets an empty text.
    """
    old = [(part.symbol, part.kind) for part in parts]
    new = [(piece.symbol, piece.kind) for piece in pieces]
    starts = {b + n: a + n for a, b, size in SequenceMatcher(None, old, new, autojunk=False).get_matching_blocks()
              for n in range(size)}  # fmt: skip
    texts = dict.fromkeys((part.id for part in parts), "")
    at = starts[min(starts)] if starts else 0
    for number, piece in enumerate(pieces):
        at = starts.get(number, at)
        texts[parts[at].id] += piece.text
    return texts
