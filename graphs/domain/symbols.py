"""Names as they stand in the text: which binding a dotted name means, through imports, classes and their bases.

This is the static half of the analysis. It answers for constants and types, where no call is made; the points-to
engine answers for values.
"""

from dataclasses import dataclass, field
from enum import StrEnum

MAX_STEPS = 400  # bindings visited for one name; import cycles and diamonds end here


class BindingKind(StrEnum):
    """How a name comes to be."""

    FUNCTION = "function"
    CLASS = "class"
    VARIABLE = "variable"
    MODULE = "module"  # the name is a module
    FROM = "from"  # the name is another module's


@dataclass(slots=True)
class Binding:
    """One place that binds a name. ``target`` is a path in the tree, None for what lies outside."""

    kind: BindingKind
    path: str
    line: int
    members: "Table | None" = None
    target: str | None = None
    attribute: str | None = None
    imported: bool = False


@dataclass(slots=True)
class Table:
    """The bindings of one module, class body or function."""

    path: str
    names: dict[str, list[Binding]] = field(default_factory=dict)
    stars: list[tuple[str, int]] = field(default_factory=list)  # modules imported with *, and the line
    bases: "list[tuple[Table, tuple[str, ...]]]" = field(default_factory=list)
    fields: dict[str, list[int]] = field(default_factory=dict)  # lines of ``self.name = ...``
    submodules: dict[str, str] = field(default_factory=dict)
    opaque: bool = False  # names may come from a module outside the tree
    public: frozenset[str] | None = None  # what __all__ lists; None: it says nothing certain

    def offers(self, name: str) -> bool:
        """Tell whether a star import of this module may bring ``name``."""
        return self.public is None or name in self.public

    def bind(self, name: str, binding: Binding) -> None:
        """Add one binding of ``name``."""
        self.names.setdefault(name, []).append(binding)


@dataclass(frozen=True, slots=True)
class Place:
    """Where a definition stands. ``imported``: the place is an import statement on the way."""

    path: str
    line: int
    kind: BindingKind
    imported: bool = False


class Symbols:
    """All module tables of a tree."""

    def __init__(self) -> None:
        self.modules: dict[str, Table] = {}
        self._stars: dict[int, dict[str, tuple[str, int]]] = {}

    def places(self, table: Table, parts: tuple[str, ...], *, before: int | None = None) -> list[Place]:
        """Return the definitions that ``parts`` means when read in ``table``; imports on the way come along.

        ``before``: a line of the table's own file; bindings below it are not seen, where one stands above.
        """
        found: dict[Place, None] = {}
        seen: set[tuple[int, tuple[str, ...]]] = set()
        pending: list[tuple[Table, tuple[str, ...], int | None]] = [(table, parts, before)]
        while pending and len(seen) < MAX_STEPS:
            current, rest, limit = pending.pop()
            key = (id(current), rest)
            if key in seen:
                continue
            seen.add(key)
            self._step(current, rest, limit, found, pending)
        return list(found)

    def _step(
        self,
        table: Table,
        parts: tuple[str, ...],
        limit: int | None,
        found: dict[Place, None],
        pending: list[tuple[Table, tuple[str, ...], int | None]],
    ) -> None:
        name, rest = parts[0], parts[1:]
        bindings = table.names.get(name)
        if bindings:
            for binding in _visible(bindings, limit):
                self._through(binding, rest, found, pending)
        else:
            brought = self.star_names(table).get(name) if table.stars else None
            if brought is not None:
                found[Place(table.path, brought[1], BindingKind.FROM, imported=True)] = None
                pending.append((self.modules[brought[0]], parts, None))
            for base_table, base in table.bases:
                pending.append((base_table, (*base, *parts), None))
            if name in table.submodules:
                self._into_module(table.submodules[name], rest, found, pending)
        if not rest or bindings is None:
            for line in table.fields.get(name, ()):
                found[Place(table.path, line, BindingKind.VARIABLE)] = None

    def _through(
        self,
        binding: Binding,
        rest: tuple[str, ...],
        found: dict[Place, None],
        pending: list[tuple[Table, tuple[str, ...], int | None]],
    ) -> None:
        found[Place(binding.path, binding.line, binding.kind, binding.imported)] = None
        if binding.kind is BindingKind.CLASS:
            if rest and binding.members is not None:
                pending.append((binding.members, rest, None))
        elif binding.target is not None:
            target = self.modules.get(binding.target)
            if binding.kind is BindingKind.FROM and binding.attribute is not None and target is not None:
                pending.append((target, (binding.attribute, *rest), None))
            elif binding.kind is BindingKind.MODULE:
                self._into_module(binding.target, rest, found, pending)

    def _into_module(
        self,
        path: str,
        rest: tuple[str, ...],
        found: dict[Place, None],
        pending: list[tuple[Table, tuple[str, ...], int | None]],
    ) -> None:
        target = self.modules.get(path)
        if target is not None and rest:
            pending.append((target, rest, None))

    def knows(self, table: Table, name: str) -> bool:
        """Tell whether a module binds ``name``, itself or through stars. Asked when all files are read."""
        return name in table.names or name in table.submodules or name in self.star_names(table)

    def hides(self, table: Table, name: str) -> bool:
        """Tell whether a package that imports all of a submodule gets from it what has the submodule's own name."""
        path = table.submodules.get(name)
        inner = self.modules.get(path) if path is not None else None
        if inner is None or name not in inner.names or not inner.offers(name):
            return False
        return any(target == path for target, _ in table.stars)

    def star_names(self, table: Table) -> dict[str, tuple[str, int]]:
        """Return what star imports bring: the name, the module it comes from, and the line of the import."""
        known = self._stars.get(id(table))
        if known is not None:
            return known
        found: dict[str, tuple[str, int]] = {}
        self._stars[id(table)] = found
        for target, line in table.stars:
            seen: set[str] = set()
            pending = [target]
            while pending:
                path = pending.pop()
                other = self.modules.get(path)
                if other is None or path in seen:
                    continue
                seen.add(path)
                for name in (*other.names, *other.submodules):
                    if other.offers(name) and self.modules[target].offers(name):
                        found.setdefault(name, (target, line))
                pending.extend(t for t, _ in other.stars)
        return found

    def opaque(self, table: Table) -> bool:
        """Tell whether names of this module may come from outside the tree."""
        seen: set[int] = set()
        pending = [table]
        while pending:
            current = pending.pop()
            if id(current) in seen:
                continue
            seen.add(id(current))
            if current.opaque:
                return True
            pending.extend(self.modules[t] for t, _ in current.stars if t in self.modules)
        return False


def _visible(bindings: list[Binding], limit: int | None) -> list[Binding]:
    if limit is None:
        return bindings
    above = [b for b in bindings if b.line <= limit]
    return above or bindings


class UseKind(StrEnum):
    """What a use of a name is for."""

    NAME = "name"
    CALL = "call"
    TYPE = "type"
    BASE = "base"  # a base class or metaclass: a type that is evaluated at once
    IMPORT = "import"


@dataclass(slots=True)
class Use:
    """One use of a dotted name. ``definition_time``: evaluated when the module is loaded, so it orders."""

    table: Table
    parts: tuple[str, ...]
    path: str
    line: int
    kind: UseKind
    definition_time: bool = False
    before: int | None = None
