"""Many events of a moment as few: nobody can look at more than about ten frames a second.

Only what says a state is merged, and the newest word wins: the statuses of atoms, the counts and phases of one run. Its
place is that of the newest of those merged, so that what follows it still does. Everything else stays as it is.
"""

from collections.abc import Sequence
from typing import Any

Frame = dict[str, Any]
_STATES = frozenset({"run.progress", "run.phase"})


def coalesce(frames: Sequence[Frame]) -> list[Frame]:
    """The same news in fewer frames, in order; each keeps the id of the newest event in it."""
    merged: list[Frame] = []
    place: dict[tuple[Any, str], Frame] = {}
    for frame in frames:
        key = (frame["run_id"], frame["type"])
        old = place.get(key)
        new = frame
        if old is not None and frame["type"] == "atoms.status":
            rows = {row["atom_id"]: row for row in [*old["data"].get("atoms", []), *frame["data"].get("atoms", [])]}
            new = {**frame, "data": {**frame["data"], "atoms": list(rows.values())}}
        elif old is not None and frame["type"] in _STATES:
            new = {**frame, "data": {**old["data"], **frame["data"]}}
        else:
            old = None
        if old is not None:
            merged = [item for item in merged if item is not old]
        merged.append(new)
        place[key] = new
    return merged


def message_of(frames: Sequence[Frame], *, topic: str) -> Frame:
    """One frame alone as it is; several as one ``batch`` whose ``data.frames`` are to be taken one after the other."""
    if len(frames) == 1:
        return frames[0]
    last = max(frames, key=lambda frame: frame["id"])
    return {
        "id": last["id"],
        "topic": topic,
        "type": "batch",
        "at": last["at"],
        "run_id": None,
        "masterplan_id": None,
        "data": {"frames": list(frames)},
    }
