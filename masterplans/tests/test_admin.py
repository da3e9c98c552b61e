"""Plans in the admin: to find and to look at."""

import pytest
from django.contrib.auth.models import User
from django.test import Client

from masterplans.models import Masterplan, Team
from masterplans.selectors import visible_masterplans

pytestmark = pytest.mark.urls("masterplans.tests.api.urls")


def test_plans_are_found_and_shown_but_not_rewritten(plan: Masterplan, alice: User) -> None:
    browser = Client()
    browser.force_login(User.objects.create_superuser("root"))
    task = plan.tasks.get(target_path="words.py")
    assert "greeter" in browser.get("/admin/masterplans/masterplan/?q=alice&status__exact=approved").content.decode()
    for page in (f"masterplan/{plan.pk}", f"masterplantask/{task.pk}", f"masterplanfile/{plan.files.first().pk}"):  # type: ignore[union-attr]
        assert browser.get(f"/admin/masterplans/{page}/change/").status_code == 200
    assert "HELLO = " in browser.get(f"/admin/masterplans/masterplantask/{task.pk}/change/").content.decode()
    assert (
        "to be written"
        in browser.get(
            f"/admin/masterplans/masterplantask/{plan.tasks.get(target_path='greet.py').pk}/change/"
        ).content.decode()
    )
    assert browser.post(f"/admin/masterplans/masterplantask/{task.pk}/change/", {"name": "x"}).status_code == 403
    assert browser.get("/admin/masterplans/masterplan/add/").status_code == 403


def test_an_admin_makes_teams_and_shares_plans_with_them(plan: Masterplan, alice: User, bob: User) -> None:
    browser = Client()
    browser.force_login(User.objects.create_superuser("root"))
    made = browser.post("/admin/masterplans/team/add/", {"name": "blue", "members": [alice.pk, bob.pk]})
    assert made.status_code == 302
    team = Team.objects.get()
    assert not visible_masterplans(bob).exists()
    fields = {"name": "greeter", "description": "", "owner": alice.pk, "team": team.pk, "rules": "{}"}
    assert browser.post(f"/admin/masterplans/masterplan/{plan.pk}/change/", fields).status_code == 302
    assert visible_masterplans(bob).get() == plan
    assert visible_masterplans(alice).count() == 1, "an owner in her own team sees her plan once"
    shown = browser.get("/admin/masterplans/team/").content.decode()
    assert '<td class="field-people">2</td><td class="field-plans">1</td>' in shown
