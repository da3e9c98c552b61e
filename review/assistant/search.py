"""The search for repairs of one atom: candidates by suspicion, run in the sandbox, each survivor judged properly.

Reads the run, writes nothing; ``review.services.help`` stores what comes of it.
"""

import uuid
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from atoms.domain.model import Language
from atoms.domain.parser import MultiLanguageParser
from execution import changes
from execution.engine.evidence import Evidence, measure
from execution.models import ExecutionRun, RunAtom
from kernel.text import decode, storable
from review.assistant.assistant import Suggestion
from review.domain.repairs.edits import Repair, repairs
from review.domain.repairs.ranking import line_suspicion, ranked
from validation.domain.model import Status, TestStatus
from validation.engine import ruff_fix
from validation.engine.candidates import survivors

MAX_CANDIDATES = 90
BATCH = 24  # candidates of one run of the sandbox: a green one ends the search, so that the likely ones come first
SECONDS = 60.0  # over all batches
MAX_TESTS = 6  # failing tests that a candidate must pass before it is judged by all
MAX_SHOWN = 3
_FAILING = (TestStatus.FAILED, TestStatus.ERROR)

Progress = Callable[[int, int], None]  # tried, total


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """An atom in the file of its run as it stands: ``source[start:end]`` is its text."""

    path: str
    source: bytes
    start: int
    end: int
    language: Language

    @property
    def text(self) -> bytes:
        """The atom's bytes."""
        return self.source[self.start : self.end]


def evidence_of(run: ExecutionRun) -> Evidence:
    """What is known about the run's code as it stands; stored suites of the same bytes are not run again."""
    return measure(run, purpose="review", reuse=("final", "baseline"))


def place_in(evidence: Evidence, atom: RunAtom, language: str) -> Place | None:
    """Where the atom lies; None where its file is not written."""
    file = evidence.assembly.workspace.files.get(atom.path)
    span = next((s for s in evidence.assembly.spans.get(atom.path, ()) if s[0] == str(atom.atom_id)), None)
    if file is None or span is None:
        return None
    rows = file.content.split(b"\n")
    starts = [0]
    for row in rows:
        starts.append(starts[-1] + len(row) + 1)
    end = min(starts[span[2]], len(file.content))
    return Place(path=atom.path, source=file.content, start=starts[span[1] - 1], end=end, language=Language(language))


def failing_tests(evidence: Evidence, atom_id: uuid.UUID) -> list[str]:
    """The failing tests that blame the atom, else those that reach it."""
    key = str(atom_id)
    bad = {case.id for case in evidence.suite.cases if case.status in _FAILING}
    blamed = [test for test in evidence.blame.culprits.get(key, ()) if test in bad]
    return blamed or [test for test in evidence.blame.reaching.get(key, ()) if test in bad]


def tool_fixes(run: ExecutionRun, atom: RunAtom, place: Place, evidence: Evidence) -> Iterator[Suggestion]:
    """Ruff's own fixes inside the atom, as one patch."""
    if place.language is not Language.PYTHON:
        return
    fixed = ruff_fix.fixed_range(evidence.assembly.workspace.files[place.path], place.start, place.end)
    if fixed is None or fixed == place.text:
        return
    code = decode(fixed)
    yield Suggestion(
        title="Ruff's own fixes", detail="Unused imports and names, and patterns that it can rewrite safely.",
        source="ruff", code=code, verified=_passes(run, atom, code),
    )  # fmt: skip


def verified_repairs(
    run: ExecutionRun, atom: RunAtom, place: Place, evidence: Evidence, progress: Progress
) -> list[Suggestion]:
    """Repairs of the size of a mutation that make the failing tests pass, each judged as an edit of a person would be.

    Empty where no test fails, where none is green within the bounds, or where the sandbox cannot run.
    """
    failing = failing_tests(evidence, atom.atom_id)
    if not failing:
        return []
    tree = MultiLanguageParser().parse(place.source, place.language)
    found = repairs(tree.root_node, place.source, start=place.start, end=place.end, language=place.language)
    order = ranked(found, line_suspicion(evidence.suite, place.path, failing), limit=MAX_CANDIDATES)
    shown: list[Suggestion] = []
    seconds = SECONDS * BATCH / max(BATCH, len(order))
    for start in range(0, len(order), BATCH):
        batch = order[start : start + BATCH]
        progress(start, len(order))
        green = survivors(
            evidence.assembly.workspace, place.path, [_applied(place.source, repair) for repair in batch],
            tests=failing[:MAX_TESTS], seconds=seconds,
        )  # fmt: skip
        if green is None:
            break
        for number in green:
            shown += _judged(run, atom, place, batch[number], failing)
            if len(shown) == MAX_SHOWN:
                break
        if shown:
            break
    progress(len(order), len(order))
    return shown


def _judged(run: ExecutionRun, atom: RunAtom, place: Place, repair: Repair, failing: Sequence[str]) -> list[Suggestion]:
    code = decode(_applied(place.source, repair)[place.start : place.end + _growth(repair)])
    if not _passes(run, atom, code):
        return []
    old = decode(place.source[repair.start : repair.end])
    tests = f"{len(failing)} failing test{'s' if len(failing) > 1 else ''}"
    names = "\n".join(failing[:MAX_TESTS])
    return [
        Suggestion(
            title=storable(f"Line {repair.line}: {_short(repair.text)} instead of {_short(old)}", limit=160),
            detail=storable(f"{repair.kind}: with it the {tests} of this atom pass, and nothing else fails.\n{names}"),
            source="repair",
            code=code,
            verified=True,
        )
    ]


def _passes(run: ExecutionRun, atom: RunAtom, code: str) -> bool:
    """Whether the code passes level 1 in the run: the product's own check of an edit, with every test that reaches."""
    return changes.check_edit(run.pk, atom.atom_id, code).status is Status.PASSED


def _applied(source: bytes, repair: Repair) -> bytes:
    return source[: repair.start] + repair.text.encode() + source[repair.end :]


def _growth(repair: Repair) -> int:
    return len(repair.text.encode()) - (repair.end - repair.start)


def _short(text: str) -> str:
    line = " ".join(text.split())
    return f"`{line}`" if len(line) <= 60 else f"`{line[:59]}…`"
