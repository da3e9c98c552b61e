"""What one file binds, uses and does, row by row: the common ground of all languages.

A language's reader (:mod:`atoms.domain.python_facts`, :mod:`atoms.domain.script_facts`) fills a :class:`FileFacts`;
everything that follows works on it alone. Rows are 0-based.
"""

from dataclasses import dataclass, field
from enum import StrEnum
from typing import Final

from atoms.domain.examples import Example


class ScopeKind(StrEnum):
    """What opens a scope. Names of a class scope are not seen by the functions inside it."""

    MODULE = "module"
    CLASS = "class"
    FUNCTION = "function"


_CLASS: Final = ScopeKind.CLASS  # looking a member up in its enum takes long


@dataclass(slots=True)
class Binding:
    """One place where a name gets a value. ``origin`` is the imported thing, ``module:name`` or ``module:``."""

    name: str
    row: int
    kind: str  # parameter | local | function | class | import | type
    type: str | None = None
    origin: str | None = None


@dataclass(slots=True, eq=False)
class NameScope:
    """One scope and what it binds."""

    kind: ScopeKind
    symbol: str
    outer: "NameScope | None"
    first_row: int
    last_row: int
    bindings: dict[str, list[Binding]] = field(default_factory=dict)
    globals: set[str] = field(default_factory=set)
    nonlocals: set[str] = field(default_factory=set)
    bases: tuple[str, ...] = ()  # of a class, as written
    members: dict[str, int] = field(
        default_factory=dict
    )  # of a class: attribute set through self or in the body -> row

    def bind(self, binding: Binding) -> "NameScope":
        """Add a binding and return the scope that it went to: ``global`` and ``nonlocal`` send it outwards."""
        scope: NameScope = self
        if binding.name in self.globals:
            scope = module_of(self)
        elif binding.name in self.nonlocals:
            found = lookup(binding.name, self)
            scope = found[0] if found is not None else self
        scope.bindings.setdefault(binding.name, []).append(binding)
        return scope


@dataclass(slots=True)
class FunctionFacts:
    """A function as its callers see it."""

    symbol: str
    row: int
    signature: str
    returns: str | None = None  # as annotated


@dataclass(slots=True)
class FileFacts:
    """Everything that is read from one file. Pairs are ``(row, ...)``."""

    module: NameScope
    uses: list[tuple[int, str, NameScope]] = field(default_factory=list)
    binds: list[tuple[Binding, NameScope]] = field(default_factory=list)
    members: list[tuple[int, str, NameScope]] = field(default_factory=list)  # self.x read, with its class
    calls: list[tuple[int, str, NameScope]] = field(default_factory=list)  # dotted callee
    raises: list[tuple[int, str]] = field(default_factory=list)
    mutates: list[tuple[int, str, NameScope]] = field(default_factory=list)  # object changed in place
    effects: list[tuple[int, str]] = field(default_factory=list)
    functions: list[FunctionFacts] = field(default_factory=list)
    examples: list[Example] = field(default_factory=list)
    classes: list[NameScope] = field(default_factory=list)
    star_imports: list[str] = field(default_factory=list)
    imports: list[tuple[int, str]] = field(default_factory=list)
    # First row of each statement that begins its row -> its last row, and the first row of the next one beside it (-1:
    # none). Python only.
    statements: dict[int, tuple[int, int]] = field(default_factory=dict)
    readable: bool = True  # False: the file does not parse, and nothing is known but names
    lost: frozenset[int] = frozenset()  # rows of which only names are known, in a file that does not parse


def lookup(name: str, scope: NameScope) -> tuple[NameScope, list[Binding]] | None:
    """Find the scope that binds ``name`` as seen from ``scope``: local, enclosing, module. Builtins are not here."""
    at: NameScope | None = scope
    first = True
    while at is not None:
        if name in at.globals:
            at = module_of(at)
        bindings = at.bindings.get(name)
        # Type parameters of a TypeScript class are seen by its methods, other names of a class are not.
        if bindings and (first or at.kind is not _CLASS or bindings[0].kind == "type"):
            return at, bindings
        first = False
        at = at.outer
    return None


def module_of(scope: NameScope) -> NameScope:
    """The module that a scope lies in."""
    while scope.outer is not None:
        scope = scope.outer
    return scope


def class_of(scope: NameScope) -> NameScope | None:
    """The class whose method (or a function inside it) ``scope`` is."""
    at: NameScope | None = scope
    while at is not None:
        if at.kind is _CLASS:
            return at
        at = at.outer
    return None
