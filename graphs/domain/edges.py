"""From uses and calls to one edge per pair of atoms.

Weights: an edge that orders has 1.00. Others start at the weight of their type and gain ``STEP`` with every further
use, up to 0.99. The strongest type names the edge; on a tie, type before data before control before import. All
reasons are kept.
"""

from bisect import bisect_right
from collections.abc import Iterable, Sequence

from atoms.domain.model import Atom, AtomKind, FileAtoms
from graphs.domain.model import MAX_INFORMING_WEIGHT, ORDERING_WEIGHT, Edge, EdgeType, Reason
from graphs.domain.symbols import BindingKind, Place, Symbols, Use, UseKind

BASE_WEIGHT = {EdgeType.TYPE: 0.80, EdgeType.DATA: 0.70, EdgeType.CONTROL: 0.50, EdgeType.IMPORT: 0.30}
LOCAL_WEIGHT = 0.95  # blocks of one function that share names
STEP = 0.02
_RANK = {EdgeType.TYPE: 0, EdgeType.DATA: 1, EdgeType.CONTROL: 2, EdgeType.IMPORT: 3}


class AtomIndex:
    """Finds the atom that holds a line of a file: the last one that starts at or before it."""

    def __init__(self, files: Iterable[FileAtoms]) -> None:
        self.files: dict[str, tuple[list[int], tuple[Atom, ...]]] = {}
        for file in files:
            atoms = tuple(sorted(file.atoms, key=lambda a: a.start_byte))
            self.files[file.path] = ([a.start_line for a in atoms], atoms)

    def at(self, path: str, line: int) -> Atom | None:
        """Return the atom that holds the line, or None when the file has no atoms."""
        entry = self.files.get(path)
        if entry is None or not entry[1]:
            return None
        position = bisect_right(entry[0], line) - 1
        return entry[1][max(position, 0)]

    def starts(self, path: str) -> list[int]:
        """Return the first lines of the atoms of a file."""
        return self.files[path][0] if path in self.files else []


class EdgeBuilder:
    """Collects reasons per pair of atoms."""

    def __init__(self, index: AtomIndex, symbols: Symbols) -> None:
        self.index = index
        self.symbols = symbols
        self.reasons: dict[tuple[str, str], dict[Reason, float]] = {}

    def add(self, source: Atom | None, target: Atom | None, reason: Reason, weight: float) -> None:
        """Add a reason; edges from an atom to itself are dropped."""
        if source is None or target is None or source.id == target.id:
            return
        reasons = self.reasons.setdefault((source.id, target.id), {})
        reasons[reason] = max(weight, reasons.get(reason, 0.0))

    def use(self, use: Use) -> None:
        """Turn a use of a name into edges to its definitions and to the imports on the way."""
        source = self.index.at(use.path, use.line)
        if source is None:
            return
        symbol = ".".join(use.parts)
        for place in self.symbols.places(use.table, use.parts, before=use.before):
            kind = edge_type(use, place)
            orders = use.definition_time and not place.imported and use.kind is not UseKind.IMPORT
            weight = ORDERING_WEIGHT if orders else BASE_WEIGHT[kind]
            if place.imported and place.path != use.path:
                continue
            target = self.index.at(place.path, place.line)
            self.add(source, target, Reason(type=kind, symbol=symbol, line=use.line, path=use.path), weight)

    def call(self, path: str, line: int, target: Atom | None, symbol: str, *, orders: bool = False) -> None:
        """Add the control edge of one pair of the callgraph."""
        source = self.index.at(path, line)
        if source is not None and target is not None and source.id != target.id:
            known = self.reasons.get((source.id, target.id), ())
            if any(r.type is EdgeType.CONTROL and r.line == line for r in known):
                return
            reason = Reason(type=EdgeType.CONTROL, symbol=symbol, line=line, path=path)
            self.add(source, target, reason, ORDERING_WEIGHT if orders else BASE_WEIGHT[EdgeType.CONTROL])

    def local(self, path: str, defs: dict[str, list[int]], uses: dict[str, list[int]]) -> None:
        """Blocks of one function that bind and read each other's names."""
        for name, lines in uses.items():
            binders: dict[str, Atom] = {}
            for line in defs.get(name, ()):
                atom = self.index.at(path, line)
                if atom is not None:
                    binders[atom.id] = atom
            for line in lines:
                source = self.index.at(path, line)
                reason = Reason(type=EdgeType.DATA, symbol=name, line=line, path=path)
                for atom in binders.values():
                    if source is not None and atom.start_byte < source.start_byte:
                        self.add(source, atom, reason, LOCAL_WEIGHT)

    def structure(self, file: FileAtoms) -> None:
        """A class header before its members; a hole after the skeleton it completes."""
        headers: dict[str, Atom] = {}
        skeleton: dict[str, Atom] = {}
        for atom in sorted(file.atoms, key=lambda a: a.start_byte):
            if atom.kind is AtomKind.CLASS_HEADER:
                headers[atom.symbol] = atom
            elif not atom.is_hole:
                skeleton.setdefault(atom.symbol, atom)
        for atom in file.atoms:
            header = headers.get(atom.parent or "")
            if header is None and atom.kind is not AtomKind.CLASS_HEADER:
                header = headers.get(atom.symbol) or _enclosing(headers, atom.symbol)
            if header is not None and header.start_byte < atom.start_byte:
                reason = Reason(type=EdgeType.TYPE, symbol=header.symbol, line=atom.start_line, path=atom.path)
                self.add(atom, header, reason, ORDERING_WEIGHT)
            if atom.is_hole and atom.symbol in skeleton:
                reason = Reason(type=EdgeType.DATA, symbol=atom.symbol, line=atom.start_line, path=atom.path)
                self.add(atom, skeleton[atom.symbol], reason, ORDERING_WEIGHT)

    def build(self) -> tuple[Edge, ...]:
        """Return one edge per pair, in the order in which the pairs were met."""
        return tuple(_edge(source, target, reasons) for (source, target), reasons in self.reasons.items())


def _enclosing(headers: dict[str, Atom], symbol: str) -> Atom | None:
    while "." in symbol:
        symbol = symbol.rpartition(".")[0]
        if symbol in headers:
            return headers[symbol]
    return None


def edge_type(use: Use, place: Place) -> EdgeType:
    """Return the type of the edge from a use to one of the places it means."""
    if place.imported or use.kind is UseKind.IMPORT:
        return EdgeType.IMPORT
    if use.kind in (UseKind.TYPE, UseKind.BASE):
        return EdgeType.TYPE
    if use.kind is UseKind.CALL and place.kind is not BindingKind.VARIABLE:
        return EdgeType.CONTROL
    return EdgeType.TYPE if place.kind is BindingKind.CLASS else EdgeType.DATA


def _edge(source: str, target: str, reasons: dict[Reason, float]) -> Edge:
    by_type: dict[EdgeType, list[float]] = {}
    for reason, weight in reasons.items():
        by_type.setdefault(reason.type, []).append(weight)
    weights = {kind: _weight(found) for kind, found in by_type.items()}
    kind = min(weights, key=lambda k: (-weights[k], _RANK[k]))
    return Edge(source=source, target=target, type=kind, weight=weights[kind], reasons=tuple(reasons))


def _weight(found: Sequence[float]) -> float:
    strongest = max(found)
    if strongest >= ORDERING_WEIGHT:
        return ORDERING_WEIGHT
    return min(MAX_INFORMING_WEIGHT, round(strongest + STEP * (len(found) - 1), 4))
