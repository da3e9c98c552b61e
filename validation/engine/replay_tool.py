"""Holds new code to what the draft answers to the calls that the suite made of it, and to variations of these.

The draft is asked twice, in two processes with other hash seeds and in the opposite order: a function that then differs
from itself hangs on chance, order or state, and is no measure. Where other accepted code already changed an answer, it
is none either. A function of which no call could be recorded is asked through those of its file that call it.
"""

import json
import secrets
from collections import OrderedDict
from collections.abc import Collection, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from typing import Any

from kernel.errors import MgeError
from masterplans.domain.workspace import Workspace
from validation.domain.generated import FileGenerated, functions_of, read_generated
from validation.domain.generated_check import vouched
from validation.domain.layout import arrange, surroundings
from validation.domain.model import SuiteResult
from validation.domain.static import Family, StaticReport, family_of
from validation.domain.strictness import Place
from validation.domain.variations import Hints, callers_of, hints_of, inputs
from validation.engine.generated_tool import MEMORY_MIB, RESULT_BYTES, SKIPPED, module_name
from validation.engine.process import SuiteSettings, search_path, suite_limits
from validation.sandbox import runner
from validation.sandbox.spec import Mount, SandboxRequest
from validation.sandbox.toolroots import INSIDE, INSIDE_FOLDER, python_root

SECONDS = 8.0  # of all functions of one candidate, for one state of the code
FUNCTION_SECONDS = 1.5  # of one of them
CALL_SECONDS = 1.0  # processor time, after which new code has no answer
QUICK_SECONDS = 0.05  # what took the draft longer is no measure
MOST_FUNCTIONS = 8
MOST_CALLERS = 2  # of a function that tests call with nothing that could be recorded

Answers = dict[tuple[str, str], Mapping[str, str]]  # path, name -> input -> answer


@dataclass(frozen=True, slots=True)
class _Job:
    """The calls put to one function; the first ``recorded`` of them are as tests made them.

    ``about``: the changed function that the answers tell of, this one or one that it calls.
    """

    path: str
    name: str
    calls: tuple[str, ...]
    recorded: int
    about: str


class _Kept:
    """What drafts answered, by their code and the calls."""

    SIZE = 200

    def __init__(self) -> None:
        self._kept: OrderedDict[tuple[str, _Job], Mapping[str, str]] = OrderedDict()

    def find(self, digest: str, job: _Job) -> Mapping[str, str] | None:
        return self._kept.get((digest, job))

    def keep(self, digest: str, job: _Job, found: Mapping[str, str]) -> None:
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
    ``accepted`` is the draft with what else was accepted since. Python only.
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


def stable_answers(draft: Workspace, jobs: Sequence[_Job]) -> Answers:
    """What functions of the draft answer whenever they are asked; nothing of one that differs from itself."""
    digest = draft.digest()
    missing = [job for job in jobs if _kept.find(digest, job) is None]
    if missing:
        with ThreadPoolExecutor(2) as pool:
            first, second = pool.map(lambda back: _ask(draft, missing, reference=True, backwards=back), (False, True))
        for job in missing:
            rows, other = first.get((job.path, job.name), {}), second.get((job.path, job.name), {})
            common = {given: answer for given, answer in rows.items() if given in other}
            _kept.keep(digest, job, common if all(other[given] == answer for given, answer in common.items()) else {})
    return {(job.path, job.name): _kept.find(digest, job) or {} for job in jobs}


def _jobs(code: Workspace, draft: Workspace, suite: SuiteResult, places: Collection[Place]) -> list[_Job]:
    found: dict[tuple[str, str], _Job] = {}
    for path, recorded in suite.calls.items():
        mine = [place for place in places if place.path == path]
        if not mine or family_of(path) is not Family.PYTHON or path not in code.files or path not in draft.files:
            continue
        source = draft.files[path].content
        if draft.files[path].place.rpartition("/")[2] in SKIPPED:
            continue
        file, hints = FileGenerated(functions=functions_of(code.files[path].content)), hints_of(source)
        before = {one.name: one for one in functions_of(source)}
        for one in (one for place in mine for one in file.around(place.first, place.last) if one.name in before):
            asked = [one.name] if recorded.get(one.name) else callers_of(source, one.name)[:MOST_CALLERS]
            for name in asked:
                known = name in before and recorded.get(name) and vouched(suite, path, [before[one.name], before[name]])
                if known and (path, name) not in found and len(found) < MOST_FUNCTIONS:
                    made = inputs(recorded[name], hints.get(name, Hints()), name=name)
                    found[path, name] = _Job(path, name, tuple(made), len(recorded[name]), one.name)
    return list(found.values())


def _ask(workspace: Workspace, jobs: Sequence[_Job], *, reference: bool = False, backwards: bool = False) -> Answers:
    """What one state of the code answers; nothing where the sandbox refuses."""
    try:
        placed = arrange(workspace, surroundings(workspace))
        jobs = [job for job in jobs if job.path in workspace.files]
        root = python_root(workspace.python)
    except MgeError:
        return {}
    nonce = secrets.token_hex(16)
    config: dict[str, Any] = {
        "nonce": nonce,
        "sys_path": search_path(placed),
        "seconds": SECONDS,
        "function_seconds": FUNCTION_SECONDS,
        "call_seconds": CALL_SECONDS,
        "quick_seconds": QUICK_SECONDS,
        "reference": reference,
        "reversed": backwards,
        "jobs": [_told(job, workspace, placed) for job in jobs],
    }
    settings = SuiteSettings(timeout_seconds=SECONDS, memory_mib=MEMORY_MIB, coverage=False)
    outcome = runner.run(
        SandboxRequest(
            argv=(*root.argv, "-s", "-P", f"{INSIDE}/replay.py"),  # -I would not hear of the hash seed
            mounts=(*root.mounts, Mount(host=INSIDE_FOLDER, inside=INSIDE)),
            files={f"/work/{place}": content for place, content in placed.items()},
            env={"HOME": "/tmp", "PYTHONHASHSEED": str(int(backwards))},  # noqa: S108 - inside the sandbox
            stdin=json.dumps(config).encode(),
            limits=suite_limits(placed, settings, SECONDS + 6),
            result_channel=True,
            result_bytes=RESULT_BYTES,
        )
    )
    paths = {workspace.files[job.path].place: job.path for job in jobs}
    found = read_generated(outcome.result, nonce=nonce, functions=dict.fromkeys(paths, ()))
    return {(paths[place], name): rows for place, file in found.items() for name, rows in file.answers.items()}


def _told(job: _Job, workspace: Workspace, placed: Mapping[str, bytes]) -> dict[str, Any]:
    place = workspace.files[job.path].place
    return {"place": place, "module": module_name(place, placed), "name": job.name, "calls": job.calls,
            "recorded": job.recorded}  # fmt: skip


def _merged(report: StaticReport, workspace: Workspace, answers: Answers, jobs: Sequence[_Job]) -> StaticReport:
    files = dict(report.generated)
    for job in jobs:
        through = "" if job.name == job.about else f" through {job.name}"
        rows = {f"{through}{given}": answer for given, answer in answers.get((job.path, job.name), {}).items()}
        file = files.get(job.path) or FileGenerated(functions=functions_of(workspace.files[job.path].content))
        files[job.path] = replace(
            file, answers={**file.answers, job.about: {**file.answers.get(job.about, {}), **rows}}
        )
    return replace(report, generated=files)
