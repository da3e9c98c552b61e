"""Writes of the rollout beside the routing itself: bugs, and what people think of a run."""

from typing import Any

from django.db import transaction
from django.db.models.functions import Now

from execution import events
from execution.models import ExecutionRun
from kernel.errors import Conflict, InvalidInput, NotFound
from kernel.states import RUN_LIVE
from kernel.text import storable
from rollout.models import BugReport, RunFeedback


def report_bug(run: ExecutionRun, *, description: str, critical: bool, by: Any = None) -> BugReport:
    """Note a bug that was seen in a run. A critical one closes every gate and, where V2 is on, sends it back."""
    text = storable(description, limit=4000).strip()
    if not text:
        raise InvalidInput("Say what is wrong: a report needs a description.", field="description")
    with transaction.atomic():
        bug = BugReport.objects.create(run=run, critical=critical, description=text, by=_person(by))
        _tell("rollout.bug_reported", bug)
    return bug


def close_bug(bug_id: int, *, resolution: str, by: Any = None) -> BugReport:
    """Close a bug, saying why."""
    text = storable(resolution, limit=4000).strip()
    if not text:
        raise InvalidInput("Say how it was resolved.", field="resolution")
    with transaction.atomic():
        bug = BugReport.objects.filter(pk=bug_id).first()
        if bug is None:
            raise NotFound(f"There is no bug {bug_id}.")
        open_ = BugReport.objects.filter(pk=bug_id, closed_at=None)
        if not open_.update(closed_at=Now(), closed_by=_person(by), resolution=text):
            raise Conflict(f"Bug {bug_id} is closed already.")
        bug.refresh_from_db()
        _tell("rollout.bug_closed", bug)
    return bug


def give_feedback(run: ExecutionRun, *, score: int, word: str, user: Any) -> RunFeedback:
    """What a person thinks of a run that is at its end, 1 to 5; a second time replaces the first."""
    if not 1 <= score <= 5:
        raise InvalidInput(f"A score of {score} is not possible: give 1 to 5.", field="score")
    if run.status in RUN_LIVE:
        raise Conflict(f"Run {run.pk} is {run.status}: say how it was when it is at its end.", status=run.status)
    given, _ = RunFeedback.objects.update_or_create(
        run=run, user=user, defaults={"score": score, "word": storable(word, limit=450).strip()[:500]}
    )
    return given


def _person(by: Any) -> Any:
    return by if getattr(by, "is_authenticated", False) else None


def _tell(kind: str, bug: BugReport) -> None:
    events.publish(topic="flags", type=kind, data={"bug_id": bug.pk, "critical": bug.critical})
