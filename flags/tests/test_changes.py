"""Changes of flags: a reason, a version, pins, and a history whatever door they came through."""

from typing import Any

import pytest
from django.apps import apps
from django.contrib.auth.models import Group, User
from django.core.management import call_command
from django.test import Client
from waffle.models import Switch

from flags import selectors
from flags.errors import FlagChanged, FlagPinned
from flags.models import FeatureFlag, FlagChange
from flags.routing import current, switches
from flags.services import change, version_of
from kernel.errors import InvalidInput, NotFound

pytestmark = pytest.mark.django_db
WAVES = "ENABLE_WAVE_EXECUTION"


def person(name: str, *roles: str) -> User:
    user = User.objects.create_user(name, is_staff="admin" in roles, is_superuser="admin" in roles)
    for role in roles:
        user.groups.add(Group.objects.get_or_create(name=role)[0])
    return user


def signed_in(name: str, *roles: str) -> Client:
    client = Client()
    client.force_login(person(name, *roles))
    return client


def set_(name: str, version: int | None = None, **fields: Any) -> FlagChange | None:
    return change(name, fields, reason="because", source=FlagChange.Source.COMMAND, version=version)


def patch(client: Client, name: str, **body: Any) -> Any:
    return client.patch(f"/api/v2/flags/{name}", body, content_type="application/json")


def test_a_change_is_in_force_at_once_and_its_history_says_who_and_why() -> None:
    alice = person("alice")
    entry = change(
        "ENABLE_V2",
        {"enabled": True, "percentage": 25, "whitelist": ["alice"]},
        reason="stage two",
        by=alice,
        source=FlagChange.Source.API,
    )
    assert entry is not None
    assert (entry.before, entry.by, entry.reason) == (
        {"enabled": False, "percentage": 0, "whitelist": []},
        alice,
        "stage two",
    )
    now = current()
    assert (now.enabled, now.percentage, now.whitelist) == (True, 25, frozenset({str(alice.pk)}))
    assert version_of("ENABLE_V2") == entry.pk
    assert set_("ENABLE_V2", percentage=25) is None, "nothing differs: nothing is recorded"
    event = apps.get_model("execution", "RunEvent").objects.get(topic="flags")
    assert event.data["fields"] == ["enabled", "percentage", "whitelist"]
    assert "alice" not in str(event.data), "everybody hears of it: no names"


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({"percentage": 101}, "0 to 100"),
        ({"percentage": -1}, "0 to 100"),
        ({"percentage": True}, "0 to 100"),
        ({"enabled": "yes"}, "true or false"),
        ({"whitelist": ["nobody"]}, "no user 'nobody'"),
        ({"colour": "red"}, "colour"),
    ],
)
def test_impossible_values_change_nothing(fields: dict[str, Any], words: str) -> None:
    with pytest.raises(InvalidInput, match=words):
        change("ENABLE_V2", fields, reason="why", source=FlagChange.Source.API)
    with pytest.raises(InvalidInput, match="reason"):
        change("ENABLE_V2", {"percentage": 5}, reason="  ", source=FlagChange.Source.API)
    with pytest.raises(NotFound, match="ENABLE_V3"):
        set_("ENABLE_V3", active=True)
    assert not FlagChange.objects.exists()


def test_of_two_admins_at_once_the_second_is_told() -> None:
    first = set_("ENABLE_V2", version=0, percentage=5)
    with pytest.raises(FlagChanged) as told:
        set_("ENABLE_V2", version=0, percentage=50)
    assert first is not None
    assert told.value.data["version"] == first.pk
    assert current().percentage == 5


