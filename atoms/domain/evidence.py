"""Measures what the atomicity criteria judge."""

import re
from typing import Final

from atoms.domain.atomicity import Evidence
from atoms.domain.facts import ScopeKind, lookup
from atoms.domain.model import Atom, AtomFacts, AtomKind, Language
from atoms.domain.resolution import AtomView, FileView
from atoms.domain.standing import quick_standing
from atoms.domain.words import words

CHANCE: Final = re.compile(
    r"(?:^|\.)(?:random|randint|randrange|shuffle|choice|choices|sample|uuid1|uuid4|time|time_ns|perf_counter|"
    r"monotonic|now|utcnow|today|urandom|getenv|input|token_hex|getpid|Date)$|^(?:random|secrets)\."
)
EFFECTS: Final = words(
    "print open exec eval setattr delattr __import__ input breakpoint alert sys.exit os.system os.remove os.unlink "
    "os.rename os.mkdir os.makedirs os.chdir os.putenv subprocess.run subprocess.call subprocess.Popen shutil.rmtree "
    "console.log console.error console.warn process.exit fs.writeFileSync fs.unlinkSync document.write"
)
_OWN: Final = frozenset({"self", "cls", "this", "exports", "module"})
_ONE_PURPOSE: Final = frozenset({AtomKind.FUNCTION, AtomKind.METHOD, AtomKind.CLASS, AtomKind.CLASS_HEADER})
_CLOSING: Final = (b")", b"]", b"}")
_GOES_ON: Final = (b"else", b"elif", b"except", b"finally", b"catch", b"case ", b"default:")
_SMALL: Final = 3
_PACKABLE: Final = frozenset(
    {AtomKind.IMPORTS, AtomKind.CONSTANT, AtomKind.ATTRIBUTE, AtomKind.BLOCK, AtomKind.STATEMENT, AtomKind.COMMENT}
)


def evidence_of(atom: Atom, facts: AtomFacts, own: AtomView, view: FileView, *, effects: int) -> Evidence:
    """Measure one atom. ``effects`` is the number of effects already found in its calls."""
    implicit = _implicit(own)
    parameters = {b.name for b, _ in own.binds if b.kind == "parameter"}
    return Evidence(
        standing=quick_standing(view.file.text(atom).decode("utf-8", "replace"), atom.language),
        joins_neighbour=_joins(atom, view),
        splits_paragraph=_splits_paragraph(atom, view),
        untidy_edges=_untidy_edges(atom, view),
        threads=_threads(atom, own, view),
        definitions=sum(b.kind in ("function", "class") and s.kind is not ScopeKind.FUNCTION for b, s in own.binds),
        hidden=effects + _hidden(own),
        chance=sum(bool(CHANCE.search(name)) for name, _ in own.calls),
        calls=len(own.calls),
        implicit=len(implicit),
        inputs=len(implicit) + len(facts.preconditions) + len(parameters),
    )


def _joins(atom: Atom, view: FileView) -> bool:
    if atom.loc >= _SMALL or atom.kind not in _PACKABLE or atom.is_hole:
        return False
    atoms = view.file.atoms
    near = (atoms[k] for k in (atom.number - 1, atom.number + 1) if 0 <= k < len(atoms))
    return any(
        other.parent == atom.parent
        and other.kind in _PACKABLE
        and not other.is_hole
        and other.loc + atom.loc <= 10
        and other.complexity + atom.complexity - 1 < 3
        for other in near
    )


def _splits_paragraph(atom: Atom, view: FileView) -> bool:
    """Whether the first line goes on, at the same indentation, right after a plain line of the atom before."""
    if not atom.number:
        return False
    source = view.file.source
    before = view.file.atoms[atom.number - 1]
    if before.symbol != atom.symbol and before.parent != atom.parent:
        return False
    previous = source[max(0, atom.start_byte - 400) : atom.start_byte].splitlines()[-1:] or [b""]
    first = source[atom.start_byte : atom.start_byte + 400].splitlines()[:1] or [b""]
    return (
        bool(previous[0].strip()) and _indent(previous[0]) == _indent(first[0]) and first[0].lstrip()[:1] not in b"@#/"
    )


def _untidy_edges(atom: Atom, view: FileView) -> int:
    lines = view.file.text(atom).rstrip().splitlines() or [b""]
    begins_blank = atom.number > 0 and not lines[0].strip()
    last = lines[-1].strip()
    is_final = atom.number + 1 == len(view.file.atoms)
    comment = last.startswith(b"#" if atom.language is Language.PYTHON else b"//") or last.endswith(b"*/")
    ends_in_comment = comment and not is_final
    if ends_in_comment:
        following = view.file.text(view.file.atoms[atom.number + 1]).lstrip(b"\r\n").splitlines()[:1] or [b""]
        ends_in_comment = _indent(following[0]) >= _indent(lines[-1])
    return begins_blank + ends_in_comment


def _indent(line: bytes) -> int:
    return len(line) - len(line.lstrip())


def _threads(atom: Atom, own: AtomView, view: FileView) -> int:
    """Groups of statements that share no name: connected components over rows, tied by names.

    The rows of one statement, and the body of a compound with its head, are one: they are told by indentation.
    """
    if atom.kind in _ONE_PURPOSE:
        return 1
    parent: dict[int | str, int | str] = {}

    def root(item: int | str) -> int | str:
        parent.setdefault(item, item)
        while parent[item] != item:
            parent[item] = parent[parent[item]]
            item = parent[item]
        return item

    statement = _statement_rows(atom, view)
    first = atom.start_line - 1
    for row, name, _, found in own.uses:
        if found is not None and found[0].kind is ScopeKind.MODULE and found[1][0].kind != "local":
            continue  # functions and imports tie nothing together
        if found is None:
            continue
        parent[root(statement[row - first])] = root(name)
    for binding, _ in own.binds:
        parent[root(statement[binding.row - first])] = root(binding.name)
    groups = {root(item) for item in list(parent) if isinstance(item, int)}
    return max(1, len(groups))


def _statement_rows(atom: Atom, view: FileView) -> list[int]:
    """For each row of an atom the one at which its outermost statement in the atom begins; one entry more than rows."""
    found: list[int] = []
    top, top_indent = 0, -1
    for row, line in enumerate(view.file.text(atom).splitlines()):
        text = line.lstrip()
        indent = len(line) - len(text)
        if text:
            goes_on = text[:1] in _CLOSING or text.startswith(_GOES_ON)
            if top_indent < 0 or (indent <= top_indent and not goes_on):
                top, top_indent = row, indent
            elif indent < top_indent:
                top_indent = indent
        found.append(top)
    return [*found, top]


def _hidden(own: AtomView) -> int:
    """Changes in place of names bound outside the function."""
    count = 0
    for name, scope in own.mutates:
        if name in _OWN:
            continue
        found = lookup(name, scope)
        if scope.kind is ScopeKind.FUNCTION and (found is None or found[0].kind is not ScopeKind.FUNCTION):
            count += 1
    return count


def _implicit(own: AtomView) -> set[str]:
    """Module variables that this code reads and that are bound more than once."""
    names = set()
    for _, name, scope, found in own.uses:
        if found is None or found[0].kind is not ScopeKind.MODULE or scope.kind is not ScopeKind.FUNCTION:
            continue
        if not name.isupper():
            bindings = found[1]
            if len(bindings) > 1 and all(b.kind == "local" for b in bindings):
                names.add(name)
    return names
