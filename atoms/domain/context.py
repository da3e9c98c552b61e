"""What an atom needs from others and gives to them, for all atoms of a project."""

import re
from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from typing import Any, Final

from atoms.domain.atomicity import AtomicityValidator
from atoms.domain.builtin_names import builtin_names
from atoms.domain.evidence import EFFECTS, asks_chance, evidence_of
from atoms.domain.facts import FunctionFacts, NameScope, ScopeKind, module_of
from atoms.domain.model import Atom, AtomFacts, AtomKind, FileAtoms, Need
from atoms.domain.purity import PURE_CALLS, spread_through_calls
from atoms.domain.resolution import AtomView, FileView, Found, Project
from kernel.collector import collector_paused

_TEST_HEAD: Final = re.compile(r"^\s*(?:async )?(?:def (test\w*)|(?:it|test)\(\s*(['\"`])(.+?)\2)", re.MULTILINE)
_WORD: Final = re.compile(r"[A-Za-z_$][\w$]*")
_MAX_TESTS: Final = 8
_MAX_CALLERS: Final = 8
_MAX_BINDINGS: Final = 64  # places that are asked for the type of one name
_WHOLE: Final = frozenset({AtomKind.FUNCTION, AtomKind.METHOD, AtomKind.SIGNATURE})
_FUNCTION: Final = ScopeKind.FUNCTION  # looking a member up in its enum takes long
_TESTED: Final = _WHOLE | {AtomKind.CLASS, AtomKind.CLASS_HEADER}


class ContextInjector:
    """Derives the facts of atoms; holds no state between calls."""

    def __init__(self, validator: AtomicityValidator | None = None) -> None:
        self._validator = validator or AtomicityValidator()

    def describe(
        self,
        files: Sequence[FileAtoms],
        *,
        root_package: str | None = None,
        tests: Mapping[str, bytes] | None = None,
    ) -> dict[str, AtomFacts]:
        """Return the facts of every atom of ``files``, by atom id.

        ``root_package`` is the import name of the folder that paths are relative to; ``tests`` are project tests by
        path, searched for names. Paths are unique. Linear in the size of the project.
        """
        with collector_paused():  # and all that is only needed here gone before it looks again
            return self._describe(files, root_package, _mentions(tests or {}))

    def _describe(
        self,
        files: Sequence[FileAtoms],
        root_package: str | None,
        mentions: Mapping[str, Sequence[Mapping[str, Any]]],
    ) -> dict[str, AtomFacts]:
        project = Project(files, root_package=root_package)
        facts: dict[str, AtomFacts] = {}
        for file in files:
            view = project.views[file.path]
            for atom in file.atoms:
                facts[atom.id] = self._facts(atom, view, project, mentions)
        spread_through_calls(project, facts)
        return facts

    def _facts(
        self, atom: Atom, view: FileView, project: Project, mentions: Mapping[str, Sequence[Mapping[str, Any]]]
    ) -> AtomFacts:
        own = view.atoms[atom.number]
        live_in = _live_in(atom, own, view)
        live_out = _live_out(atom, own, view)
        cases = _test_cases(atom, own, mentions)
        needs = _needs(atom, view, project, live_in=live_in, cases=cases)
        complete = sum([need.resolved_by is not None for need in needs]) / len(needs) if needs else 1.0
        function = next((f for f in own.functions if f.symbol == atom.symbol), None)
        calls = [name for name, _ in own.calls]
        effects = (*own.effects, *[f"calls {name}" for name in calls if name in EFFECTS])
        mutates = _mutated(own) if own.mutates else ()
        chance = sum(map(asks_chance, calls))
        known = not _is_lost(atom, view) and PURE_CALLS.issuperset(calls)
        evidence = evidence_of(
            atom, own, view, effects=len(effects), chance=chance, flowing_in=len(live_in), flowing_out=len(live_out),
            tested=bool(cases), complete=complete,
        )  # fmt: skip
        criteria = self._validator.criteria(atom, evidence)
        return AtomFacts(
            defines=tuple(dict.fromkeys([b.name for b, s in own.binds if s.kind is not _FUNCTION])),
            uses=tuple(dict.fromkeys([use[1] for use in own.uses])),
            scopes=_scopes(own, view),
            signature=function.signature if function is not None else None,
            imports=tuple(dict.fromkeys(own.imports)) if own.imports else (),
            types={b.name: b.type for b, _ in own.binds if b.type},
            preconditions=tuple(live_in.values()),
            postconditions=live_out if function is None else (*live_out, *_promised(function)),
            raises=tuple(dict.fromkeys(own.raises)) if own.raises else (),
            mutates=mutates,
            pure=False if effects or mutates else (True if known else None),
            deterministic=False if chance else (True if known else None),
            test_cases=cases,
            needs=needs,
            context_completeness=complete,
            criteria=criteria,
            atomicity_score=self._validator.score(criteria),
        )


def _scopes(own: AtomView, view: FileView) -> dict[str, str]:
    """Where each name that is used or bound here lives: the symbol of its scope, ``builtin``, or ``?``."""
    scopes = {b.name: (module_of(s) if b.name in s.globals else s).symbol for b, s in own.binds}
    for _, name, _, found in own.uses:
        if name not in scopes:
            builtin = "builtin" if name in builtin_names(view.file.language) else "?"
            scopes[name] = found[0].symbol if found is not None else builtin
    return scopes


def _promised(function: FunctionFacts) -> tuple[Mapping[str, Any], ...]:
    """The value that a function promises to return."""
    return () if function.returns is None else ({"name": "return", "type": function.returns},)


