"""The context pack of an atom: what a person would need to rewrite it alone, bounded, most important first."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from atoms.domain.model import Atom, AtomFacts, FileAtoms, Need
from atoms.domain.resolution import inside_project

TOKEN_LIMIT: Final = 1500
_CHARACTERS_A_TOKEN: Final = 4  # what models count for code, roughly; no tokenizer is asked

LineAt = Callable[[str, int], str]  # path and 0-based row -> what stands there, "" where it is not known


@dataclass(frozen=True, slots=True, kw_only=True)
class Subject:
    """The atom that a pack is for, and what its pack may hold."""

    path: str
    symbol: str
    kind: str
    parent: str | None
    start_line: int
    end_line: int
    code: str
    contract: Mapping[str, Any]
    needs: Sequence[Need]
    tests: Sequence[Mapping[str, Any]]
    siblings: Sequence[tuple[str, str]]  # symbol and code of the atoms before and after


def context_pack(
    atom: Atom, files: Mapping[str, FileAtoms], facts: Mapping[str, AtomFacts], *, limit: int = TOKEN_LIMIT
) -> dict[str, Any]:
    """Return the pack of an atom of ``files``; ``facts`` are those of all their atoms. See :func:`build_pack`."""
    own, file = facts[atom.id], files[atom.path]
    lines: dict[str, list[bytes]] = {}

    def line_at(path: str, row: int) -> str:
        if path not in files:
            return ""
        known = lines.setdefault(path, files[path].source.splitlines())
        return known[row].decode("utf-8", "replace").strip() if row < len(known) else ""

    def contract_at(path: str, row: int) -> str:
        found = (
            next((a for a in files[path].atoms if a.start_line <= row + 1 <= a.end_line), None)
            if path in files
            else None
        )
        return (facts[found.id].signature or "") if found is not None else ""

    near = file.atoms[max(0, atom.number - 1) : atom.number + 2]
    subject = Subject(
        path=atom.path,
        symbol=atom.symbol,
        kind=str(atom.kind),
        parent=atom.parent,
        start_line=atom.start_line,
        end_line=atom.end_line,
        code=file.text(atom).decode("utf-8", "replace"),
        contract={
            "signature": own.signature,
            "needs_before": list(own.preconditions),
            "gives_after": list(own.postconditions),
            "raises": list(own.raises),
            "mutates": list(own.mutates),
        },
        needs=own.needs,
        tests=own.test_cases,
        siblings=[(a.symbol, file.text(a).decode("utf-8", "replace")) for a in near if a.id != atom.id],
    )
    return build_pack(subject, contract_at=contract_at, line_at=line_at, limit=limit)


def build_pack(subject: Subject, *, contract_at: LineAt, line_at: LineAt, limit: int = TOKEN_LIMIT) -> dict[str, Any]:
    """Fill a pack of at most ``limit`` tokens (estimated from characters).

    Keys, in the order in which they are filled: ``atom``, ``contract`` and ``code`` of itself, ``uses`` (contracts of
    what it uses), ``callers`` (how they call it), ``tests``, ``place`` (its neighbours in the file); then ``tokens``,
    ``limit`` and ``left_out``, how many entries did not fit.
    """
    budget = _Budget(limit * _CHARACTERS_A_TOKEN)
    places = [(need, inside) for need in subject.needs if (inside := inside_project(need.resolved_by))]
    pack: dict[str, Any] = {
        "atom": {
            name: getattr(subject, name) for name in ("path", "symbol", "kind", "start_line", "end_line", "parent")
        },
        "contract": budget.entry(dict(subject.contract)) or {},
        "code": budget.text(subject.code),
        "uses": budget.fill(
            {"name": need.name, "place": need.resolved_by, "contract": contract_at(*at) or line_at(*at)}
            for need, at in places
            if need.kind == "definition"
        ),
        "callers": budget.fill(
            {"place": need.resolved_by, "line": line_at(*at)} for need, at in places if need.kind == "caller"
        ),
        "tests": budget.fill(dict(case) for case in subject.tests),
        "place": budget.fill({"symbol": symbol, "code": code} for symbol, code in subject.siblings),
    }
    return {**pack, "tokens": budget.tokens, "limit": limit, "left_out": budget.left_out}


class _Budget:
    def __init__(self, limit: int) -> None:
        self._left = self._limit = limit
        self.left_out = 0

    @property
    def tokens(self) -> int:
        """Tokens used so far, rounded up."""
        return -(-(self._limit - self._left) // _CHARACTERS_A_TOKEN)

    def text(self, text: str) -> str:
        if len(text) > self._left:
            self.left_out += 1
            text = text[: self._left]
        self._left -= len(text)
        return text

    def fill(self, entries: Any) -> list[dict[str, Any]]:
        return [kept for entry in entries if (kept := self.entry(entry)) is not None]

    def entry(self, entry: dict[str, Any]) -> dict[str, Any] | None:
        size = sum(len(name) + len(str(value)) for name, value in entry.items())
        if size > self._left:
            self.left_out += 1
            return None
        self._left -= size
        return entry
