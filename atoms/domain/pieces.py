"""From a syntax tree to pieces: the smallest runs of rows that the cutter may part, in stretches of one scope.

A node that fits into one atom becomes one piece; one that does not is opened, and its children are looked at in the
same way. The walk keeps its own stack, so that depth of nesting costs memory only.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Final

import tree_sitter

from atoms.domain.grammar import Grammar, Role
from atoms.domain.rows import Rows

MAX_LOC: Final = 10
MAX_DECISIONS: Final = 1  # complexity is 1 + decisions, and stays below 3
_NO_LIMIT: Final = 1 << 30
_RESUMES: Final = re.compile(rb"\s*\}\s*[\]),.]").match

# Looking a member up in its enum takes longer than all else that is done to most nodes.
_ARGUMENTS: Final = Role.ARGUMENTS
_BINDING: Final = Role.BINDING
_BODY: Final = Role.BODY
_BROKEN: Final = Role.BROKEN
_CLASS: Final = Role.CLASS
_CLOSER: Final = Role.CLOSER
_COMMENT: Final = Role.COMMENT
_COMPOUND: Final = Role.COMPOUND
_CONDITION: Final = Role.CONDITION
_CONTINUED: Final = Role.CONTINUED
_DECORATOR: Final = Role.DECORATOR
_ELEMENTS: Final = Role.ELEMENTS
_FUNCTION: Final = Role.FUNCTION
_LEAF: Final = Role.LEAF
_MEMBER: Final = Role.MEMBER
_WRAPPER: Final = Role.WRAPPER
_UNION: Final = Role.UNION
_MAX_UNION: Final = 5
_LITERALS: Final = frozenset({"object", "array"})
_CLOSING: Final = (b"}", b"]", b")")
_BLANKS: Final = (b" ", b"\t")


class Mark:
    """What the cutter must know of a piece besides its rows: bits of a plain int, for they are tested a great deal."""

    HEAD: Final = 1  # a head whose body follows
    CONTINUED: Final = 2  # else, except, case: its head stands before
    DEFINITION: Final = 4
    SOLO: Final = 8  # shares its atom with nothing
    HOLE: Final = 16
    INSIDE: Final = 32  # begins inside an expression
    ELEMENT: Final = 64  # begins at an element of a bracketed sequence
    PARAGRAPH: Final = 128  # a blank row stands before
    RESUME: Final = 512  # begins with the end of a callback or of an object: "});" and what follows
    TRY: Final = 1024  # begins with "try", which parses with an except, catch or finally only
    MEMBER: Final = 2048  # begins with the name of a member, behind which no bracket opens what stands before
    BRANCH: Final = 4096  # begins with "case", which leans on its head, and yet is no bad beginning
    BARE: Final = 8192  # of children: one that stands for a body without brackets is as deep as one within them
    OPENED: Final = 256  # stands beside a compound statement that was opened, or is a whole compound


_CASE: Final = Mark.CONTINUED | Mark.BRANCH
_LEANS: Final = Mark.CONTINUED | Mark.MEMBER
_HEAD: Final = Mark.HEAD
_BARE: Final = Mark.BARE
_HEADED: Final = frozenset({_BODY, _CLOSER, _COMMENT, _CONDITION, _CONTINUED})
_OPENED: Final = Mark.OPENED
_PARAGRAPH: Final = Mark.PARAGRAPH
INNER: Final = Mark.INSIDE | Mark.ELEMENT  # goes on with the statement of the piece before


class Scope(StrEnum):
    """What encloses a stretch."""

    MODULE = "module"
    CLASS = "class"
    FUNCTION = "function"


@dataclass(slots=True)
class Stretch:
    """A run of pieces of one scope. The lists run in parallel, one entry a piece."""

    scope: Scope
    node: tree_sitter.Node | None  # the definition, where the stretch begins with its head
    outer: "Stretch | None"  # stretch that the definition stands in
    owner: tree_sitter.Node | None  # the definition that encloses all of it
    base: int = -1  # open bodies at the head of the definition
    starts: list[int] = field(default_factory=list)  # first row
    depth: list[int] = field(default_factory=list)  # open bodies at the start
    low: list[int] = field(default_factory=list)  # least depth at which a part of the piece leans on a head before it
    marks: list[int] = field(default_factory=list)
    nodes: list[tree_sitter.Node] = field(default_factory=list)


# Children still to be looked at (None: the end of a definition), their depth, mark of the next one and of those after
# it, the child that takes the closing brackets behind it along, and the last row of these.
_Frame = tuple[Iterator[tree_sitter.Node] | None, int, int, int, tree_sitter.Node, int]


def collect(root: tree_sitter.Node, rows: Rows, grammar: Grammar, holes: frozenset[int]) -> list[Stretch]:
    """Return the stretches of a file, in order. ``holes`` are the rows of bodies that are still to be written."""
    return _Collector(rows, grammar, holes).run(root)


class _Collector:
    def __init__(self, rows: Rows, grammar: Grammar, holes: frozenset[int]) -> None:
        self.rows = rows
        self.roles = grammar.roles
        self.tries = grammar.tries
        self.cases = grammar.cases
        self.indented = grammar.indented
        self.holes = holes
        self.last_row = -1  # last row that is spoken for
        self.pending = -1  # first row of comments and decorators that wait for what follows
        self.pending_column = 0
        self.pending_node: tree_sitter.Node | None = None
        self.closed = False  # the last thing on last_row was a closing bracket
        self.named = -1  # row of a function that a row before it names: one definition, not two
        self.stretch = Stretch(Scope.MODULE, None, None, None)
        self.done = [self.stretch]
        self.frames: list[_Frame] = []

    def run(self, root: tree_sitter.Node) -> list[Stretch]:  # noqa: C901, PLR0912 - the loop over all nodes
        frames, roles, final = self.frames, self.roles, self.rows.count - 1
        edges = [*self.rows.starts, _NO_LIMIT]  # a node that ends before edges[row + 1] ends on that row
        # A file of one row is what stands in it, not a module.
        self._push(root.children or [root], 0, 0, 0, final)
        while frames:
            children, depth, mark, others, heir, behind = frames.pop()
            if children is None:
                self._leave()
                continue
            for node in children:
                end = node.end_byte
                if end < edges[self.last_row + 1] and not self.closed:
                    mark = others
                    continue  # most tokens stand on a row that is spoken for
                role = roles[node.kind_id]
                first = last = node.start_point[0]
                own, mark = mark, others
                if end > edges[first + 1]:
                    last, column = node.end_point
                    if not column or last > final:
                        last -= 1
                elif first > final:
                    last -= 1
                if first > last:
                    continue  # MISSING at the end of the file
                tail = behind if node is heir and behind > last else last
                within = depth
                if own & _BARE:
                    own &= ~_BARE
                    within += role not in _HEADED
                if role is _CONTINUED:
                    own = (own & ~Mark.INSIDE) | (_CASE if node.kind_id in self.cases else Mark.CONTINUED)
                elif role is _MEMBER:
                    own |= Mark.MEMBER
                if role is _COMMENT or (role is _DECORATOR and self._may_wait(first, last)):
                    self._wait(node, first, last)
                elif role is _CLOSER:
                    self._close(node, first, last, depth)
                elif first == last or (
                    self._fits(role, node, first, tail, own) and (first > self.last_row or self._joins(role, tail))
                ):
                    self._piece(node, first, last, within, own, role)
                else:
                    frames.append((children, depth, others, others, heir, behind))
                    self._open(node, role, first, last, within, own, tail)
                    break
        return [stretch for stretch in self.done if stretch.starts]

    def _may_wait(self, first: int, last: int) -> bool:
        """Whether a decorator still fits into one atom, with what waits already."""
        loc = self.rows.loc
        return loc[last + 1] - loc[self.pending if self.pending >= 0 else first] <= MAX_LOC

    def _fits(self, role: Role, node: tree_sitter.Node, first: int, last: int, mark: int) -> bool:
        """Whether a node makes one piece; ``last`` counts the closing brackets that will follow it."""
        rows = self.rows
        if role is _LEAF:
            return True
        if role is _UNION and mark & INNER and rows.loc[last + 1] - rows.loc[first] > _MAX_UNION:
            return False
        if role is _BODY:
            return False  # a body of several statements is no unit: one of them may be a definition
        if role is _CONTINUED and self._may_stay_with_its_head(node):
            return False
        if rows.loc[last + 1] - rows.loc[first] > MAX_LOC:
            return False
        if role is not _CONDITION and rows.decisions[last + 1] - rows.decisions[first] > MAX_DECISIONS:
            return False
        if self.holes and not self.holes.isdisjoint(range(first, last + 1)):
            return self._is_filled_whole(role, node, first, last)
        definitions = rows.definitions[last + 1] - rows.definitions[first]
        return definitions <= 1 or role is _FUNCTION or self._is_function(role, node)

    def _may_stay_with_its_head(self, node: tree_sitter.Node) -> bool:
        """Whether the row of an "else {" may be parted from its body: with its "if" it stands, without it never."""
        return not self.indented and node.kind_id not in self.cases and self.roles[node.children[-1].kind_id] is _BODY

    def _is_filled_whole(self, role: Role, node: tree_sitter.Node, first: int, last: int) -> bool:
        """Whether a node is a function whose one hole stands behind its head, on the last row."""
        beside = not self.rows.lines[last].lstrip().startswith((b"raise", b"throw"))
        return beside and self.holes.intersection(range(first, last + 1)) == {last} and self._is_function(role, node)

    def _joins(self, role: Role, last: int) -> bool:
        """Whether a node that begins on a row already spoken for may become part of that piece as a whole."""
        if role is _LEAF or not self.stretch.starts:
            return True
        rows, start = self.rows, self.stretch.starts[-1]
        return (
            (role is _CONDITION or not self.closed)  # the condition of an "else if" is not torn from it
            and rows.loc[last + 1] - rows.loc[start] <= MAX_LOC
            and (role is _CONDITION or rows.decisions[last + 1] - rows.decisions[start] <= MAX_DECISIONS)
        )

    def _is_function(self, role: Role, node: tree_sitter.Node) -> bool:
        if role is _WRAPPER:
            inner = wrapped(node)
            return inner is not None and self._is_function(self.roles[inner.kind_id], inner)
        if role is _BINDING or role is _MEMBER:
            return bound_function(node) is not None
        return role is _FUNCTION

    def _is_constant(self, role: Role, node: tree_sitter.Node) -> bool:
        """Whether a node binds an object, or what a call returns, of which a function is but a part."""
        if role is _WRAPPER:
            inner = wrapped(node)
            return inner is not None and self._is_constant(self.roles[inner.kind_id], inner)
        if role is not _BINDING or node.named_child_count != 1:
            return False
        value = next(filter(None, map(node.named_children[0].child_by_field_name, _VALUES)), None)
        return value is not None and value.type in _MADE

    def _wait(self, node: tree_sitter.Node, first: int, last: int) -> None:
        if first > self.last_row and self.pending < 0:
            self.pending = first
            self.pending_column = node.start_point[1]
            self.pending_node = node
        if last > self.last_row:
            self.closed = False

    def _close(self, node: tree_sitter.Node, first: int, last: int, depth: int) -> None:
        if first > self.last_row:
            if self.rows.lines[first].startswith(_BLANKS, node.start_point[1]):
                return  # stands for the end of the row before, see atoms.domain.script_mending
            if not self.indented and self._resumes(node, first):
                self._piece(node, first, last, depth - 1, Mark.RESUME, _CLOSER)
                self.closed = True
                return
            if not any(stretch.starts for stretch in self.done[-1:]) and len(self.done) == 1:
                self._piece(node, first, last, depth, 0, _CLOSER)
            self.pending = -1
            self.closed = True
        self.last_row = max(self.last_row, last)

    def _resumes(self, node: tree_sitter.Node, row: int) -> bool:
        """Whether the row of a closing bracket begins a piece: "})" behind statements, which end where it stands.

        Behind the elements of a literal it closes what they stand in, as long as it is the only one.
        """
        lines = self.rows.lines
        if not _RESUMES(lines[row]):
            return False
        if row and lines[row - 1].lstrip()[:1] in _CLOSING:
            return True
        return node.parent is None or node.parent.type not in _LITERALS

    def _piece(  # noqa: PLR0917 - called for every node
        self, node: tree_sitter.Node, first: int, last: int, depth: int, mark: int, role: Role
    ) -> None:
        stretch = self.stretch
        if first <= self.last_row:
            if self.closed and stretch.low and first == self.last_row:
                stretch.low[-1] = min(stretch.low[-1], depth)
            self.last_row = max(self.last_row, last)
            return
        start, rows = first, self.rows
        if self.pending >= 0:
            if not (self.indented and self.pending_column > node.start_point[1]):
                start = self.pending
            waited, self.pending = self.pending_node, -1
            if start < first and waited is not None and rows.loc[last + 1] - rows.loc[start] > MAX_LOC:
                # Decorators that leave no room for what they decorate.
                self._piece(waited, start, first - 1, depth, mark, _DECORATOR)
                start, mark = first, mark & ~Mark.ELEMENT
        found = rows.definitions[last + 1] - rows.definitions[first]
        if found > 1 or (found and not first <= self.named <= last):
            mark |= Mark.DEFINITION
            beside = stretch.scope is not Scope.FUNCTION and (stretch.starts or stretch.node is None)
            if beside and (self.indented or found > 1 or not self._is_constant(role, node)):
                mark |= Mark.SOLO  # the head of a class takes attributes in
        if self.holes and not self.holes.isdisjoint(range(first, last + 1)):
            mark |= Mark.HOLE | Mark.SOLO
        if start and rows.blank[start - 1] and not (stretch.marks and stretch.marks[-1] & _HEAD):
            mark |= _PARAGRAPH  # a blank row between a head and its body parts nothing
        if role is _COMPOUND:
            mark |= _OPENED
        stretch.starts.append(start)
        stretch.depth.append(depth)
        stretch.low.append(depth if mark & _LEANS else _NO_LIMIT)
        stretch.marks.append(mark)
        stretch.nodes.append(node)
        self.last_row = last
        self.closed = False

    def _open(  # noqa: PLR0917 - called for every node
        self, node: tree_sitter.Node, role: Role, first: int, last: int, depth: int, mark: int, tail: int
    ) -> None:
        children = node.children
        if not children:
            self._piece(node, first, last, depth, mark, role)
        elif role is _BODY:
            self._open_body(node, children, depth, tail)
        elif role is _FUNCTION or role is _CLASS:
            self._enter(node, children, role, depth, mark, tail)
        elif (role is _BINDING or role is _MEMBER) and (value := bound_function(node)) is not None:
            row = value.start_point[0]
            self.named = row if row > first else -1
            self._enter(node, children, _FUNCTION, depth, mark, tail)
        elif role is _WRAPPER:
            self._open_wrapper(children, depth, mark, tail)
        elif role is _BROKEN:
            self._push(children, depth, 0, 0, tail)
        elif role is _UNION:
            self._push(children, depth, mark, Mark.ELEMENT, tail)
        elif role is _ELEMENTS or role is _ARGUMENTS:
            if role is _ARGUMENTS:
                self._keep_first(children)
            self._push(children, depth + 1, mark | Mark.INSIDE, Mark.ELEMENT, tail)
        elif role is _COMPOUND or role is _CONTINUED:
            if role is _COMPOUND:
                mark |= Mark.OPENED | (Mark.TRY if node.kind_id == self.tries else 0)
            self._push(children, depth, mark, Mark.INSIDE if self.indented else Mark.INSIDE | Mark.BARE, tail)
        else:
            self._push(children, depth, mark, Mark.INSIDE | (mark & Mark.ELEMENT), tail)

    def _keep_first(self, children: list[tree_sitter.Node]) -> None:
        """Let the first element begin on a row that is spoken for: no parser takes brackets of types without one."""
        if len(children) > 1 and children[0].start_point[0] <= self.last_row:
            self.last_row = max(self.last_row, children[1].start_point[0])

    def _push(self, children: list[tree_sitter.Node], depth: int, first_mark: int, mark: int, tail: int) -> None:
        """Have children looked at next; the last that is no closing bracket takes the brackets after it along."""
        roles = self.roles
        at = len(children) - 1
        while at and roles[children[at].kind_id] is _CLOSER:
            if not self.indented:
                row = children[at].start_point[0]
                if tail >= row > children[at - 1].end_point[0] and self._resumes(children[at], row):
                    tail = row - 1  # begins a piece of its own
            at -= 1
        self.frames.append((iter(children), depth, first_mark, mark, children[at], tail))

    def _open_body(self, node: tree_sitter.Node, children: list[tree_sitter.Node], depth: int, tail: int) -> None:
        stretch = self.stretch
        start = node.start_point[0]
        if stretch.marks and (not self.indented or start > self.last_row):
            stretch.marks[-1] |= Mark.HEAD
        if self.indented and stretch.marks and node.parent == stretch.node:
            doc = children[0]
            if start > self.last_row and doc.type == "expression_statement" and doc.children[0].type == "string":
                self.last_row = doc.end_point[0]  # the docstring stays with its head
                self.pending = -1
                stretch.marks[-1] &= ~Mark.HEAD
                children = children[1:]
        if children:
            self._push(children, depth + 1, 0, 0, tail)

    def _open_wrapper(self, children: list[tree_sitter.Node], depth: int, mark: int, tail: int) -> None:
        for child in children:
            if child.is_named or self.roles[child.kind_id] is _CLOSER:
                break
            if child.start_point[0] > self.last_row and self.pending < 0:
                self.pending, self.pending_column = child.start_point
                self.pending_node = child
        named = [c for c in children if c.is_named or self.roles[c.kind_id] is _CLOSER]
        self._push(named, depth, mark, mark if len(named) > 1 else 0, tail)

    def _enter(  # noqa: PLR0917 - as above
        self, node: tree_sitter.Node, children: list[tree_sitter.Node], role: Role, depth: int, mark: int, tail: int
    ) -> None:
        outer = self.stretch
        scope = Scope.CLASS if role is _CLASS else Scope.FUNCTION
        self.stretch = Stretch(scope, node, outer, node)
        self.done.append(self.stretch)
        self.frames.append((None, 0, 0, 0, node, 0))
        self._push(children, depth, mark | Mark.DEFINITION, Mark.INSIDE, tail)

    def _leave(self) -> None:
        outer = self.stretch.outer
        if outer is None:
            return
        self.stretch = Stretch(outer.scope, None, outer.outer, outer.owner)
        self.done.append(self.stretch)


def wrapped(node: tree_sitter.Node) -> tree_sitter.Node | None:
    """Return the definition inside a decorated definition or an export, or None."""
    return node.child_by_field_name("definition") or node.child_by_field_name("declaration")


_VALUES: Final = ("value", "right")
_MADE: Final = frozenset({"object", "call_expression", "new_expression", "array"})
_FUNCTIONS: Final = frozenset({"arrow_function", "function_expression", "function", "generator_function"})


def bound_function(node: tree_sitter.Node) -> tree_sitter.Node | None:
    """Return the function where ``node`` binds one to a name, else None.

    Covers ``const f = () => ..``, ``x.f = function ..``, class fields and object members.
    """
    holder: tree_sitter.Node | None = node
    if node.type in ("lexical_declaration", "variable_declaration", "expression_statement"):
        if node.named_child_count != 1:
            return None
        holder = node.named_children[0]
    if holder is None:
        return None
    for name in _VALUES:
        value = holder.child_by_field_name(name)
        if value is not None:
            return value if value.type in _FUNCTIONS else None
    return None