def _is_local(scope: NameScope) -> bool:
    return scope.kind is _FUNCTION


def _live_in(atom: Atom, own: AtomView, view: FileView) -> dict[str, Mapping[str, Any]]:
    """Names of an enclosing function that are read here and bound in another atom (def-use over rows)."""
    first, last = atom.start_line - 1, atom.end_line - 1
    found: dict[str, Mapping[str, Any]] = {}
    for row, name, _, at in own.uses:
        if at is None or name in found or at[0].kind is not _FUNCTION:
            continue
        if not view.reads_from_outside(atom.number, row, at[0], name):
            continue
        outside = [b for b in at[1][:_MAX_BINDINGS] if not first <= b.row <= last]
        if outside:
            known = next((b.type for b in outside if b.type), None)
            found[name] = {"name": name, "type": known, "bound_at": outside[0].row + 1}
    return found


def _live_out(atom: Atom, own: AtomView, view: FileView) -> tuple[Mapping[str, Any], ...]:
    found: dict[str, Mapping[str, Any]] = {}
    for binding, scope in own.binds:
        if not _is_local(scope) or binding.name in found:
            continue
        readers = view.used_in.get((id(scope), binding.name), set())
        if readers - {atom.number}:
            found[binding.name] = {"name": binding.name, "type": binding.type}
    return tuple(found.values())


def _needs(
    atom: Atom,
    view: FileView,
    project: Project,
    *,
    live_in: Mapping[str, Mapping[str, Any]],
    cases: Sequence[Mapping[str, Any]],
) -> tuple[Need, ...]:
    own, path = view.atoms[atom.number], atom.path
    needs: dict[tuple[str, str], Need] = {}
    if _is_lost(atom, view):
        needs["definition", path] = Need(name=path, kind="definition", resolved_by=None)
    for name, bound in live_in.items():
        needs["live_in", name] = Need(name=name, kind="live_in", resolved_by=f"{path}:{bound['bound_at']}")
        if bound["type"]:
            needs["type", name] = Need(name=name, kind="type", resolved_by=bound["type"])
    for _, name, _, at in own.uses:
        if name in live_in or ("definition", name) in needs or _bound_here(atom, own, name, at):
            continue
        needs["definition", name] = project.need(name, at, view)
    for name, owner in own.members:
        shown = f"{owner.symbol}.{name}"
        if ("definition", shown) not in needs:
            answer = project.resolve_member(name, owner, view)
            needs["definition", shown] = Need(name=shown, kind="definition", resolved_by=answer)
    if atom.kind in _WHOLE:
        for function in own.functions:
            for who in project.callers.get((path, function.row), ())[:_MAX_CALLERS]:
                needs["caller", who] = Need(name=function.symbol, kind="caller", resolved_by=who)
    for case in cases:
        needs["test", case["id"]] = Need(name=case["id"], kind="test", resolved_by=case["id"])
    return tuple(needs.values())


def _is_lost(atom: Atom, view: FileView) -> bool:
    """Whether the code of an atom does not parse, so that it may need more than the names that were found."""
    lost = view.facts.lost
    return bool(atom.loc and lost) and not lost.isdisjoint(range(atom.start_line - 1, atom.end_line))


def _bound_here(atom: Atom, own: AtomView, name: str, at: Found) -> bool:
    """Whether the atom itself answers the name: all of its bindings, or one of a local, stand in it."""
    if at is None:
        return False
    first, last = atom.start_line - 1, atom.end_line - 1
    inside = own.bound.get((id(at[0]), name), ())
    if _is_local(at[0]):
        return bool(inside) or first <= at[1][0].row <= last  # "arguments" is bound nowhere in the text
    return len(inside) == len(at[1]) and at[1][0].origin is None


def _mutated(own: AtomView) -> tuple[str, ...]:
    """Names of objects changed in place that were not made in this very function by a binding of this atom."""
    made = {b.name for b, _ in own.binds if b.kind == "local"}
    return tuple(dict.fromkeys(name for name, _ in own.mutates if name not in made))


def _test_cases(
    atom: Atom, own: AtomView, mentions: Mapping[str, Sequence[Mapping[str, Any]]]
) -> tuple[Mapping[str, Any], ...]:
    cases: list[Mapping[str, Any]] = []
    if own.examples:
        counts: Counter[str] = Counter()
        for example in own.examples:
            shown = f"{example.kind} of {example.symbol or atom.symbol}"
            counts[shown] += 1
            number = f" ({counts[shown]})" if counts[shown] > 1 else ""
            cases.append({"id": shown + number, "kind": example.kind, "source": example.source})
    if atom.kind in _TESTED:
        cases.extend(mentions.get(atom.symbol.rpartition(".")[2], ()))
    return tuple(cases[:_MAX_TESTS])


def _mentions(tests: Mapping[str, bytes]) -> Mapping[str, Sequence[Mapping[str, Any]]]:
    """For each name: the tests whose text holds it."""
    index: dict[str, list[Mapping[str, Any]]] = defaultdict(list)
    for path, content in tests.items():
        text = content.decode("utf-8", "replace")
        heads = list(_TEST_HEAD.finditer(text))
        ends = [*(head.start() for head in heads), len(text)][1:]
        for head, end in zip(heads, ends, strict=True):
            name = head[1] or head[3]
            line = text.count("\n", 0, head.start() + 1) + 1
            case = {"id": f"{path}::{name}", "kind": "test", "path": path, "line": line}
            for word in set(_WORD.findall(text, head.end(), end)):
                if len(index[word]) < _MAX_TESTS:
                    index[word].append(case)
    return index
