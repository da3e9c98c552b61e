"""From the facts of files to the facts of atoms: which atom binds, uses and needs what.

One :class:`FileView` per file groups its facts by atom; :class:`Project` answers across files.
"""

import re
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from atoms.domain.builtin_names import builtin_names
from atoms.domain.examples import Example
from atoms.domain.facts import Binding, FileFacts, FunctionFacts, NameScope, ScopeKind, lookup, module_of
from atoms.domain.linking import Modules, modules_of
from atoms.domain.model import FileAtoms, Language, Need
from atoms.domain.reading import facts_of
from atoms.domain.rows import newline_normal

_BUILTIN = "builtin"
_TYPED = (Language.TYPESCRIPT, Language.TSX)
_IS_MODULE = re.compile(rb"^\s*(?:import|export)\b", re.MULTILINE).search
BLANK = 1 << 30  # the indentation of a row without text
_REMARK = (b"", b"#")  # what a row begins with that holds no Python code
_QUOTES = re.compile(rb"\"\"\"|'''")


def inside_project(resolved_by: str | None) -> tuple[str, int] | None:
    """Path and 0-based row of what answers a need, where that lies in the project (``path:line``), else None."""
    path, _, line = (resolved_by or "").rpartition(":")
    return (path, int(line) - 1) if path and line.isdigit() and not path.startswith("import of ") else None


Found = tuple[NameScope, list[Binding]] | None


@dataclass(slots=True)
class AtomView:
    """The facts that fall on the rows of one atom."""

    uses: list[tuple[int, str, NameScope, Found]] = field(default_factory=list)  # with what the name was found to be
    binds: list[tuple[Binding, NameScope]] = field(default_factory=list)
    bound: dict[tuple[int, str], list[Binding]] = field(default_factory=dict)  # by id of the scope that holds the name
    members: list[tuple[str, NameScope]] = field(default_factory=list)
    calls: list[tuple[str, NameScope]] = field(default_factory=list)
    raises: list[str] = field(default_factory=list)
    mutates: list[tuple[str, NameScope]] = field(default_factory=list)
    reaches: list[tuple[str, int] | None] = field(default_factory=list)  # of each call: the function or class, if known
    effects: list[str] = field(default_factory=list)
    imports: list[str] = field(default_factory=list)
    functions: list[FunctionFacts] = field(default_factory=list)
    examples: list[Example] = field(default_factory=list)


@dataclass(slots=True)
class FileView:
    """One file: its facts, and what of them falls on each atom (by number)."""

    file: FileAtoms
    facts: FileFacts
    atoms: list[AtomView]
    atom_of_row: list[int]
    used_in: dict[tuple[int, str], set[int]]  # by id of a function scope and name: atoms that read what others bound
    texts: list[bytes]  # of each row what stands behind its indentation; empty for a blank row
    indents: list[int]  # of each row; a blank row has that of no code
    needs: dict[tuple[str, int], Need] = field(default_factory=dict)  # by name and id of what it was found to be

    def reads_from_outside(self, number: int, row: int, scope: NameScope, name: str) -> bool:
        """Whether a local name read at ``row`` of an atom may hold what another atom bound (an upward exposed use).

        It may not where a binding of the atom itself comes first on every path: one that stands before, with no row in
        between that leaves its block. Blocks are told by indentation, in scripts too.
        """
        indents = self.indents
        for binding in self.atoms[number].bound.get((id(scope), name), ()):
            first = binding.row
            if first >= row:
                break
            if binding.kind != "local" or min(indents[first + 1 : row + 1]) >= indents[first]:
                return False
        return True

    def holds_whole_statements(self, first: int, last: int) -> bool:
        """Whether the code on some rows is a run of complete Python statements of one body. Exact, and cheap."""
        statements, texts = self.facts.statements, self.texts
        row = first
        while row not in statements:
            if row >= last or (text := texts[row])[:1] not in _REMARK or _QUOTES.search(text):
                return False
            row += 1
        end, following = statements[row]
        while -1 < following <= last:
            end, following = statements.get(following, (BLANK, -1))
        return end <= last and all(text[:1] in _REMARK for text in texts[end + 1 : last + 1])


