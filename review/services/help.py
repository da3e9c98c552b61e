"""Searching for help in the background: asked for once for each text of an atom, kept, never in the way of a page.

A search is a row that is claimed by a guarded update and renewed while it runs; one that died is taken over by the next
who asks. Embedded it is a thread, with workers a task on the queue ``validate``.
"""

import dataclasses
import threading
import uuid
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import structlog
from django.conf import settings
from django.db import close_old_connections, connection, transaction
from django.db.models import Q
from django.utils import timezone

from execution.models import ExecutionRun, RunAtom
from kernel.errors import MgeError
from kernel.states import REVIEW_OPEN, AtomStatus
from kernel.text import storable
from review.assistant import model_help, search
from review.assistant.assistant import Suggestion
from review.models import HelpState, HumanReviewQueue, ReviewHelp
from review.selectors.access import get_review
from review.selectors.found_help import FoundHelp, digest_of, found_help, model_for
from review.services.claims import tell_changed

log = structlog.get_logger(__name__)
SILENT = timedelta(minutes=3)  # a search that has not told its progress for so long is dead
NOTHING = "no repair of the size of a mutation makes the failing tests pass"
NO_TEST = "no failing test reaches this atom, so there is nothing that a repair could be checked with"
_one_at_a_time = threading.Semaphore(1)  # a search uses every core that it gets


def ask(*, user: Any, review_id: uuid.UUID, with_model: bool = False) -> FoundHelp:
    """Search for help for the atom of a review, unless that was done for its text; return how far it is.

    ``with_model`` asks the configured model too, once for each text; that costs money and is booked on the run.
    """
    review = get_review(user, review_id)
    atom = RunAtom.objects.select_related("run").get(run_id=review.run_id, atom_id=review.atom_id)
    digest = digest_of(atom)
    _request(atom, digest, with_model=False)
    if with_model:
        _require_model(atom.run)
        _request(atom, digest, with_model=True)
    return found_help(atom, digest)


def look_ahead(review: HumanReviewQueue) -> None:
    """Somebody has opened a review: where a failing test blames its atom, begin to search before they ask."""
    blamed = RunAtom.objects.filter(
        run_id=review.run_id, atom_id=review.atom_id, status=AtomStatus.FAILED, suspiciousness__gt=0
    )
    if settings.MGE_SEARCH_ON_CLAIM and (atom := blamed.select_related("run").first()) is not None:
        _request(atom, digest_of(atom), with_model=False)


def _require_model(run: ExecutionRun) -> None:
    if model_for(run) is None:
        raise model_help.NoModel("no model configured: set ANTHROPIC_API_KEY or ANTHROPIC_BASE_URL.")


def _request(atom: RunAtom, digest: str, *, with_model: bool) -> None:
    row, created = ReviewHelp.objects.get_or_create(
        run_id=atom.run_id, atom_id=atom.atom_id, digest=digest, with_model=with_model
    )
    dead = Q(state=HelpState.RUNNING, until__lt=timezone.now()) | Q(state=HelpState.FAILED)
    again = ReviewHelp.objects.filter(dead, pk=row.pk).update(state=HelpState.WAITING)
    if created or again or row.state == HelpState.WAITING:
        transaction.on_commit(lambda: _dispatch(row.pk))


def _dispatch(help_id: int) -> None:
    if settings.DISPATCHER == "celery":
        from review.tasks import search_help  # noqa: PLC0415 - tasks import this module

        # Whoever runs foreign code all day may have no key of the model.
        with_model = ReviewHelp.objects.filter(pk=help_id, with_model=True).exists()
        search_help.apply_async((help_id,), queue="generate" if with_model else "validate")
        return
    threading.Thread(target=_in_thread, args=(help_id,), name=f"help-{help_id}", daemon=True).start()


def _in_thread(help_id: int) -> None:
    try:
        with _one_at_a_time:
            close_old_connections()
            work(help_id)
    finally:
        connection.close()


def work(help_id: int) -> None:
    """Do one search that waits; does nothing where somebody else took it."""
    waiting = ReviewHelp.objects.filter(pk=help_id, state=HelpState.WAITING)
    if not waiting.update(state=HelpState.RUNNING, until=timezone.now() + SILENT):
        return
    row = ReviewHelp.objects.get(pk=help_id)
    try:
        found, note = _search(row)
    except MgeError as error:
        _finish(row, HelpState.FAILED, [], error.message)
    except Exception as error:  # the boundary of a background job: what broke is told, not lost
        log.exception("help_search_broke", help=help_id)
        _finish(row, HelpState.FAILED, [], f"{type(error).__name__}: {error}")
    else:
        _finish(row, HelpState.DONE, found, note)


def _search(row: ReviewHelp) -> tuple[list[Suggestion], str]:
    atom = RunAtom.objects.select_related("run").get(run_id=row.run_id, atom_id=row.atom_id)
    evidence = search.evidence_of(atom.run)
    place = search.place_in(evidence, atom, row.atom.language)
    if place is None:
        return [], "nothing is written here yet"
    if row.with_model:
        found = model_help.from_model(atom.run, atom, place, evidence, attempt=row.pk)
        return found, model_help.paid_for(atom, attempt=row.pk)
    repaired = search.verified_repairs(atom.run, atom, place, evidence, _progress(row))
    fixes = list(search.tool_fixes(atom.run, atom, place, evidence))
    note = "" if repaired else NOTHING if search.failing_tests(evidence, atom.atom_id) else NO_TEST
    return [*repaired, *fixes], note


def _progress(row: ReviewHelp) -> Callable[[int, int], None]:
    def tell(tried: int, total: int) -> None:
        mine = ReviewHelp.objects.filter(pk=row.pk, state=HelpState.RUNNING)
        mine.update(tried=tried, total=total, until=timezone.now() + SILENT)

    return tell


def _finish(row: ReviewHelp, state: HelpState, found: list[Suggestion], note: str) -> None:
    with transaction.atomic():
        ReviewHelp.objects.filter(pk=row.pk, state=HelpState.RUNNING).update(
            state=state,
            suggestions=[dataclasses.asdict(item) for item in found],
            note=storable(note, limit=2000),
            until=None,
        )
        open_rows = HumanReviewQueue.objects.filter(run=row.run_id, atom=row.atom_id, status__in=REVIEW_OPEN)
        for review in open_rows:
            tell_changed(review)
