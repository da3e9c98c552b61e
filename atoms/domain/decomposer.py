"""Cuts a file into atoms. Lossless by construction: atoms are the gaps between cut rows, and nothing else."""

import hashlib
import uuid
from typing import Final

import tree_sitter

from atoms.domain.cutting import JAVASCRIPT, PYTHON, TYPESCRIPT, cut
from atoms.domain.grammar import grammar_of
from atoms.domain.holes import find_holes
from atoms.domain.model import Atom, AtomKind, FileAtoms, Language
from atoms.domain.naming import MODULE, Names, describe_run
from atoms.domain.parser import MultiLanguageParser
from atoms.domain.pieces import MAX_LOC, Mark, Stretch, collect
from atoms.domain.reading import read_facts
from atoms.domain.rows import Rows, newline_normal, rows_of
from kernel.collector import collector_paused

_ATOM_IDS: Final = uuid.UUID("5f2b3c1e-8a57-5b0e-9d1c-6f6d67652e61")

_Cut = tuple[int, Stretch | None, int, int]  # first row, stretch, its first and past-the-last piece


class RecursiveDecomposer:
    """Splits files of all languages; holds no state but its parser."""

    def __init__(self, parser: MultiLanguageParser | None = None) -> None:
        self._parser = parser or MultiLanguageParser()

    def ranges(self, source: bytes, language: Language) -> list[tuple[int, int]]:
        """Return only the byte ranges of the atoms, in order; the fast part of :meth:`split`."""
        if not source:
            return []
        with collector_paused(brief=True):  # whatever else was made is gone when the collector looks again
            return self._ranges(source, language)

    def _ranges(self, source: bytes, language: Language) -> list[tuple[int, int]]:
        rows, cuts = self._cut(newline_normal(source), language)[:2]
        bounds = [rows.starts[row] for row, *_ in cuts]
        return list(zip(bounds, [*bounds[1:], len(source)], strict=True))

    def split(self, source: bytes, *, path: str, language: Language) -> FileAtoms:
        """Cut one file. Any bytes give atoms; an empty file gives none. ``path`` goes into the ids."""
        if not source:
            return FileAtoms(path=path, language=language, source=source, parse_ok=True, problem=None, atoms=())
        with collector_paused(brief=True):
            return self._split(source, path, language)

    def _split(self, source: bytes, path: str, language: Language) -> FileAtoms:
        normal = newline_normal(source)
        rows, cuts, root = self._cut(normal, language)
        facts, problem = read_facts(source, root, language)
        names = Names(source)
        ordinals: dict[bytes, int] = {}
        atoms = []
        ends = [*(row for row, *_ in cuts[1:]), rows.count]
        for number, ((first, stretch, low, high), end) in enumerate(zip(cuts, ends, strict=True)):
            loc = rows.loc[end] - rows.loc[first]
            if stretch is None:
                kind, symbol, parent = AtomKind.FRAGMENT if loc else AtomKind.COMMENT, MODULE, None
            else:
                kind, symbol, parent = describe_run(stretch, low, high, end_row=end, loc=loc, names=names)
            start_byte, end_byte = rows.starts[first], rows.starts[end]
            text = source[start_byte:end_byte]
            name = _name_in_id(path, kind, symbol, text)
            ordinal = ordinals[name] = ordinals.get(name, -1) + 1
            atoms.append(
                Atom(
                    id=_atom_id(name, ordinal),
                    path=path,
                    language=language,
                    number=number,
                    kind=kind,
                    symbol=symbol,
                    parent=parent,
                    start_byte=start_byte,
                    end_byte=end_byte,
                    start_line=first + 1,
                    end_line=end,
                    loc=loc,
                    complexity=float(1 + rows.decisions[end] - rows.decisions[first]),
                    is_hole=stretch is not None and bool(stretch.marks[low] & Mark.HOLE),
                    uncuttable=loc > MAX_LOC,
                )
            )
        return FileAtoms(
            path=path,
            language=language,
            source=source,
            parse_ok=problem is None,
            problem=problem,
            atoms=tuple(atoms),
            facts=facts,
        )

    def _cut(self, normal: bytes, language: Language) -> tuple[Rows, list[_Cut], tree_sitter.Node]:
        root = self._parser.parse(normal, language).root_node
        grammar = grammar_of(language)
        rows: Rows = rows_of(normal, root, grammar)
        weights = PYTHON if grammar.indented else TYPESCRIPT if grammar.typed else JAVASCRIPT
        holes = frozenset(find_holes(normal, language=language))
        stretches = collect(root, rows, grammar, holes)
        ends = [*(stretch.starts[0] for stretch in stretches), rows.count][1:]
        cuts: list[_Cut] = []
        for stretch, end in zip(stretches, ends, strict=False):
            begins = cut(stretch, end, rows, weights)
            for low, high in zip(begins, [*begins[1:], len(stretch.starts)], strict=True):
                cuts.append((stretch.starts[low], stretch, low, high))
        if cuts:
            cuts[0] = (0, *cuts[0][1:])
        else:
            cuts.append((0, None, 0, 0))
        return rows, cuts, root


def whole_file_hole(path: str, language: Language) -> Atom:
    """Return the one atom that stands for a file without code: a task before its skeleton is written."""
    return Atom(
        id=_atom_id(_name_in_id(path, AtomKind.FRAGMENT, MODULE, b""), 0),
        path=path,
        language=language,
        number=0,
        kind=AtomKind.FRAGMENT,
        symbol=MODULE,
        parent=None,
        start_byte=0,
        end_byte=0,
        start_line=1,
        end_line=1,
        loc=0,
        complexity=1.0,
        is_hole=True,
    )


def _name_in_id(path: str, kind: AtomKind, symbol: str, text: bytes) -> bytes:
    """What the id of an atom is made from, but for its ordinal among equals."""
    if not text.isascii():
        text = text.decode("utf-8", "backslashreplace").encode()
    return "\0".join((path, kind, symbol, "")).encode("utf-8", "backslashreplace") + text


def _atom_id(name: bytes, ordinal: int) -> str:
    """``str(uuid5(...))`` of a name that need not be text, without the object between."""
    digest = hashlib.sha1(b"%b%b\0%d" % (_ATOM_IDS.bytes, name, ordinal), usedforsecurity=False).digest()
    number = bytearray(digest[:16])
    number[6] = number[6] & 0x0F | 0x50  # RFC 9562, section 5.5: version 5
    number[8] = number[8] & 0x3F | 0x80  # and the variant
    shown = number.hex()
    return f"{shown[:8]}-{shown[8:12]}-{shown[12:16]}-{shown[16:20]}-{shown[20:]}"
