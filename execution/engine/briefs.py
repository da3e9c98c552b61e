"""What the model is told about atoms, read for many at once: contract, neighbours, tests, earlier failures."""

import uuid
from collections import defaultdict
from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from pathlib import PurePosixPath
from typing import Any

from atoms.models import AtomicUnit
from execution.assembler import Assembler
from execution.assembly import encoded
from execution.attempts.models import AtomRetryHistory
from execution.domain.feedback import Approach, Feedback, FeedbackGenerator, failure_of
from execution.domain.prompts import parent as parent_prompt
from execution.domain.prompts.fencing import Piece
from execution.domain.prompts.generate import MAX_CONTEXT, AtomBrief, ProjectBrief, build
from execution.domain.prompts.prompt import Prompt
from execution.domain.retry import RetryOrchestrator
from execution.engine.evidence import Evidence
from execution.engine.parents import Parent, Parents
from execution.models import ExecutionRun, RunAtom
from execution.phases import phases_of
from graphs.models import AtomDependency
from kernel import rows
from kernel.text import decode
from masterplans.models import Masterplan, MasterplanTask

_UNIT = (  # what prompts and parents are made from; anything else would be read when it is asked for
    "atom_id", "task_id", "masterplan_id", "language", "path", "kind", "symbol", "start_byte", "end_byte", "start_line",
    "end_line", "context_json", "preconditions", "postconditions",
)  # fmt: skip
MAX_NEIGHBOURS = 24
MAX_TESTS = 6


def project_brief(plan: Masterplan) -> ProjectBrief:
    """What all atoms of a run share."""
    rules = plan.rules.get("dependencies", []) if isinstance(plan.rules, dict) else []
    return ProjectBrief(name=plan.name, about=plan.description, rules=[str(rule) for rule in rules])


@dataclass(frozen=True, slots=True, kw_only=True)
class Brief:
    """An atom's stored unit and the prompt of its next attempt, which is at all of ``parent`` where one is given."""

    unit: AtomicUnit
    prompt: Prompt
    parent: Parent | None = None