def view_of(file: FileAtoms) -> FileView:
    """Group the facts of one file; of a file that does not parse there are none (``readable`` is False)."""
    facts = file.facts if file.facts is not None else facts_of(file.source, file.language)
    lines = newline_normal(file.source).split(b"\n")
    texts = [line.lstrip() for line in lines]
    indents = [len(line) - len(text) if text else BLANK for line, text in zip(lines, texts, strict=True)]
    atom_of_row: list[int] = []
    for atom in file.atoms:
        atom_of_row.extend([atom.number] * (atom.end_line - len(atom_of_row)))
    view = FileView(file, facts, [AtomView() for _ in file.atoms], atom_of_row, defaultdict(set), texts, indents)
    if not atom_of_row:
        return view
    atom_of_row.append(atom_of_row[-1])  # some nodes end on the row after the last
    _group_names(view)
    _group_deeds(view)
    return view


def _group_names(view: FileView) -> None:
    facts, views, number_of = view.facts, view.atoms, view.atom_of_row
    used_in, function = view.used_in, ScopeKind.FUNCTION
    for binding, scope in facts.binds:
        own = views[number_of[binding.row]]
        own.binds.append((binding, scope))
        holder = module_of(scope) if binding.name in scope.globals else scope
        own.bound.setdefault((id(holder), binding.name), []).append(binding)
    known: dict[tuple[str, int], Found] = {}  # by name and id of the scope: no scope goes while its file is looked at
    for row, name, scope in facts.uses:
        number = number_of[row]
        key = (name, id(scope))
        if key in known:
            found = known[key]
        else:
            found = known[key] = lookup(name, scope)
        views[number].uses.append((row, name, scope, found))
        if found is not None and found[0].kind is function:
            readers = used_in[id(found[0]), name]
            if number not in readers and view.reads_from_outside(number, row, found[0], name):
                readers.add(number)
    for row, name, scope in facts.members:
        views[number_of[row]].members.append((name, scope))


def _group_deeds(view: FileView) -> None:
    facts, views, number_of = view.facts, view.atoms, view.atom_of_row
    for row, name, scope in facts.calls:
        views[number_of[row]].calls.append((name, scope))
    for row, name in facts.raises:
        views[number_of[row]].raises.append(name)
    for row, name, scope in facts.mutates:
        views[number_of[row]].mutates.append((name, scope))
    for row, name in facts.effects:
        views[number_of[row]].effects.append(name)
    for row, name in facts.imports:
        views[number_of[row]].imports.append(name)
    for function in facts.functions:
        views[number_of[function.row]].functions.append(function)
    for example in facts.examples:
        views[number_of[example.row]].examples.append(example)


def _ambient(views: Mapping[str, FileView]) -> dict[str, str]:
    """Where the names are declared that all TypeScript files see: in those that are no modules, as ``global.d.ts``."""
    return {
        name: f"{path}:{bindings[0].row + 1}"
        for path, view in views.items()
        if view.file.language in _TYPED and not _IS_MODULE(view.file.source)
        for name, bindings in view.facts.module.bindings.items()
        if bindings
    }


