"""What makes two reviews alike."""

from review.domain.likeness import Likeness, likeness


def alike(**fields: object) -> Likeness | None:
    given = {"original": None, "proposal": None, "reasons": ["types fail"], "issue": None} | fields
    return likeness(**given)  # type: ignore[arg-type]  # the fields of the test at hand


def test_the_same_change_at_another_place_is_alike() -> None:
    one = alike(original="def f():\n    return old(1)\n", proposal="def f():\n    return new(1)\n")
    two = alike(original="    x = 1\n    return old(1)\n", proposal="    x = 1\n    return new(1)\n")
    assert one == two
    assert one is not None
    assert one.kind == "change"


def test_another_change_or_another_reason_is_not() -> None:
    one = alike(original="return old(1)", proposal="return new(1)")
    assert one != alike(original="return old(1)", proposal="return new(2)")
    assert one != alike(original="return old(1)", proposal="return new(1)", reasons=["failing test"])


def test_without_a_change_the_same_finding_counts_wherever_it_stands() -> None:
    one = alike(original="a", proposal=None, issue="line 12: `Any` not defined")
    assert one == alike(original="b", proposal=None, issue="line 340: `Any` not defined")
    assert one != alike(original="b", proposal=None, issue="line 340: `List` not defined")
    assert alike() is None