def test_a_pin_refuses_every_door_and_names_its_variable(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FF_V2_PERCENTAGE", "10")
    monkeypatch.setenv(f"FF_{WAVES}", "true")
    with pytest.raises(FlagPinned, match="FF_V2_PERCENTAGE"):
        set_("ENABLE_V2", percentage=50)
    admin = signed_in("root", "admin")
    answer = patch(admin, WAVES, active=False, reason="why", version=0)
    assert (answer.status_code, answer.json()["code"]) == (409, "flag_pinned")
    assert f"FF_{WAVES}" in answer.json()["message"]
    Switch.objects.create(name=WAVES, active=False)
    with pytest.raises(FlagPinned, match=f"FF_{WAVES}"):
        call_command("waffle_switch", WAVES, "on")
    row = FeatureFlag.objects.create(name="ENABLE_V2")
    page = admin.get(f"/admin/flags/featureflag/{row.pk}/change/").content.decode()
    assert "Pinned by FF_V2_PERCENTAGE" in page
    shown = selectors.flag_payload("ENABLE_V2")
    assert (shown["percentage"], shown["pinned"]) == (10, {"percentage": "FF_V2_PERCENTAGE"})


def test_what_comes_past_our_services_is_in_the_history_too() -> None:
    call_command("waffle_switch", WAVES, "on", create=True)
    entry = FlagChange.objects.get()
    assert (entry.name, entry.after, entry.source) == (WAVES, {"active": True}, "outside")
    assert switches()[WAVES]


class TestAdmin:
    def test_the_change_needs_a_reason_and_is_audited(self) -> None:
        admin = signed_in("root", "admin")
        assert "ENABLE_V2" in admin.get("/admin/flags/featureflag/").content.decode()
        url = f"/admin/flags/featureflag/{FeatureFlag.objects.get().pk}/change/"
        form = {"everyone": "true", "v2_percentage": "25", "version_seen": "0", "reason": ""}
        assert "required" in admin.post(url, form).content.decode()
        assert admin.post(url, {**form, "reason": "stage two"}).status_code == 302
        entry = FlagChange.objects.get()
        assert (entry.source, entry.reason, str(entry.by)) == ("admin", "stage two", "root")
        assert current().percentage == 25
        late = admin.post(url, {**form, "v2_percentage": "50", "reason": "late"}, follow=True).content.decode()
        assert "was changed since you read it" in late
        assert current().percentage == 25
        assert "stage two" in admin.get("/admin/flags/flagchange/?q=stage").content.decode()

    def test_switches_are_ours(self) -> None:
        admin = signed_in("root", "admin")
        assert WAVES in admin.get("/admin/waffle/switch/").content.decode()
        url = f"/admin/waffle/switch/{Switch.objects.get(name=WAVES).pk}/change/"
        assert admin.post(url, {"active": "on", "version_seen": "0", "reason": "phase 6"}).status_code == 302
        assert FlagChange.objects.get().after == {"active": True}
        assert switches()[WAVES]

    def test_the_probe_says_which_mode_and_why(self) -> None:
        admin = signed_in("root", "admin")
        page = admin.get("/admin/flags/featureflag/probe/?user=root").content.decode()
        assert "<strong>mvp</strong>: ENABLE_V2 is off" in page
        assert "There is no user" in admin.get("/admin/flags/featureflag/probe/?user=<x>").content.decode()


class TestApi:
    def test_operators_look_and_admins_change(self) -> None:
        operator, admin = signed_in("oscar", "operator"), signed_in("root", "admin")
        flags = operator.get("/api/v2/flags").json()["flags"]
        assert [f["name"] for f in flags][:2] == ["ENABLE_V2", "ENABLE_AST_ATOMIZATION"]
        body = {"enabled": True, "percentage": 5, "reason": "start", "version": flags[0]["version"]}
        assert patch(operator, "ENABLE_V2", **body).status_code == 403
        changed = patch(admin, "ENABLE_V2", **body).json()
        assert (changed["percentage"], changed["last_change"]["by"]) == (5, "root")
        stale = patch(admin, "ENABLE_V2", **{**body, "percentage": 10})
        assert (stale.status_code, stale.json()["code"]) == (409, "flag_changed")
        assert patch(admin, "ENABLE_V2", percentage=101, reason="x", version=1).status_code == 400
        assert patch(admin, "ENABLE_V3", active=True, reason="x", version=0).status_code == 404
        assert patch(admin, WAVES, reason="x", version=0).status_code == 400
        history = operator.get("/api/v2/flags/history?name=ENABLE_V2").json()["results"]
        assert [(h["by"], h["reason"]) for h in history] == [("root", "start")]

    def test_the_probe_and_the_preview(self) -> None:
        operator = signed_in("oscar", "operator")
        answer = operator.get("/api/v2/flags/evaluate?user=oscar").json()
        assert (answer["mode"], answer["why"]) == ("mvp", "ENABLE_V2 is off")
        assert operator.get("/api/v2/flags/evaluate?user=nobody").status_code == 404
        assert operator.get("/api/v2/flags/evaluate").status_code == 400
        assert operator.get("/api/v2/flags/preview?percentage=100").json()["to_v2"] == User.objects.count()
        assert operator.get("/api/v2/flags/preview?percentage=101").status_code == 400
        assert signed_in("rita", "reviewer").get("/api/v2/flags").status_code == 403
