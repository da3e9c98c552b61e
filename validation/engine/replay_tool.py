"""Holds new code to what the draft answers to the calls that the suite made of it, and to variations of these.

The draft is asked twice, in two processes with other hash seeds and in the opposite order: a function that then differs
from itself hangs on chance, order or state, and is no measure. Where other accepted code already changed an answer, it
is none either. A function of which no call could be recorded is asked through those of its file that lead to it.
"""

from collections import OrderedDict
from collections.abc import Callable, Collection, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from functools import partial

from masterplans.domain.workspace import Workspace, WorkspaceFile
from validation.domain.generated import FileGenerated, Function, functions_of
from validation.domain.generated_check import vouched
from validation.domain.model import SuiteResult
from validation.domain.recorded import INNER
from validation.domain.script_functions import script_module
from validation.domain.script_recording import script_callers, script_hints
from validation.domain.static import Family, StaticReport, family_of
from validation.domain.strictness import Place
from validation.domain.variations import Hints, callers_of, hints_of, inputs
from validation.engine.generated_tool import SKIPPED
from validation.engine.replay_ask import LEFT, MADE, Answers, Job, ask_python, ask_scripts

MOST_FUNCTIONS = 8
MOST_INNER = 8  # calls of one function that another makes
MOST_ALIKE = 3  # of these as tests made them, the others are variations
MOST_THEN = 24  # of all that it makes
MOST_STEPS = 3  # from a function to those that go through it
MOST_CALLERS = 2  # of a function that tests call with nothing that could be recorded


class _Kept:
    """What drafts answered, by their code and the calls."""

    SIZE = 200

    def __init__(self) -> None:
        self._kept: OrderedDict[tuple[str, Job], Mapping[str, str]] = OrderedDict()

    def find(self, digest: str, job: Job) -> Mapping[str, str] | None:
        return self._kept.get((digest, job))

    def keep(self, digest: str, job: Job, found: Mapping[str, str]) -> None:
        self._kept[digest, job] = found
        while len(self._kept) > self.SIZE:
            self._kept.popitem(last=False)


_kept = _Kept()


def with_replays(
    new: StaticReport, old: StaticReport, *, code: Workspace, draft: Workspace, accepted: Workspace,
    suite: SuiteResult, places: Collection[Place],
) -> tuple[StaticReport, StaticReport]:  # fmt: skip
    """Both reports, with what the functions around the changed ``places`` answer to recorded calls and variations.

    ``code`` is judged by ``draft``, where that one's ``suite`` vouches for a function: what failed is meant to change.
    ``accepted`` is the draft with what else was accepted since.
    """
    jobs = _jobs(code, draft, suite, places)
    if not jobs:
        return new, old
    known = stable_answers(draft, jobs)
    if accepted.digest() != draft.digest() and any(known.values()):
        now = _ask(accepted, jobs)
        known = {key: {g: a for g, a in rows.items() if now.get(key, {}).get(g) == a} for key, rows in known.items()}
    asked = [job for job in jobs if known.get((job.path, job.name))]
    return _merged(new, code, _ask(code, asked) if asked else {}, jobs), _merged(old, draft, known, jobs)


def stable_answers(draft: Workspace, jobs: Sequence[Job]) -> Answers:
    """What functions of the draft answer whenever they are asked; nothing of one that differs from itself."""
    digest = draft.digest()
    missing = [job for job in jobs if _kept.find(digest, job) is None]
    if missing:
        with ThreadPoolExecutor(2) as pool:
            first, second = pool.map(lambda back: _ask(draft, missing, reference=True, backwards=back), (False, True))
        for job in missing:
            rows, other = first.get((job.path, job.name), {}), second.get((job.path, job.name), {})
            _kept.keep(digest, job, _in_both(rows, other))
    return {(job.path, job.name): _kept.find(digest, job) or {} for job in jobs}


def _in_both(rows: Mapping[str, str], other: Mapping[str, str]) -> dict[str, str]:
    """The answers of both; none where two differ. What became of each attribute of an argument is its own measure."""
    common = {given: answer for given, answer in rows.items() if given in other}
    unsure = {_about(given) for given, answer in common.items() if other[given] != answer}
    return {given: one for given, one in common.items() if not unsure & {"", _about(given)}}


def _about(given: str) -> str:
    """Of which part of the arguments a row tells; nothing for what was answered."""
    return "".join(given.rpartition(LEFT)[1:]) if LEFT in given else ""


