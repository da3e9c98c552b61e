"""Merged events say the same as all of them."""

from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from execution.domain.coalesce import coalesce, message_of

EVENTS = st.lists(
    st.tuples(
        st.sampled_from(["atoms.status", "run.progress", "run.phase", "run.status", "review.added"]),
        st.sampled_from(["r1", "r2"]),
        st.sampled_from("abc"),
        st.integers(0, 9),
    ),
    max_size=40,
)


def frames(events: list[tuple[str, str, str, int]]) -> list[dict[str, Any]]:
    made = []
    for number, (kind, run, key, value) in enumerate(events, start=1):
        data = {"atoms": [{"atom_id": key, "status": value}]} if kind == "atoms.status" else {key: value}
        made.append({"id": number, "type": kind, "run_id": run, "at": "t", "data": data})
    return made


def told(events: list[dict[str, Any]]) -> tuple[dict[Any, Any], list[Any]]:
    """What a page knows after these events, and the events that must not be merged."""
    known: dict[Any, Any] = {}
    single = []
    for event in events:
        if event["type"] == "atoms.status":
            known.update({(event["run_id"], row["atom_id"]): row["status"] for row in event["data"]["atoms"]})
        elif event["type"] in ("run.progress", "run.phase"):
            known.update({(event["run_id"], event["type"], key): value for key, value in event["data"].items()})
        else:
            single.append(event)
    return known, single


@given(EVENTS)
def test_a_page_knows_the_same_after_the_merged_events(events: list[tuple[str, str, str, int]]) -> None:
    every = frames(events)
    few = coalesce(every)
    assert told(few) == told(every)
    ids = [frame["id"] for frame in few]
    assert ids == sorted(set(ids))
    assert not every or ids[-1] == every[-1]["id"]
    kinds = [(f["run_id"], f["type"]) for f in few if f["type"] in ("atoms.status", "run.progress", "run.phase")]
    assert len(kinds) == len(set(kinds))


def test_one_frame_stays_itself_and_several_are_a_batch_up_to_the_newest() -> None:
    one, two = frames([("run.status", "r1", "a", 1), ("run.phase", "r1", "b", 2)])
    assert message_of([one], topic="run") is one
    batch = message_of([one, two], topic="run")
    assert (batch["type"], batch["id"], batch["data"]["frames"]) == ("batch", 2, [one, two])