class Project:
    """All files together."""

    def __init__(self, files: Sequence[FileAtoms], *, root_package: str | None) -> None:
        self.views: Mapping[str, FileView] = {file.path: view_of(file) for file in files}
        self.modules: Modules = modules_of(self.views, root_package=root_package)
        self.ambient = _ambient(self.views)
        self.callers = self._callers()

    def resolve_import(self, origin: str, importer: FileView) -> str | None:
        """What answers an imported name: a place in the project, ``import of X``, or None for a missing name."""
        module, _, name = origin.rpartition(":")
        language, path = importer.file.language, importer.file.path
        found = self.modules.find(module, importer=path, language=language)
        if found is None or name in ("", "default", "*"):
            dotted = f"{module}.{name}" if name else module
            sub = self.modules.find(dotted, importer=path, language=language) if language is Language.PYTHON else None
            if sub is not None or found is not None:
                return sub or found
            # A relative import of a file that is not among these still says where to look.
            return f"import of {dotted}"
        target = self.views[found]
        bindings = target.facts.module.bindings.get(name)
        if bindings:
            return f"{found}:{bindings[-1].row + 1}"
        joined = module + name if module.endswith(".") else f"{module}.{name}"
        sub = self.modules.find(joined, importer=path, language=language) if language is Language.PYTHON else None
        if sub is not None:
            return sub
        if target.facts.star_imports or not target.facts.readable or language is not Language.PYTHON:
            return f"import of {module}.{name}"
        return f"import of {module}.{name}" if "__getattr__" in target.facts.module.bindings else None

    def resolve(self, name: str, scope: NameScope, view: FileView) -> str | None:
        """What answers a name read in ``scope``; None where nothing does."""
        return self.answer(name, lookup(name, scope), view)

    def need(self, name: str, found: Found, view: FileView) -> Need:
        """A name that was looked up already, as a need of any atom of its file: all of them share one object."""
        key = (name, id(found))
        if key not in view.needs:
            answer = self.answer(name, found, view)
            view.needs[key] = Need(name=name, kind="definition", resolved_by=answer)
        return view.needs[key]

    def answer(self, name: str, found: Found, view: FileView) -> str | None:
        """What answers a name that was looked up already."""
        if found is not None:
            binding = found[1][0]
            if binding.origin is not None:
                return self.resolve_import(binding.origin, view)
            return f"{view.file.path}:{binding.row + 1}"
        if name in builtin_names(view.file.language):
            return _BUILTIN
        if view.file.language in _TYPED and name in self.ambient:
            return self.ambient[name]
        for module in view.facts.star_imports:
            path = self.modules.find(module, importer=view.file.path, language=view.file.language)
            if path is None:
                return f"import of {module}.*"
            bindings = self.views[path].facts.module.bindings.get(name)
            if bindings:
                return f"{path}:{bindings[0].row + 1}"
            if self.views[path].facts.star_imports:
                return f"import of {module}.*"
        return None

    def resolve_member(self, name: str, owner: NameScope, view: FileView) -> str | None:
        """What answers ``self.name`` in a class: its own member, a base in the project, or an outside base."""
        seen: set[int] = set()
        queue = [(owner, view)]
        while queue:
            scope, at = queue.pop()
            if id(scope) in seen:
                continue
            seen.add(id(scope))
            if name in scope.members:
                return f"{at.file.path}:{scope.members[name] + 1}"
            for base in scope.bases:
                inside = self._class(base, scope, at)
                if inside is None:
                    return f"inherited from {base}"
                queue.append(inside)
        return _BUILTIN if name.startswith("__") and name.endswith("__") else None

    def _class(self, name: str, scope: NameScope, view: FileView) -> tuple[NameScope, FileView] | None:
        inside = inside_project(self.resolve(name, scope.outer or scope, view)) if "." not in name else None
        if inside is None:
            return None
        path, row = inside
        target = self.views[path]
        found = next((s for s in target.facts.classes if s.first_row == row), None)
        return (found, target) if found is not None else None

    def _callers(self) -> Mapping[tuple[str, int], list[str]]:
        """For each function of the project, by file and row: who calls it by name; each atom learns what it calls."""
        callers: dict[tuple[str, int], list[str]] = defaultdict(list)
        for path, view in self.views.items():
            for row, dotted, scope in view.facts.calls:
                place = self._callee(dotted, scope, view)
                inside = inside_project(place)
                view.atoms[view.atom_of_row[row]].reaches.append(inside)
                if inside is None:
                    continue
                who = f"{path}:{row + 1}"
                known = callers[inside]
                if len(known) < 20:  # enough to show what callers expect; hub functions have thousands
                    known.append(who)
        return callers

    def _callee(self, dotted: str, scope: NameScope, view: FileView) -> str | None:
        root, _, rest = dotted.partition(".")
        if not rest:
            return self.resolve(root, scope, view) if root != "?" else None
        if root in ("self", "cls", "this") and "." not in rest:
            at: NameScope | None = scope
            while at is not None and at.kind is not ScopeKind.CLASS:
                at = at.outer
            return self.resolve_member(rest, at, view) if at is not None else None
        found = lookup(root, scope)
        if found is None or found[1][0].origin is None or "." in rest:
            return None
        module, _, name = found[1][0].origin.rpartition(":")
        return self.resolve_import(f"{module}.{name}:{rest}" if name else f"{module}:{rest}", view)
