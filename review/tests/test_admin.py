"""The queue and its audit can be looked at in the admin, and not changed."""

import pytest
from django.contrib.auth.models import User
from django.test import Client

from execution.models import RunAtom
from review.models import ReviewDecision
from review.tests.world import make_review

pytestmark = [pytest.mark.django_db, pytest.mark.urls("review.tests.urls")]


def test_lists_show_and_nothing_can_be_changed(client: Client, atoms: list[RunAtom]) -> None:
    review = make_review(atoms[0])
    decision = ReviewDecision.objects.create(review=review, decision="skip", version_seen=1)
    client.force_login(User.objects.create_superuser("root"))
    for model, key in (("humanreviewqueue", review.pk), ("reviewdecision", decision.pk)):
        assert client.get(f"/admin/review/{model}/?q=").status_code == 200
        assert client.get(f"/admin/review/{model}/{key}/change/").status_code == 200
        assert client.get(f"/admin/review/{model}/add/").status_code == 403
        assert client.post(f"/admin/review/{model}/{key}/delete/").status_code == 403
