"""Decisions of people: approve, edit, reject, regenerate.

Order of locks: run, then review, as everywhere. Each decision is one short transaction that writes the review, the
audit row, the change to the run and the event; checks in the sandbox happen before it. Gates, in this order: the same
request again (answered as the first time), already decided, held by another, a version that is no longer current.
"""

import dataclasses
import uuid
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import F

from execution import changes
from execution.models import ExecutionRun
from kernel.errors import InvalidInput
from kernel.states import RUN_LIVE, ReviewStatus
from kernel.text import storable
from review.errors import EditFailed, KeyReused, Stale
from review.models import HumanReviewQueue, ReviewDecision
from review.selectors.access import get_review, open_to
from review.services.claims import refusal, tell_changed
from validation.domain.model import LevelResult, Status

MAX_FEEDBACK = 20_000  # characters
MAX_CODE = 1_000_000


class Verdict(StrEnum):
    """What a person decides."""

    APPROVE = "approve"
    EDIT = "edit"
    REJECT = "reject"
    REGENERATE = "regenerate"
    UNDO = "undo"


class ReasonCode(StrEnum):
    """Why a person rejects."""

    WRONG_LOGIC = "wrong_logic"
    WRONG_API = "wrong_api"
    TYPES = "types"
    TESTS = "tests"
    STYLE = "style"
    OTHER = "other"