class Briefs:
    """Builds the prompts of one run; the same state of the database gives the same bytes."""

    def __init__(self, run: ExecutionRun, drafts: Evidence, assembler: Assembler) -> None:
        self._run, self._drafts, self._assembler = run, drafts, assembler
        self._project = project_brief(run.masterplan)
        self.parents = Parents(run, assembler)
        self._blind = not phases_of(run).feedback
        files = drafts.assembly.workspace.files
        self._tests = {path: PurePosixPath(path).name for path, file in files.items() if file.role == "test"}

    def build(self, atoms: Sequence[RunAtom]) -> dict[uuid.UUID, Brief]:
        """The briefs of atoms, by id, with one query of each kind for all of them."""
        ids = [atom.atom_id for atom in atoms]
        units = self.units(ids)
        tries = self._tries([atom.atom_id for atom in atoms if atom.attempts or atom.last_error])
        neighbours = self._neighbours(ids)
        return {
            atom.atom_id: self._brief(
                atom, units[atom.atom_id], tries.get(atom.atom_id, ()), neighbours.get(atom.atom_id, [])
            )
            for atom in atoms
        }

    def units(self, atom_ids: Collection[uuid.UUID]) -> dict[uuid.UUID, AtomicUnit]:
        """The stored units with their tasks, which are in memory already."""
        if not atom_ids:
            return {}
        statement = f"SELECT {rows.columns(_UNIT)} FROM atomic_units WHERE atom_id IN ({rows.marks(len(atom_ids))})"  # noqa: S608
        keys = [rows.written(AtomicUnit, "atom_id", one) for one in atom_ids]
        found = {}
        for unit in rows.instances(AtomicUnit, _UNIT, statement, keys):
            unit.task, unit.masterplan = self._assembler.task(unit.task_id), self._run.masterplan
            found[unit.atom_id] = unit
        return found

    def _brief(
        self, atom: RunAtom, unit: AtomicUnit, tries: Sequence[AtomRetryHistory], neighbours: list[Piece]
    ) -> Brief:
        tests = self._test_pieces(atom)
        rules = RetryOrchestrator(allowed=atom.allowed_attempts, blind=self._blind)
        history = self._feedback(tries, tests)
        way = rules.way(history)
        text = unit.task.text[unit.start_byte : unit.end_byte]
        draft = decode(text) if text else None
        lines = draft.splitlines() if draft else []
        first = next((line for line in lines if line.strip()), "")
        brief = AtomBrief(
            path=atom.path,
            language=unit.language,
            symbol=atom.symbol,
            kind=atom.kind,
            lines=(atom.start_line, atom.end_line),
            attempt=atom.attempts + 1,
            contract=_contract(unit),
            draft=draft,
            is_hole=atom.is_hole,
            indent=first[: len(first) - len(first.lstrip(" \t"))],
            task=_task_words(unit.task),
            context=_place(unit, whole=way is not Approach.REPAIR) + neighbours,
            tests=tests,
        )
        said = rules.evidence(history)
        if way is Approach.WHOLE_PARENT and (parent := self._parent(atom, unit)) is not None:
            return Brief(unit=unit, prompt=self._whole(brief, parent, said), parent=parent)
        prompt = build(
            brief,
            project=self._project,
            feedback=said,
            instruction=atom.human_words,
            max_context=MAX_CONTEXT * (1 if way is Approach.REPAIR else 2),
        )
        return Brief(unit=unit, prompt=prompt)

    def _parent(self, atom: RunAtom, unit: AtomicUnit) -> Parent | None:
        """What can be written anew instead of the atom alone; a person's words are about the atom alone."""
        parent = None if atom.human_words else self.parents.of(unit)
        return parent if parent is not None and self.parents.free(parent, atom) else None

    def _whole(self, brief: AtomBrief, parent: Parent, said: Feedback | None) -> Prompt:
        text = self.parents.text(parent)
        first = next((line for line in text.splitlines() if line.strip()), "")
        whole = replace(
            brief,
            draft=text,
            is_hole=False,
            lines=parent.lines,
            indent=first[: len(first) - len(first.lstrip(" \t"))],
        )
        return parent_prompt.build(whole, parent=parent.symbol, project=self._project, feedback=said)

    def _tries(self, atom_ids: Collection[uuid.UUID]) -> dict[uuid.UUID, list[AtomRetryHistory]]:
        found: dict[uuid.UUID, list[AtomRetryHistory]] = defaultdict(list)
        if atom_ids:
            rows = AtomRetryHistory.objects.filter(run=self._run, atom_id__in=atom_ids, success=False)
            for row in rows.order_by("attempt_number").defer("feedback_prompt"):
                found[row.atom_id].append(row)
        return found

    def _feedback(self, tries: Sequence[AtomRetryHistory], tests: Sequence[Piece]) -> list[Feedback]:
        """What every failed try was told, oldest first."""
        sources = "\n".join(piece.text for piece in tests)
        generator = FeedbackGenerator()
        return [
            generator.build(failure_of(row.error, code=row.code_generated, test_source=sources))
            for row in tries
            if row.error
        ]

    def _neighbours(self, ids: Collection[uuid.UUID]) -> dict[uuid.UUID, list[Piece]]:
        """What each atom uses (the strongest first), then who uses it."""
        wanted: dict[uuid.UUID, dict[uuid.UUID, None]] = defaultdict(dict)
        for atom_id, other in _strongest(ids):
            wanted[atom_id][other] = None
        others = {other for found in wanted.values() for other in found}
        shown = {
            atom_id: Piece(name=f"{symbol} in {path}", text=self._text(atom_id, code))
            for atom_id, symbol, path, code in _shown(self._run.pk, others)
        }
        return {atom_id: [shown[o] for o in found if o in shown] for atom_id, found in wanted.items()}

    def _text(self, atom_id: uuid.UUID, code: str | None) -> str:
        return decode(self._assembler.draft(atom_id) if code is None else encoded(code))

    def _test_pieces(self, atom: RunAtom) -> list[Piece]:
        """The files of tests that reach the atom, else of tests whose name speaks of its file."""
        files = self._drafts.assembly.workspace.files
        reaching = {test.split("::", 1)[0] for test in self._drafts.blame.reaching.get(str(atom.atom_id), ())}
        chosen = sorted(reaching & set(self._tests))
        if not chosen:
            stem = PurePosixPath(atom.path).stem.split(".")[0]
            chosen = sorted(path for path, name in self._tests.items() if stem in name)
        return [Piece(name=path, text=decode(files[path].content)) for path in chosen[:MAX_TESTS]]


