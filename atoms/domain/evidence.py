"""Measures what the atomicity criteria judge."""

import re
from functools import lru_cache
from typing import Final

from atoms.domain.atomicity import Evidence
from atoms.domain.facts import ScopeKind, lookup
from atoms.domain.model import Atom, AtomKind, Language
from atoms.domain.resolution import BLANK, AtomView, FileView
from atoms.domain.rows import likeness
from atoms.domain.standing import Standing, quick_standing
from atoms.domain.words import words

_CHANCE: Final = re.compile(
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
_CLOSING: Final = (b")", b"]", b"}", b">", b"/>", b"</")
# What an end of an atom keeps of a clean one.
_BEGINS_WITH_AN_END: Final = 0.8  # the closing brackets of what stands before
_LEAVES_AN_END: Final = 0.85
_BEGINS_BLANK: Final = 0.4
_ENDS_WITH_A_REMARK: Final = 0.3  # that belongs to what follows
_IN_PARAGRAPH: Final = 0.96
_ALIKE: Final = 0.04
_BEHIND_A_HEAD: Final = 0.965
_BEHIND_BRACKETS: Final = 0.98  # that close what stands before, where no blank row says that it ends there
_BEFORE_A_HEAD: Final = 0.98
_OPENING: Final = (b"(", b"[", b"{", b":", b"=>")
_FALLS: Final = 0.85  # for each level of nesting that it falls to below that of its first row
_RISES: Final = 0.95  # for each head, besides the first, whose body goes on behind it
_BEHIND_ANOTHERS_END: Final = 0.5  # a definition whose atom begins with the last rows of what stands before
_HEADS: Final = frozenset(
    {AtomKind.SIGNATURE, AtomKind.FUNCTION, AtomKind.METHOD, AtomKind.CLASS, AtomKind.CLASS_HEADER, AtomKind.TYPE}
)
_GOES_ON: Final = (b"else", b"elif", b"except", b"finally", b"catch", b"case ", b"default:")
_SMALL: Final = 3
_DEFINING: Final = ("function", "class")
_MODULE: Final = ScopeKind.MODULE  # looking a member up in its enum takes long
_FUNCTION: Final = ScopeKind.FUNCTION
_PYTHON: Final = Language.PYTHON
_ALONE: Final = Standing.ALONE
_PACKABLE: Final = frozenset(
    {AtomKind.IMPORTS, AtomKind.CONSTANT, AtomKind.ATTRIBUTE, AtomKind.BLOCK, AtomKind.STATEMENT, AtomKind.COMMENT}
)


@lru_cache(maxsize=4096)  # few names, many calls
def asks_chance(name: str) -> bool:
    """Whether a callee asks for random numbers, the clock or the environment."""
    return _CHANCE.search(name) is not None


def evidence_of(
    atom: Atom, own: AtomView, view: FileView, *, effects: int, chance: int, flowing_in: int, flowing_out: int,
    tested: bool, complete: float,
) -> Evidence:  # fmt: skip
    """Measure one atom. What is given has been counted for its facts."""
    implicit = len(_implicit(own)) if own.uses else 0
    parameters, definitions, beside = set(), 0, 0
    for binding, scope in own.binds:
        if binding.kind == "parameter":
            parameters.add(binding.name)
        elif binding.kind in _DEFINING and scope.kind is not _FUNCTION:
            definitions += 1
        elif scope.kind is _MODULE:
            beside = 1  # what the module binds besides is one more thing
    return Evidence(
        standing=_standing(atom, view),
        joins_neighbour=atom.loc < _SMALL and _joins(atom, view),
        edges=_edges(atom, own, view),
        threads=1 if atom.kind in _ONE_PURPOSE else _threads(atom, own, view),
        definitions=definitions + beside if definitions else 0,
        hidden=effects + (_hidden(own) if own.mutates else 0),
        chance=chance,
        calls=len(own.calls),
        implicit=implicit,
        inputs=implicit + flowing_in + len(parameters),
        flowing_in=flowing_in,
        flowing_out=flowing_out,
        tested=tested,
        complete=complete,
    )


def _standing(atom: Atom, view: FileView) -> Standing:
    within = not atom.loc or view.texts[atom.start_line - 1].startswith(b"*")  # of a block comment, it may be
    if not within and view.facts.statements and view.holds_whole_statements(atom.start_line - 1, atom.end_line - 1):
        return _ALONE
    return quick_standing(view.file.text(atom).decode("utf-8", "replace"), atom.language)


def _joins(atom: Atom, view: FileView) -> bool:
    if atom.kind not in _PACKABLE or atom.is_hole:
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


def _edges(atom: Atom, own: AtomView, view: FileView) -> float:
    """How clean the cuts at both ends are, from 1.0 (a joint, or the end of the file) down to nearly 0."""
    texts, indents, python = view.texts, view.indents, atom.language is _PYTHON
    first, last = atom.start_line - 1, atom.end_line - 1
    begins, ends = first, last
    while begins < last and not texts[begins]:
        begins += 1
    while ends > first and not texts[ends]:
        ends -= 1
    clean = 1.0
    if atom.number > 0:
        if texts[begins].startswith(_CLOSING):
            clean *= _BEGINS_WITH_AN_END
        else:
            clean *= _joint(first, view, python=python) if begins == first else _BEGINS_BLANK
    if atom.number + 1 < len(view.file.atoms):
        clean *= _end(ends, last + 1, view, python=python)
    while ends > begins and (not texts[ends] or texts[ends].startswith(_CLOSING)):
        ends -= 1  # the brackets that close what stands before them belong to it
    levels = {indent for indent in indents[begins : ends + 1] if indent < indents[begins]}
    if _follows_an_end(atom, own, view, begins, levels):
        clean *= _BEHIND_ANOTHERS_END
    return clean * _FALLS ** len(levels) * _RISES ** _open_heads(begins, last + 1, view)


def _open_heads(begins: int, following: int, view: FileView) -> int:
    """How many heads, besides the first, begin at or behind row ``begins`` whose bodies go on at ``following``.

    Told by indentation, as the levels that an atom falls to: a cut is the better the fewer bodies it parts from heads.
    """
    indents = view.indents
    while following < len(indents) and indents[following] == BLANK:
        following += 1
    if following >= len(indents):
        return 0
    least, heads = indents[following], -1
    if view.texts[following].startswith(_CLOSING):
        least += 1
    for row in range(following - 1, begins - 1, -1):
        if indents[row] != BLANK and indents[row] < least:
            least = indents[row]
            heads += 1
    return max(0, heads)


def _end(ends: int, following: int, view: FileView, *, python: bool) -> float:
    """What a cut before ``following`` keeps of 1.0 for the atom whose last row that is not blank is ``ends``."""
    texts, indents = view.texts, view.indents
    cut = following
    while following + 1 < len(texts) and not texts[following]:
        following += 1
    if _is_remark(texts[ends], python=python) and indents[following] + 1 >= indents[ends]:
        return _ENDS_WITH_A_REMARK
    if texts[following].startswith(_CLOSING):
        return _LEAVES_AN_END
    if ends + 1 == cut == following:
        return _joint(following, view, python=python)
    return _BEHIND_A_HEAD if indents[following] > indents[ends] and not _is_remark(texts[ends], python=python) else 1.0


def _follows_an_end(atom: Atom, own: AtomView, view: FileView, begins: int, levels: set[int]) -> bool:
    """Whether a definition begins in an atom behind the last rows of what stands before, from row ``begins`` on."""
    if atom.kind in _HEADS:
        return bool(levels) or view.texts[begins].startswith(_CLOSING)
    return bool(levels) and any(
        function.row > begins and view.indents[function.row] in levels and not function.symbol.endswith(">")
        for function in own.functions
    )


def _joint(row: int, view: FileView, *, python: bool) -> float:
    """What a cut before ``row`` keeps of 1.0, where no blank row stands before it.

    It is better before a head than behind it. It goes through a paragraph if the row goes on at the indentation of the
    one before; the more alike the two begin, the more they belong together (lexical cohesion, as in TextTiling, Hearst
    1997).
    """
    before, text, indents = view.texts[row - 1], view.texts[row], view.indents
    if not before or _is_remark(text, python=python) or text.startswith(b"@") or indents[row] < indents[row - 1]:
        return 1.0
    if indents[row] > indents[row - 1]:
        return _BEHIND_A_HEAD
    if not python and before.startswith(_CLOSING):
        return _BEHIND_BRACKETS
    if text.endswith(_OPENING):
        return _BEFORE_A_HEAD
    return _IN_PARAGRAPH - _ALIKE * likeness(before, text)


def _is_remark(text: bytes, *, python: bool) -> bool:
    return text.startswith(b"#") if python else text.startswith((b"//", b"/*", b"*")) or text.endswith(b"*/")


def _threads(atom: Atom, own: AtomView, view: FileView) -> int:
    """Groups of statements that share no name: connected components over rows, tied by names.

    The rows of one statement, and the body of a compound with its head, are one: they are told by indentation.
    """
    first = atom.start_line - 1
    tops = _statement_rows(first, atom.end_line, view)
    if tops[-1] == tops[0]:
        return 1
    names = [(binding.name, binding.row) for binding, _ in own.binds]
    for row, name, _, found in own.uses:
        # Functions and imports tie nothing together.
        if found is not None and (found[0].kind is not _MODULE or found[1][0].kind == "local"):
            names.append((name, row))
    parent: dict[int, int] = {}
    holders: dict[str, int] = {}
    for name, row in names:
        top = tops[row - first]
        parent.setdefault(top, top)
        other = holders.setdefault(name, top)
        if other != top:
            while parent[top] != top:
                top = parent[top]
            while parent[other] != other:
                other = parent[other]
            parent[max(top, other)] = min(top, other)
    return max(1, sum(top == over for top, over in parent.items()))


def _statement_rows(first: int, end: int, view: FileView) -> list[int]:
    """For each row of an atom the one at which its outermost statement in the atom begins; one entry more than rows."""
    texts = view.texts
    found: list[int] = []
    top, top_indent = 0, -1
    for row, indent in enumerate(view.indents[first:end]):
        if indent != BLANK:
            if top_indent < 0:
                top, top_indent = row, indent
            elif indent <= top_indent:
                text = texts[first + row]
                if text[:1] not in _CLOSING and not text.startswith(_GOES_ON):
                    top, top_indent = row, indent
                elif indent < top_indent:
                    top_indent = indent
        found.append(top)
    found.append(top)
    return found


def _hidden(own: AtomView) -> int:
    """Changes in place of names bound outside the function."""
    count = 0
    for name, scope in own.mutates:
        if name in _OWN:
            continue
        found = lookup(name, scope)
        if scope.kind is _FUNCTION and (found is None or found[0].kind is not _FUNCTION):
            count += 1
    return count


def _implicit(own: AtomView) -> set[str]:
    """Module variables that this code reads and that are bound more than once."""
    names = set()
    for _, name, scope, found in own.uses:
        if found is None or found[0].kind is not _MODULE or scope.kind is not _FUNCTION:
            continue
        if not name.isupper():
            bindings = found[1]
            if len(bindings) > 1 and all(b.kind == "local" for b in bindings):
                names.add(name)
    return names