_STATUS_AFTER = {
    Verdict.APPROVE: ReviewStatus.APPROVED,
    Verdict.EDIT: ReviewStatus.APPROVED,
    Verdict.REJECT: ReviewStatus.REJECTED,
    Verdict.REGENERATE: ReviewStatus.REGENERATED,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """Who asks for something about which review. The same ``idempotency_key`` again gets the same answer."""

    user: Any
    review_id: uuid.UUID
    now: datetime
    idempotency_key: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Request(Asked):
    """Who decides on which version of a review. ``active_ms``: time the person really looked."""

    version: int
    active_ms: int | None = None
    feedback: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """``revalidating``: the run is at work on what the decision changed."""

    review_id: uuid.UUID
    run_id: uuid.UUID
    revalidating: bool


def approve(request: Request) -> Outcome:
    """The atom is right as it stands."""
    return _decide(request, Verdict.APPROVE, apply=lambda review: changes.reviewed(review.run_id))


def edit(request: Request, *, code: str, override_reason: str = "") -> Outcome:
    """Put a person's code in place. Raises EditFailed where its checks fail and no reason to override is given."""
    _require_storable(code)
    if (repeat := _precheck(request, Verdict.EDIT)) is not None:
        return repeat
    result = check(user=request.user, review_id=request.review_id, code=code)
    failed = result.status is Status.FAILED
    if failed and not override_reason.strip():
        raise EditFailed(
            "The edited code does not pass its checks. Mend it, or give a reason to override.",
            checks=[dataclasses.asdict(check) for check in result.checks],
        )
    return _decide(
        request,
        Verdict.EDIT,
        apply=lambda review: changes.apply_edit(review.run_id, review.atom_id, code, result),
        modified_code=code,
        override_reason=storable(override_reason.strip(), limit=MAX_FEEDBACK) if failed else "",
    )


def check(*, user: Any, review_id: uuid.UUID, code: str) -> LevelResult:
    """Level 1 of an edit, really run in the sandbox; nothing is stored."""
    _require_storable(code)
    review = get_review(user, review_id)
    return changes.check_edit(review.run_id, review.atom_id, code)


def reject(request: Request, *, reason_code: ReasonCode) -> Outcome:
    """The proposal is wrong: the draft stands in the export, a hole stays a hole."""
    return _decide(
        request,
        Verdict.REJECT,
        apply=lambda review: changes.apply_reject(review.run_id, review.atom_id),
        reason_code=reason_code,
    )


def regenerate(request: Request) -> Outcome:
    """Close this row and let the model try again with the person's words; its result opens a new row."""
    return _decide(
        request,
        Verdict.REGENERATE,
        apply=lambda review: changes.regenerate(review.run_id, review.atom_id, storable(request.feedback)),
    )


def _require_storable(code: str) -> None:
    if len(code) > MAX_CODE:
        raise InvalidInput(f"The code has {len(code)} characters; at most {MAX_CODE} are taken.", field="code")
    if storable(code) != code:
        raise InvalidInput("The code holds NUL or half a surrogate pair, which cannot be stored.", field="code")


def _precheck(request: Request, verdict: Verdict) -> Outcome | None:
    """The gates before a costly check; the transaction tests them again."""
    review = get_review(request.user, request.review_id)
    if (repeat := repeat_of(request, verdict)) is not None:
        return repeat
    _gate(review, request)
    return None


def _decide(
    request: Request,
    verdict: Verdict,
    *,
    apply: Callable[[HumanReviewQueue], None] | None = None,
    reason_code: ReasonCode | None = None,
    modified_code: str | None = None,
    override_reason: str = "",
) -> Outcome:
    seen = get_review(request.user, request.review_id)
    feedback = storable(request.feedback, limit=MAX_FEEDBACK)
    audit = ReviewDecision(
        review_id=seen.pk,
        by_id=request.user.pk,
        decision=verdict,
        version_seen=request.version,
        reason_code=reason_code,
        feedback=feedback,
        override_reason=override_reason,
        active_ms=request.active_ms,
        idempotency_key=request.idempotency_key,
    )
    fields = {"reason_code": reason_code, "human_feedback": feedback or None, "modified_code": modified_code}
    try:
        with transaction.atomic():
            if apply is not None:
                ExecutionRun.objects.select_for_update().only("run_id").get(pk=seen.run_id)
            review = HumanReviewQueue.objects.select_for_update().get(pk=seen.pk)
            if (repeat := repeat_of(request, verdict)) is not None:
                return repeat
            _gate(review, request)
            audit.before = changes.snapshot(review.run_id, review.atom_id)
            _close(review, request, verdict, fields)
            audit.save()
            if apply is not None:
                apply(review)
            tell_changed(review)
            return outcome_of(review, verdict)
    except IntegrityError as error:
        if request.idempotency_key and ReviewDecision.objects.filter(idempotency_key=request.idempotency_key).exists():
            raise key_reused() from error  # the other request with this key won the race on another review
        raise


def _gate(review: HumanReviewQueue, request: Request) -> None:
    if not HumanReviewQueue.objects.filter(open_to(request.user, request.now), pk=review.pk).exists():
        raise refusal(review)
    if review.version != request.version:
        raise stale(review)


def _close(review: HumanReviewQueue, request: Request, verdict: Verdict, fields: dict[str, Any]) -> None:
    """The guarded update: of two decisions on one version only one finds its row."""
    current = HumanReviewQueue.objects.filter(open_to(request.user, request.now), pk=review.pk, version=request.version)
    closed = current.update(
        status=_STATUS_AFTER[verdict],
        decision=verdict,
        assigned_to=request.user.get_username()[:100],
        claimed_by=None,
        claimed_until=None,
        reviewed_at=request.now,
        version=F("version") + 1,
        **fields,
    )
    review.refresh_from_db()
    if not closed:
        raise stale(review)


def repeat_of(request: Asked, verdict: Verdict) -> Outcome | None:
    """The outcome of the same request if it came before; KeyReused where the key belongs to another."""
    if not request.idempotency_key:
        return None
    first = ReviewDecision.objects.filter(idempotency_key=request.idempotency_key).select_related("review").first()
    if first is None:
        return None
    if (first.review_id, first.by_id, first.decision) != (request.review_id, request.user.pk, verdict):
        raise key_reused()
    return outcome_of(first.review, verdict)


def outcome_of(review: HumanReviewQueue, verdict: Verdict) -> Outcome:
    """What is told about a decision: also when it is asked for again."""
    live = ExecutionRun.objects.filter(pk=review.run_id, status__in=RUN_LIVE).exists()
    return Outcome(review_id=review.pk, run_id=review.run_id, revalidating=live and verdict is not Verdict.APPROVE)


def stale(review: HumanReviewQueue) -> Stale:
    """The refusal of a decision on another version than the current one."""
    return Stale(
        f"This changed since you read it: it is version {review.version} now.",
        review_id=str(review.pk),
        version=review.version,
    )


def key_reused() -> KeyReused:
    """The refusal of a key that belongs to another decision."""
    return KeyReused("This idempotency key was used for another decision. Make a new one for each decision.")