def _shown(run_id: uuid.UUID, ids: Collection[uuid.UUID]) -> list[tuple[Any, ...]]:
    """Id, symbol, path and accepted code of atoms."""
    names = ("atom_id", "symbol", "path", "code")
    statement = f"SELECT {rows.columns(names)} FROM run_atoms WHERE run_id = %s AND atom_id IN ({rows.marks(len(ids))})"  # noqa: S608
    keys = [rows.written(RunAtom, "atom_id", one) for one in (run_id, *ids)]
    return rows.read(RunAtom, names, statement, keys) if ids else []


def _strongest(ids: Collection[uuid.UUID]) -> list[tuple[uuid.UUID, uuid.UUID]]:
    """Each atom with what it uses, the heaviest first, then with who uses it. By hand: building this query anew cost
    more than running it.
    """
    marks = rows.marks(len(ids))
    ways = (("from_atom_id", "to_atom_id", MAX_NEIGHBOURS), ("to_atom_id", "from_atom_id", MAX_NEIGHBOURS // 2))
    each = [
        f"""
        SELECT {here} AS from_atom_id, {there} AS to_atom_id, {way} AS way, place FROM (
            SELECT {here}, {there}, ROW_NUMBER() OVER (PARTITION BY {here} ORDER BY weight DESC, {there}) AS place
            FROM atom_dependencies WHERE {here} IN ({marks})
        ) AS ranked WHERE place <= {limit}"""  # noqa: S608 - marks, names of columns and numbers
        for way, (here, there, limit) in enumerate(ways)
    ]
    statement = f"SELECT from_atom_id, to_atom_id FROM ({' UNION ALL '.join(each)}) AS found ORDER BY way, place"  # noqa: S608
    keys = [rows.written(AtomDependency, "from_atom_id", one) for one in ids] * 2
    return [(one, other) for one, other in rows.read(AtomDependency, ("from_atom_id", "to_atom_id"), statement, keys)]


def _contract(unit: AtomicUnit) -> str:
    facts = unit.context_json or {}
    lines = []
    if facts.get("signature"):
        lines.append(str(facts["signature"]))
    if facts.get("defines"):
        lines.append("defines: " + ", ".join(map(str, facts["defines"])))
    for title, entries in (("before", unit.preconditions), ("after", unit.postconditions)):
        lines += [f"{title}: {entry.get('name')}: {entry.get('type') or 'unknown type'}" for entry in entries or []]
    if facts.get("raises"):
        lines.append("raises: " + ", ".join(map(str, facts["raises"])))
    return "\n".join(lines)


def _task_words(task: MasterplanTask) -> str:
    accepted = "\n".join(str(test) for test in task.acceptance_tests)
    return f"{task.name}\n{task.description}\n{accepted}".strip()


def _place(unit: AtomicUnit, *, whole: bool) -> list[Piece]:
    """The file around the range: near lines first, the whole file where attempts stall."""
    text = decode(unit.task.text)
    if not text:
        return []
    rows = text.splitlines()
    reach = len(rows) if whole else 30
    first, last = max(0, unit.start_line - 1 - reach), min(len(rows), unit.end_line + reach)
    return [Piece(name=f"{unit.path} lines {first + 1} to {last}", text="\n".join(rows[first:last]))]
