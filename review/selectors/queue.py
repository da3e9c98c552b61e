"""Pages of the queue: keyset on (priority, confidence, review_id), no code and no heavy JSON, no query per row."""

import base64
import json
import uuid
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum
from typing import Any

from django.db.models import Count, Exists, OuterRef, Q, QuerySet

from execution.events import latest
from execution.models import RunAtom
from kernel.states import REVIEW_OPEN, AtomStatus, ReviewStatus
from review.errors import BadCursor
from review.models import HumanReviewQueue, ReviewDecision
from review.selectors.access import DECIDED, STANDING, free_at, open_to, skipped_by, visible_reviews
from review.selectors.narrowing import Filters, narrowed, regenerating, sent_back

_COLUMNS = (
    "review_id", "atom_id", "masterplan_id", "masterplan__name", "run_id", "atom__path", "atom__symbol", "atom__kind",
    "atom__language", "confidence", "priority", "status", "reasons", "assigned_to", "claimed_until", "decision",
    "version", "created_at", "reviewed_at",
)  # fmt: skip

_KEY = ("priority", "confidence", "review_id")
_BAD_CURSOR = "The cursor is not one that this API gave out. Start again without it."


class View(StrEnum):
    """Ways to look at the queue."""

    NEEDS_ME = "needs_me"  # open and free, or held by me; what I skipped comes last
    PENDING = "pending"  # all that is open, held by others included
    FAILED = "failed"  # open, and the atom failed
    SENT_BACK = "sent_back"  # open again, with what the model made of a person's words
    REGENERATING = "regenerating"  # sent back, and the run still works on it
    TODAY = "today"  # decided since midnight (UTC), the newest first
    DONE = "done"  # decided, the newest first
    MINE = "mine"  # decided by me, the newest first


_NEWEST_FIRST = frozenset({View.REGENERATING, View.TODAY, View.DONE, View.MINE})


@dataclass(frozen=True, slots=True, kw_only=True)
class ReviewRow:
    """A row of the queue as people see it. A claim that has expired is shown as none."""

    review_id: uuid.UUID
    atom_id: uuid.UUID
    masterplan_id: uuid.UUID
    masterplan_name: str
    run_id: uuid.UUID
    path: str
    line: int | None
    symbol: str
    kind: str
    language: str
    wave: int | None
    confidence: float
    priority: int
    status: str
    reasons: Sequence[str]
    atom_status: str
    loc: int
    assigned_to: str | None
    claimed_until: datetime | None
    decision: str | None
    version: int
    created_at: datetime
    reviewed_at: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Counts:
    """Numbers of the queue; ``pending`` includes reviews whose claim has expired."""

    pending: int
    in_review: int
    done: int
    mine_today: int


@dataclass(frozen=True, slots=True, kw_only=True)
class QueuePage:
    """One page; ``as_of_id`` is the event sequence from which a socket goes on."""

    results: Sequence[ReviewRow]
    next: str | None
    counts: Counts
    as_of_id: int


def queue_page(user: Any, *, view: View, filters: Filters, cursor: str | None, limit: int, now: datetime) -> QueuePage:
    """One page of a view of the queue, with the counts of the same filters."""
    as_of_id = latest()  # first: a replay may repeat, never miss
    base = narrowed(visible_reviews(user), filters, now=now)
    if view in _NEWEST_FIRST:
        rows, following = _newest_page(_decided(base, view, user, now), cursor, limit)
    else:
        rows, following = _urgent_page(_open_phases(base, view, user, now), cursor, limit)
    return QueuePage(
        results=to_rows(rows, now=now), next=following, counts=counts(user, filters=filters, now=now), as_of_id=as_of_id
    )


def counts(user: Any, *, filters: Filters, now: datetime) -> Counts:
    """Numbers of what the user may see, within the filters (``q`` does not narrow them)."""
    base = narrowed(visible_reviews(user), Filters(masterplan=filters.masterplan, run=filters.run))
    numbers = base.order_by().aggregate(
        pending=Count("pk", filter=free_at(now)),
        in_review=Count("pk", filter=Q(status=ReviewStatus.IN_REVIEW, claimed_until__gt=now)),
        done=Count("pk", filter=DECIDED),
    )
    mine = ReviewDecision.objects.filter(STANDING, by=user.pk, at__gte=_midnight(now))
    for name, value in (("review__masterplan", filters.masterplan), ("review__run", filters.run)):
        mine = mine.filter(**{name: value}) if value else mine
    return Counts(mine_today=mine.count(), **numbers)


def _midnight(now: datetime) -> datetime:
    return now.replace(hour=0, minute=0, second=0, microsecond=0)


def row_of(review_id: uuid.UUID, *, now: datetime) -> ReviewRow:
    """One row, as the queue would show it. The caller has checked access."""
    return to_rows(HumanReviewQueue.objects.filter(pk=review_id).values(*_COLUMNS), now=now)[0]


def rows_of(review_ids: Sequence[uuid.UUID], *, now: datetime) -> list[ReviewRow]:
    """The rows of these reviews, the most urgent first. The caller has checked access."""
    rows = HumanReviewQueue.objects.filter(pk__in=review_ids).order_by("priority", "confidence", "review_id")
    return to_rows(rows.values(*_COLUMNS), now=now)


def to_rows(values: Iterable[dict[str, Any]], *, now: datetime) -> list[ReviewRow]:
    """Rows with the state of their atoms, read in one query for all."""
    found = list(values)
    atoms = {
        (atom["run_id"], atom["atom_id"]): atom
        for atom in RunAtom.objects.filter(
            run_id__in={row["run_id"] for row in found}, atom_id__in=[row["atom_id"] for row in found]
        )
        .order_by()
        .values("run_id", "atom_id", "wave_number", "status", "loc", "start_line")
    }
    return [_row(row, atoms.get((row["run_id"], row["atom_id"])), now) for row in found]


