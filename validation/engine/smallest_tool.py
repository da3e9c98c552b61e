"""Where new code answers drawn inputs otherwise than a draft that tests vouch for: the smallest such input.

One run with both states, asked for only when there is a difference to tell of.
"""

import json
import secrets
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from kernel.errors import MgeError
from masterplans.domain.workspace import Workspace
from validation.domain.drawn import Drawn, answers_of, differing
from validation.domain.generated import FileGenerated, records_of
from validation.domain.generated_check import vouched
from validation.domain.layout import arrange, surroundings
from validation.domain.model import SuiteResult
from validation.domain.static import StaticReport
from validation.domain.strictness import Place
from validation.engine.generated_tool import DRAWING, DRAWN_ENV, MEMORY_MIB, module_name
from validation.engine.process import SuiteSettings, beside_foreign, search_path, suite_limits
from validation.sandbox import runner
from validation.sandbox.spec import MIB, Mount, SandboxRequest
from validation.sandbox.toolroots import INSIDE, INSIDE_FOLDER, python_root

SECONDS = 4.0
MOST = 3  # functions
NEW, OLD = "/work", "/tmp/draft"  # noqa: S108 - inside the sandbox


@dataclass(frozen=True, slots=True)
class _Job:
    path: str
    name: str


def with_smallest(
    new: StaticReport, old: StaticReport, *, code: Workspace, draft: Workspace, suite: SuiteResult,
    places: Collection[Place],
) -> tuple[StaticReport, StaticReport]:  # fmt: skip
    """Both reports, with the smallest input found for each difference of the functions around ``places``."""
    jobs = [job for job in _different(new, old, suite, places) if job.path in code.files and job.path in draft.files]
    rows = _run(code, draft, jobs[:MOST]) if jobs else {}
    for job, (given, expected, got) in rows.items():
        new, old = _with(new, job, given, got), _with(old, job, given, expected)
    return new, old


def _different(
    new: StaticReport, old: StaticReport, suite: SuiteResult, places: Collection[Place]
) -> Sequence[_Job]:  # fmt: skip
    found: dict[_Job, None] = {}
    for place in places:
        now, before = (report.generated.get(place.path, FileGenerated()) for report in (new, old))
        lines = {one.name: one for one in before.functions}
        for one in now.around(place.first, place.last):
            drawn = [file.drawn.get(one.name, Drawn()) for file in (before, now)]
            if differing(*drawn)[1] and one.name in lines and vouched(suite, place.path, [lines[one.name]]):
                found[_Job(place.path, one.name)] = None
    return list(found)


def _with(report: StaticReport, job: _Job, given: str, answer: str) -> StaticReport:
    file = report.generated[job.path]
    drawn = file.drawn[job.name]
    told = replace(drawn, answers={given: answer, **{k: v for k, v in drawn.answers.items() if k != given}})
    file = replace(file, drawn={**file.drawn, job.name: told})
    return replace(report, generated={**report.generated, job.path: file})


def _run(code: Workspace, draft: Workspace, jobs: Sequence[_Job]) -> Mapping[_Job, tuple[str, str, str]]:
    """Input, the draft's answer and the new one of each function; nothing of those for which none came."""
    try:
        placed, before = (arrange(one, surroundings(one)) for one in (code, draft))
        root = python_root(code.python)
    except MgeError:
        return {}
    nonce = secrets.token_hex(16)
    shown, late = beside_foreign(code, DRAWING)
    by_place = {(code.files[job.path].place, job.name): job for job in jobs}
    config: dict[str, Any] = {
        "nonce": nonce,
        "late_path": late,
        "new": {"root": f"{NEW}/", "sys_path": search_path(placed)},
        "old": {"root": f"{OLD}/", "sys_path": [path.replace(NEW, OLD, 1) for path in search_path(before)]},
        "jobs": [{"place": p, "module": module_name(p, placed), "name": name} for p, name in by_place],
    }
    files = {f"{NEW}/{place}": content for place, content in placed.items()}
    files |= {f"{OLD}/{place}": content for place, content in before.items()}
    settings = SuiteSettings(timeout_seconds=SECONDS, memory_mib=MEMORY_MIB, coverage=False)
    outcome = runner.run(
        SandboxRequest(
            argv=(*root.argv, "-s", f"{INSIDE}/generated_tests.py"),
            mounts=(*root.mounts, Mount(host=INSIDE_FOLDER, inside=INSIDE), *shown),
            files=files,
            env=DRAWN_ENV,
            stdin=json.dumps(config).encode(),
            limits=suite_limits(files, settings, SECONDS + 3),
            result_channel=True,
            result_bytes=MIB,
        )
    )
    found: dict[_Job, tuple[str, str, str]] = {}
    for record in records_of(outcome.result, nonce):
        job = by_place.get((str(record.get("place")), str(record.get("name"))))
        match record.get("row"):
            case [str() as given, str() as expected, str() as got] if job:
                [(given, expected)] = answers_of([[given, expected]])
                found[job] = (given, expected, dict(answers_of([[given, got]]))[given])
    return found
