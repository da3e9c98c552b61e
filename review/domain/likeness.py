"""When two reviews ask for the same decision: the same change for the same reason."""

import difflib
import hashlib
import re
from collections.abc import Sequence
from dataclasses import dataclass

_PLACES = re.compile(r"\b\d+\b|0x[0-9a-f]+")


@dataclass(frozen=True, slots=True, kw_only=True)
class Likeness:
    """``key`` is equal for reviews alike; ``kind`` says what they share: a change, or (nothing changed) a finding."""

    kind: str
    key: str


def likeness(
    *, original: str | None, proposal: str | None, reasons: Sequence[str], issue: str | None
) -> Likeness | None:
    """What a review has in common with others like it; None where there is nothing to compare.

    A change is its removed and added lines, without indentation and what did not change, so that one rename at many
    places is one change. Where the draft stands, it is the leading issue, without line numbers and figures.
    """
    changed = [] if proposal is None else _changed_lines(original or "", proposal)
    if changed:
        return Likeness(kind="change", key=_digest([*reasons, "", *changed]))
    if issue:
        return Likeness(kind="finding", key=_digest([*reasons, "", _PLACES.sub("#", issue).strip()]))
    return None


def _changed_lines(before: str, after: str) -> list[str]:
    old, new = ([line.strip() for line in text.splitlines() if line.strip()] for text in (before, after))
    lines = difflib.unified_diff(old, new, lineterm="", n=0)
    return [line for line in lines if line[:1] in "+-" and not line.startswith(("+++", "---"))]


def _digest(parts: Sequence[str]) -> str:
    return hashlib.sha256("\n".join(parts).encode("utf-8", "surrogatepass")).hexdigest()
