"""Claims: expiry, renewal, two reviewers at once."""

import threading
import uuid
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.db import connection

from execution.models import ExecutionRun, RunAtom, RunEvent
from review.errors import AlreadyDecided, ClaimedByAnother, QueueEmpty, ReviewNotFound
from review.models import HumanReviewQueue
from review.selectors.narrowing import Filters
from review.selectors.queue import View, queue_page
from review.services import claims
from review.tests.world import make_atoms, make_plan, make_review, make_run, real_transactions

NOW = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)
LATER = NOW + timedelta(seconds=301)  # MGE_CLAIM_SECONDS is 300


@pytest.fixture
def review(atoms: list[RunAtom]) -> HumanReviewQueue:
    """One open review."""
    return make_review(atoms[0])


def shown(user: User, review: HumanReviewQueue, now: datetime) -> Any:
    page = queue_page(user, view=View.PENDING, filters=Filters(), cursor=None, limit=10, now=now)
    return next(row for row in page.results if row.review_id == review.pk)


def test_a_claim_is_seen_by_others_and_expires(alice: User, dora: User, review: HumanReviewQueue) -> None:
    claims.claim(user=alice, review_id=review.pk, now=NOW)
    row = shown(dora, review, NOW)
    assert (row.status, row.assigned_to, row.claimed_until) == ("in_review", "alice", NOW + timedelta(seconds=300))
    with pytest.raises(ClaimedByAnother) as refused:
        claims.claim(user=dora, review_id=review.pk, now=NOW)
    assert dict(refused.value.data) == {"by": "alice", "until": "2026-11-23T12:05:00+00:00"}
    assert shown(dora, review, LATER).status == "pending"
    claims.claim(user=dora, review_id=review.pk, now=LATER)
    assert shown(alice, review, LATER).assigned_to == "dora"
    assert RunEvent.objects.filter(type="review.changed").count() == 2


def test_the_holder_renews_even_after_the_claim_ran_out_unless_it_was_taken(
    alice: User, dora: User, review: HumanReviewQueue
) -> None:
    claims.claim(user=alice, review_id=review.pk, now=NOW)
    claims.claim(user=alice, review_id=review.pk, now=LATER)
    assert shown(alice, review, LATER).claimed_until == LATER + timedelta(seconds=300)
    claims.claim(user=dora, review_id=review.pk, now=LATER + timedelta(hours=1))
    with pytest.raises(ClaimedByAnother):
        claims.claim(user=alice, review_id=review.pk, now=LATER + timedelta(hours=1))


def test_a_claim_leaves_the_version_alone(alice: User, review: HumanReviewQueue) -> None:
    claims.claim(user=alice, review_id=review.pk, now=NOW)
    claims.release(user=alice, review_id=review.pk)
    review.refresh_from_db()
    assert (review.version, review.status, review.claimed_until) == (1, "pending", None)


def test_only_the_holder_releases(alice: User, dora: User, review: HumanReviewQueue) -> None:
    claims.claim(user=alice, review_id=review.pk, now=NOW)
    claims.release(user=dora, review_id=review.pk)
    assert shown(dora, review, NOW).assigned_to == "alice"


def test_a_decided_review_cannot_be_claimed(alice: User, review: HumanReviewQueue) -> None:
    HumanReviewQueue.objects.update(status="approved")
    with pytest.raises(AlreadyDecided):
        claims.claim(user=alice, review_id=review.pk, now=NOW)


def test_nobody_claims_what_they_may_not_see(bob: User, review: HumanReviewQueue) -> None:
    with pytest.raises(ReviewNotFound):
        claims.claim(user=bob, review_id=review.pk, now=NOW)
    with pytest.raises(QueueEmpty):
        claims.claim_next(user=bob, filters=Filters(), now=NOW)


def test_next_is_the_most_urgent_and_what_i_skipped_comes_last(alice: User, dora: User, atoms: list[RunAtom]) -> None:
    first, second, third = (make_review(atom, priority=n) for n, atom in enumerate(atoms[:3], start=1))
    assert claims.claim_next(user=alice, filters=Filters(), now=NOW) == first.pk
    claims.skip(user=alice, review_id=first.pk, now=NOW)
    assert claims.claim_next(user=alice, filters=Filters(), now=NOW) == second.pk
    assert claims.claim_next(user=dora, filters=Filters(), now=NOW) == first.pk
    claims.release(user=dora, review_id=first.pk)
    page = queue_page(alice, view=View.NEEDS_ME, filters=Filters(), cursor=None, limit=2, now=NOW)
    assert [row.review_id for row in page.results] == [second.pk, third.pk]
    page = queue_page(alice, view=View.NEEDS_ME, filters=Filters(), cursor=page.next, limit=2, now=NOW)
    assert [row.review_id for row in page.results] == [first.pk]
    assert page.next is None


def test_next_keeps_to_the_plan_asked_for(alice: User, atoms: list[RunAtom]) -> None:
    make_review(atoms[0])
    other = make_run(make_plan(alice, "Other"))
    wanted = make_review(make_atoms(other, 1)[0], priority=9)
    assert claims.claim_next(user=alice, filters=Filters(masterplan=other.masterplan_id), now=NOW) == wanted.pk


@real_transactions
def test_reviewers_at_once_never_get_the_same_one() -> None:
    owner = User.objects.create_user("owner")
    run: ExecutionRun = make_run(make_plan(owner))
    for priority, atom in enumerate(make_atoms(run, 12), start=1):
        make_review(atom, priority=priority)
    taken: list[uuid.UUID] = []
    people = [User.objects.create_superuser(f"admin{n}") for n in range(4)]

    def work(user: User) -> None:
        try:
            while True:
                taken.append(claims.claim_next(user=user, filters=Filters(), now=NOW))
        except QueueEmpty:
            return
        finally:
            connection.close()

    threads = [threading.Thread(target=work, args=(user,)) for user in people]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(taken) == 12
    assert len(set(taken)) == 12
