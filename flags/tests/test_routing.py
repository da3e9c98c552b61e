"""Who gets which engine: the order of the rules, and the same answer every time."""

import hashlib
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.core.exceptions import ImproperlyConfigured
from hypothesis import given
from hypothesis import strategies as st
from waffle.models import Switch

from flags.models import FeatureFlag
from flags.pins import SWITCHES, check_pins
from flags.routing import Routing, bucket, decide, mode_for, switches
from kernel.states import ExecutionMode

MVP, V2, HYBRID = ExecutionMode.MVP, ExecutionMode.V2_ATOMS, ExecutionMode.HYBRID
OFF = {"enabled": False, "percentage": 0, "whitelist": frozenset(), "blacklist": frozenset(), "killed": False}


def routing(**changes: Any) -> Routing:
    return Routing(**{**OFF, "pinned": (), **changes})


def user(pk: int) -> User:
    return User(pk=pk, username=f"user{pk}")


@pytest.mark.parametrize(
    ("changes", "mode"),
    [
        ({}, MVP),
        ({"whitelist": {"7"}}, V2),
        ({"whitelist": {"user7"}}, V2),
        ({"whitelist": {"7"}, "blacklist": {"7"}}, MVP),
        ({"whitelist": {"7"}, "killed": True}, MVP),
        ({"enabled": True, "percentage": 100}, V2),
        ({"enabled": True, "percentage": 100, "blacklist": {"7"}}, MVP),
        ({"enabled": False, "percentage": 100}, MVP),
        ({"enabled": True, "percentage": 0}, MVP),
    ],
)
def test_the_rules_apply_in_their_order(changes: dict[str, Any], mode: ExecutionMode) -> None:
    assert decide(user(7), routing(**changes))[0] is mode


@given(st.integers(1, 10**9), st.integers(0, 100), st.integers(0, 100))
def test_a_user_on_v2_stays_there_at_every_higher_stage(pk: int, low: int, high: int) -> None:
    low, high = sorted((low, high))
    at = {p: decide(user(pk), routing(enabled=True, percentage=p))[0] for p in (low, high)}
    assert at[low] is MVP or at[high] is V2
    assert bucket(pk) == int(hashlib.md5(str(pk).encode()).hexdigest(), 16) % 100


def test_ten_thousand_users_split_as_the_percentage_says() -> None:
    on = sum(decide(user(pk), routing(enabled=True, percentage=25))[0] is V2 for pk in range(1, 10_001))
    assert abs(on / 100 - 25) <= 1.5


@pytest.mark.django_db
def test_the_database_routes_and_the_environment_overrides(monkeypatch: pytest.MonkeyPatch) -> None:
    alice = User.objects.create_user("alice")
    assert mode_for(alice) is MVP
    flag = FeatureFlag(name="ENABLE_V2", everyone=True, v2_percentage=100)
    flag.save()
    assert mode_for(alice) is HYBRID, "no phase is on yet"
    for name in SWITCHES:
        Switch.objects.create(name=name, active=True)
    assert mode_for(alice) is V2
    flag.kill_latch = True
    flag.save()
    assert mode_for(alice) is MVP
    flag.kill_latch = False
    flag.save()
    monkeypatch.setenv("FF_ENABLE_V2", "false")
    flag.whitelist.add(alice)
    assert mode_for(alice) is MVP, "FF_ENABLE_V2=false is the kill latch and beats the whitelist"
    monkeypatch.setenv("FF_ENABLE_V2", "true")
    monkeypatch.setenv("FF_V2_BLACKLIST_USERS", '["alice"]')
    assert mode_for(alice) is MVP
    monkeypatch.setenv("FF_ENABLE_WAVE_EXECUTION", "off")
    assert switches()["ENABLE_WAVE_EXECUTION"] is False


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("FF_ENABLE_V3", "true"),
        ("FF_ENABLE_V2", "perhaps"),
        ("FF_V2_PERCENTAGE", "101"),
        ("FF_V2_WHITELIST_USERS", "[broken"),
        ("FF_V2_BLACKLIST_USERS", '["a", '),
    ],
)
def test_a_malformed_pin_is_named(name: str, value: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(name, value)
    with pytest.raises(ImproperlyConfigured, match=name):
        check_pins()
