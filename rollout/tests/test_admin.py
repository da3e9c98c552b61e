"""Bugs and feedback in Django admin: looked up, closed with a resolution, never made, changed or deleted."""

from django.contrib.auth.models import User
from django.test import Client

from rollout.models import BugReport
from rollout.services import give_feedback, report_bug
from rollout.tests.conftest import Ended

BUGS = "/admin/rollout/bugreport/"


def admin() -> Client:
    client = Client()
    client.force_login(User.objects.create_superuser("root"))
    return client


def test_a_bug_is_closed_once_and_by_saying_how(ended: Ended) -> None:
    run, client = ended(1)[0], admin()
    bug = report_bug(run, description="rounds <b>prices</b>", critical=True)
    assert "rounds &lt;b&gt;prices" in client.get(f"{BUGS}?state=open&q=prices").content.decode()
    page = f"{BUGS}{bug.pk}/change/"
    client.post(page, {"resolution": "mended in 2.1", "critical": "", "description": "nothing"})
    bug.refresh_from_db()
    assert (bug.resolution, str(bug.closed_by), bug.critical) == ("mended in 2.1", "root", True)
    assert bug.description == "rounds <b>prices</b>"
    closed_at = bug.closed_at
    assert closed_at is not None
    client.post(page, {"resolution": "again"})
    bug.refresh_from_db()
    assert (bug.resolution, bug.closed_at) == ("mended in 2.1", closed_at)
    assert client.post(f"{BUGS}{bug.pk}/delete/", {"post": "yes"}).status_code == 403
    assert client.get(f"{BUGS}add/").status_code == 403
    assert "prices" not in client.get(f"{BUGS}?state=open").content.decode()
    assert BugReport.objects.count() == 1


def test_feedback_is_only_read(ended: Ended) -> None:
    run, client = ended(1)[0], admin()
    given = give_feedback(run, score=2, word="slow", user=User.objects.get(username="alice"))
    assert "slow" in client.get("/admin/rollout/runfeedback/?q=slow").content.decode()
    client.post(f"/admin/rollout/runfeedback/{given.pk}/change/", {"score": 5, "word": "great"})
    given.refresh_from_db()
    assert (given.score, given.word) == (2, "slow")
