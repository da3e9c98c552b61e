"""What the model is told about an atom, read from the database: contract, neighbours, tests, earlier failures."""

from collections.abc import Sequence
from pathlib import PurePosixPath

from atoms.models import AtomicUnit
from execution.assembly import atom_text
from execution.attempts.models import AtomRetryHistory
from execution.domain.feedback import Approach, Feedback, FeedbackGenerator, approach, failure_of
from execution.domain.prompts.fencing import Piece
from execution.domain.prompts.generate import MAX_CONTEXT, AtomBrief, ProjectBrief, build
from execution.domain.prompts.prompt import Prompt
from execution.engine.evidence import Evidence
from execution.models import ExecutionRun, RunAtom
from execution.phases import phases_of
from graphs.models import AtomDependency
from kernel.text import decode
from masterplans.domain.plan_rules import dependency_rules
from masterplans.models import Masterplan, MasterplanTask

MAX_NEIGHBOURS = 24
MAX_TESTS = 6


def project_brief(plan: Masterplan) -> ProjectBrief:
    """What all atoms of a run share."""
    rules = [str(rule) for rule in dependency_rules(plan.rules)] if isinstance(plan.rules, dict) else []
    return ProjectBrief(name=plan.name, about=plan.description, rules=rules)


def prompt_for(run: ExecutionRun, atom: RunAtom, unit: AtomicUnit, drafts: Evidence) -> Prompt:
    """The prompt of the next attempt; the same state of the database gives the same bytes."""
    history = feedback_history(run, atom, drafts) if phases_of(run).feedback else []  # else a blind retry
    way = approach(history)
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
        context=_place(unit, whole=way is not Approach.REPAIR) + _neighbours(run, atom),
        tests=_tests(atom, drafts),
    )
    return build(
        brief,
        project=project_brief(unit.masterplan),
        feedback=history[-1] if history else None,
        instruction=atom.human_words,
        max_context=MAX_CONTEXT * (1 if way is Approach.REPAIR else 2),
    )


def feedback_history(run: ExecutionRun, atom: RunAtom, drafts: Evidence) -> list[Feedback]:
    """What every failed try was told, oldest first."""
    rows = AtomRetryHistory.objects.filter(run=run, atom_id=atom.atom_id, success=False).order_by("attempt_number")
    sources = "\n".join(piece.text for piece in _tests(atom, drafts))
    generator = FeedbackGenerator()
    return [
        generator.build(failure_of(row.error, code=row.code_generated, test_source=sources))
        for row in rows
        if row.error
    ]


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


def _neighbours(run: ExecutionRun, atom: RunAtom) -> list[Piece]:
    """What the atom uses (the strongest first), then who uses it."""
    needs = AtomDependency.objects.filter(from_atom_id=atom.atom_id).order_by("-weight", "to_atom_id")
    used_by = AtomDependency.objects.filter(to_atom_id=atom.atom_id).order_by("-weight", "from_atom_id")
    ids = list(needs.values_list("to_atom_id", flat=True)[:MAX_NEIGHBOURS])
    ids += list(used_by.values_list("from_atom_id", flat=True)[: MAX_NEIGHBOURS // 2])
    rows = {row.atom_id: row for row in RunAtom.objects.filter(run=run, atom_id__in=ids)}
    found = [rows[i] for i in dict.fromkeys(ids) if i in rows]
    return [Piece(name=f"{row.symbol} in {row.path}", text=decode(atom_text(row))) for row in found]


def _tests(atom: RunAtom, drafts: Evidence) -> Sequence[Piece]:
    """The files of tests that reach the atom, else of tests whose name speaks of its file."""
    files = drafts.assembly.workspace.files
    reaching = {test.split("::", 1)[0] for test in drafts.blame.reaching.get(str(atom.atom_id), ())}
    stem = PurePosixPath(atom.path).stem.split(".")[0]
    named = {path for path, file in files.items() if file.role == "test" and stem in PurePosixPath(path).name}
    chosen = sorted(reaching & set(files)) or sorted(named)
    return [Piece(name=path, text=decode(files[path].content)) for path in chosen[:MAX_TESTS]]
