"""What others may rely on in a range of a file, so that a change of body can be told from a change of contract."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from atoms.domain.context import ContextInjector
from atoms.domain.decomposer import RecursiveDecomposer
from atoms.domain.model import Atom, AtomFacts, AtomKind, FileAtoms, Language

_WHOLE_TEXT = frozenset({AtomKind.IMPORTS, AtomKind.SIGNATURE, AtomKind.TYPE})
_CLASS_HEAD = re.compile(r"(?:^[ \t]*@[^\n]*\n)*^[ \t]*(?:export |default |abstract )*class\b[^{:]*", re.MULTILINE)


@dataclass(frozen=True, slots=True, kw_only=True)
class Contract:
    """Symbols with their types, signatures, and what is bound after the range. Heads and imports count as written."""

    defines: frozenset[tuple[str, str | None]]
    signatures: frozenset[tuple[str, str]]
    leaves: frozenset[tuple[str, str | None]]
    heads: tuple[str, ...]


def contract_changed(
    before: bytes, after: bytes, *, start: int, old_end: int, new_end: int, language: Language
) -> bool:
    """Whether putting ``after[start:new_end]`` in place of ``before[start:old_end]`` changes what others rely on.

    Both are whole files that agree outside the range. Code that does not parse promises nothing: that is a change.
    """
    old = _contract(before, start, old_end, language)
    new = _contract(after, start, new_end, language)
    return old is None or old != new


def _contract(source: bytes, start: int, end: int, language: Language) -> Contract | None:
    file = RecursiveDecomposer().split(source, path="file", language=language)
    if not file.parse_ok:
        return None
    inside = [atom for atom in file.atoms if atom.start_byte < end and atom.end_byte > start]
    facts = ContextInjector().describe([file])
    own = [(atom.symbol, facts[atom.id]) for atom in inside]
    return Contract(
        defines=frozenset((name, fact.types.get(name)) for _, fact in own for name in fact.defines),
        signatures=frozenset((symbol, fact.signature) for symbol, fact in own if fact.signature is not None),
        leaves=frozenset(_left(own)),
        heads=_heads(file, inside),
    )


def _left(own: Sequence[tuple[str, AtomFacts]]) -> set[tuple[str, str | None]]:
    return {(str(entry["name"]), _text(entry, "type")) for _, fact in own for entry in fact.postconditions}


def _text(entry: Mapping[str, object], key: str) -> str | None:
    value = entry.get(key)
    return None if value is None else str(value)


def _heads(file: FileAtoms, inside: Sequence[Atom]) -> tuple[str, ...]:
    texts = [(atom.kind in _WHOLE_TEXT, file.text(atom).decode("utf-8", "replace")) for atom in inside]
    heads = [part for whole, text in texts for part in ([text] if whole else _CLASS_HEAD.findall(text))]
    return tuple(" ".join(head.split()) for head in heads)