def _row(row: dict[str, Any], atom: Mapping[str, Any] | None, now: datetime) -> ReviewRow:
    expired = row["status"] == ReviewStatus.IN_REVIEW and row["claimed_until"] <= now
    plain = {name: row[name] for name in _COLUMNS if "__" not in name}
    if expired:
        plain |= {"status": ReviewStatus.PENDING, "assigned_to": None, "claimed_until": None}
    return ReviewRow(
        **plain,
        masterplan_name=row["masterplan__name"],
        path=row["atom__path"],
        line=atom["start_line"] if atom else None,
        symbol=row["atom__symbol"],
        kind=row["atom__kind"],
        language=row["atom__language"],
        wave=atom["wave_number"] if atom else None,
        atom_status=atom["status"] if atom else AtomStatus.PENDING,
        loc=atom["loc"] if atom else 0,
    )


def _open_phases(
    base: QuerySet[HumanReviewQueue], view: View, user: Any, now: datetime
) -> list[QuerySet[HumanReviewQueue]]:
    rows = base.filter(status__in=REVIEW_OPEN)
    if view is View.FAILED:
        failed = RunAtom.objects.filter(
            run_id=OuterRef("run_id"), atom_id=OuterRef("atom_id"), status=AtomStatus.FAILED
        )
        return [rows.filter(Exists(failed))]
    if view is View.PENDING:
        return [rows]
    if view is View.SENT_BACK:
        return [sent_back(rows)]
    mine = rows.filter(open_to(user, now))
    put_off = skipped_by(user)
    return [mine.exclude(pk__in=put_off), mine.filter(pk__in=put_off)] if put_off else [mine]


def _decided(base: QuerySet[HumanReviewQueue], view: View, user: Any, now: datetime) -> QuerySet[HumanReviewQueue]:
    if view is View.REGENERATING:
        return regenerating(base)
    if view is View.TODAY:
        return base.filter(DECIDED, reviewed_at__gte=_midnight(now))
    if view is View.DONE:
        return base.filter(DECIDED)
    by_me = ReviewDecision.objects.filter(STANDING, review=OuterRef("pk"), by=user.pk)
    return base.filter(Exists(by_me) & ~Q(status__in=REVIEW_OPEN))


def _urgent_page(
    phases: Sequence[QuerySet[HumanReviewQueue]], cursor: str | None, limit: int
) -> tuple[list[dict[str, Any]], str | None]:
    phase, *last = _read_cursor(cursor, (int, int, float, str)) if cursor else (0,)
    found: list[tuple[int, dict[str, Any]]] = []
    for number, rows in list(enumerate(phases))[phase:]:
        ordered = rows.order_by("priority", "confidence", "review_id")
        if last and number == phase:
            ordered = ordered.filter(_after(*last))
        found += [(number, row) for row in ordered.values(*_KEY)[: limit + 1 - len(found)]]
    page = found[:limit]
    following = None
    if len(found) > limit:
        number, row = page[-1]
        following = _write_cursor(number, row["priority"], row["confidence"], str(row["review_id"]))
    return _in_full([row["review_id"] for _, row in page]), following


def _in_full(review_ids: Sequence[uuid.UUID]) -> list[dict[str, Any]]:
    """These rows with what a page shows. Keys are found first: so a database sorts the queue without its joins."""
    rows = {row["review_id"]: row for row in HumanReviewQueue.objects.filter(pk__in=review_ids).values(*_COLUMNS)}
    return [rows[review_id] for review_id in review_ids if review_id in rows]


def _after(priority: int, confidence: float, review_id: str) -> Q:
    """Behind the given key; the first condition lets the index start there."""
    return Q(priority__gte=priority) & (
        Q(priority__gt=priority)
        | Q(confidence__gt=confidence)
        | Q(confidence=confidence, review_id__gt=_uuid(review_id))
    )


def _newest_page(
    rows: QuerySet[HumanReviewQueue], cursor: str | None, limit: int
) -> tuple[list[dict[str, Any]], str | None]:
    if cursor:
        at, review_id = _read_cursor(cursor, (str, str))
        moment = _moment(at)
        rows = rows.filter(Q(reviewed_at__lt=moment) | Q(reviewed_at=moment, review_id__gt=_uuid(review_id)))
    keys = rows.order_by("-reviewed_at", "review_id").values("review_id", "reviewed_at")
    found: list[dict[str, Any]] = [dict(row) for row in keys[: limit + 1]]
    page = found[:limit]
    full = _in_full([row["review_id"] for row in page])
    if len(found) <= limit:
        return full, None
    return full, _write_cursor(page[-1]["reviewed_at"].isoformat(), str(page[-1]["review_id"]))


def _write_cursor(*key: object) -> str:
    return base64.urlsafe_b64encode(json.dumps(key).encode()).decode().rstrip("=")


def _read_cursor(cursor: str, types: tuple[type, ...]) -> list[Any]:
    try:
        key = json.loads(base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)))
    except (ValueError, RecursionError) as error:
        raise BadCursor(_BAD_CURSOR) from error
    if not isinstance(key, list) or [type(part) for part in key] != list(types):
        raise BadCursor(_BAD_CURSOR)
    return key


def _uuid(text: str) -> uuid.UUID:
    try:
        return uuid.UUID(text)
    except ValueError as error:
        raise BadCursor(_BAD_CURSOR) from error


def _moment(text: str) -> datetime:
    try:
        return datetime.fromisoformat(text).astimezone(UTC)
    except (ValueError, OverflowError) as error:
        raise BadCursor(_BAD_CURSOR) from error