def _jobs(code: Workspace, draft: Workspace, suite: SuiteResult, places: Collection[Place]) -> list[Job]:
    found: dict[tuple[str, str], Job] = {}
    for path, recorded in suite.calls.items():
        mine = [place for place in places if place.path == path]
        if not mine or path not in code.files or path not in draft.files or not _is_imported(draft.files[path]):
            continue
        text = _Text.of(path, draft.files[path].content)
        after = FileGenerated(functions=_Text.of(path, code.files[path].content).functions)
        before = {one.name: one for one in text.functions}
        for one in (one for place in mine for one in after.around(place.first, place.last) if one.name in before):
            known = [name for name in (one.name, f"{MADE}{one.name}") if recorded.get(name)]
            for name in known or _recorded_callers(text, one.name, recorded):
                asked = before.get(name.removeprefix(MADE))
                fits = asked and vouched(suite, path, [before[one.name], asked])
                if asked and fits and (path, name) not in found and len(found) < MOST_FUNCTIONS:
                    made = inputs(recorded[name], text.hints.get(asked.name, Hints()), name=name)
                    then = _then(recorded, asked.name, one.name)
                    found[path, name] = Job(path, name, tuple(made), len(recorded[name]), one.name, then)
    return list(found.values())


def _recorded_callers(text: "_Text", name: str, recorded: Mapping[str, tuple[str, ...]]) -> list[str]:
    """The nearest functions of the file that go through this one and of which calls are recorded."""
    seen, near, found = {name}, [name], list[str]()
    for _ in range(MOST_STEPS):
        near = list(dict.fromkeys(one for known in near for one in text.callers(known) if one not in seen))
        seen.update(near)
        found += [one for one in near if recorded.get(one)]
    return (found or _beside(name, recorded))[:MOST_CALLERS]


def _beside(name: str, recorded: Mapping[str, tuple[str, ...]]) -> list[str]:
    """Of a method that nothing in the text leads to, the others of its class; those of which most calls are known."""
    owner = name.rpartition(".")[0]
    others = [one for one in recorded if owner and one.rpartition(".")[0] == owner and not one.endswith(".__init__")]
    return sorted(others, key=lambda one: (-len(recorded[one]), one))


def _then(recorded: Mapping[str, tuple[str, ...]], name: str, about: str) -> tuple[tuple[str, str], ...]:
    """Some calls of functions that this one makes, or that the changed one does: it may hand them on."""
    for maker in (name, about):
        start = f"{maker}{INNER}"
        inner = [(one[len(start) :], calls) for one, calls in sorted(recorded.items()) if one.startswith(start)]
        if inner:
            near = [(one, inputs(calls[:MOST_ALIKE], Hints(), name=one)[:MOST_INNER]) for one, calls in inner]
            return tuple((one, call) for one, calls in near for call in calls)[:MOST_THEN]
    rest = [(one.partition(INNER)[2], calls) for one, calls in sorted(recorded.items()) if INNER in one]
    return tuple((one, call) for one, calls in rest for call in calls[:1])[:MOST_THEN]


def _is_imported(file: WorkspaceFile) -> bool:
    return family_of(file.path) is Family.SCRIPT or file.place.rpartition("/")[2] not in SKIPPED


@dataclass(frozen=True, slots=True)
class _Text:
    """What the text of a file tells of its functions, whatever its language."""

    functions: tuple[Function, ...]
    hints: Mapping[str, Hints]
    callers: Callable[[str], tuple[str, ...]]

    @classmethod
    def of(cls, path: str, source: bytes) -> "_Text":
        if family_of(path) is Family.SCRIPT:
            functions = script_module(path, source).lines()
            return cls(functions, script_hints(path, source), partial(script_callers, path, source))
        return cls(functions_of(source), hints_of(source), partial(callers_of, source))


def _ask(
    workspace: Workspace, jobs: Sequence[Job], *, reference: bool = False, backwards: bool = False
) -> Answers:  # fmt: skip
    """What one state of the code answers; nothing where the sandbox refuses."""
    found: Answers = {}
    for family, ask in ((Family.PYTHON, ask_python), (Family.SCRIPT, ask_scripts)):
        mine = [job for job in jobs if job.path in workspace.files and family_of(job.path) is family]
        if mine:
            found |= ask(workspace, mine, reference=reference, backwards=backwards)
    return found


def _merged(report: StaticReport, workspace: Workspace, answers: Answers, jobs: Sequence[Job]) -> StaticReport:
    files = dict(report.generated)
    for job in jobs:
        through = "" if job.name == job.about else f" through {job.name}"
        through = " with new" if job.name == f"{MADE}{job.about}" else through
        rows = {f"{through}{given}": answer for given, answer in answers.get((job.path, job.name), {}).items()}
        file = files.get(job.path) or FileGenerated()
        functions = _Text.of(job.path, workspace.files[job.path].content).functions
        files[job.path] = replace(
            file,
            functions=_with(file.functions, functions),
            answers={**file.answers, job.about: {**file.answers.get(job.about, {}), **rows}},
        )
    return replace(report, generated=files)


def _with(functions: tuple[Function, ...], more: Sequence[Function]) -> tuple[Function, ...]:
    names = {one.name for one in functions}
    return (*functions, *(one for one in more if one.name not in names))
