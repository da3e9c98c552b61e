"""What the assistant found by searching, for the text of an atom as it stands now."""

import hashlib
import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from execution.models import ExecutionRun, RunAtom
from llm.client import configured
from review.assistant.assistant import Kind
from review.models import HelpState, ReviewHelp
from review.selectors.access import get_review
from review.selectors.drafts import draft_texts
from review.selectors.place import place_of
from review.selectors.suite import BAD, tests_of


@dataclass(frozen=True, slots=True, kw_only=True)
class FoundHelp:
    """``state`` None: nobody searched yet. ``tried`` of ``total`` candidates were run (None: not counted yet).

    ``model`` may be asked too; None where none is configured for the run, or it was asked about this text already.
    """

    state: str | None
    tried: int
    total: int | None
    note: str
    suggestions: Sequence[dict[str, Any]]
    model: str | None

    @property
    def found(self) -> int:
        """How many suggestions the search gave."""
        return len(self.suggestions)


def digest_of(atom: RunAtom) -> str:
    """The key of the cache: the atom's text as it stands, and the failing tests that reach it."""
    text = atom.code if atom.code is not None else draft_texts([atom.atom_id]).get(atom.atom_id, "")
    failing = [test.id for test in tests_of(atom, place_of(atom)) if test.status in BAD]
    return key_of(text, failing)


def key_of(text: str | None, failing: Sequence[str]) -> str:
    """The digest of a text and the ids of failing tests."""
    return hashlib.sha256("\0".join([text or "", *sorted(failing)]).encode("utf-8", "surrogatepass")).hexdigest()


def found_help(atom: RunAtom, digest: str) -> FoundHelp:
    """All that was found for this state of the atom; one query."""
    rows = list(ReviewHelp.objects.filter(run_id=atom.run_id, atom_id=atom.atom_id, digest=digest).order_by("pk"))
    states = [row.state for row in rows]
    open_states = [state for state in (HelpState.RUNNING, HelpState.WAITING) if state in states]
    newest = rows[-1] if rows else None
    return FoundHelp(
        state=open_states[0] if open_states else (newest.state if newest else None),
        tried=sum(row.tried for row in rows),
        total=sum(row.total or 0 for row in rows) if rows and rows[0].total is not None else None,
        note=newest.note if newest else "",
        suggestions=[in_full(item) for row in rows for item in row.suggestions],
        model=None if any(row.with_model and row.state == HelpState.DONE for row in rows) else model_for(atom.run),
    )


def in_full(stored: Mapping[str, Any]) -> dict[str, Any]:
    """A suggestion with every field: those stored by earlier versions name no kind, model and price."""
    kind = Kind.ISSUE if stored.get("code") is None else Kind.FIX
    return {"kind": kind, "model": None, "cost_usd": None, **stored}


def model_for(run: ExecutionRun) -> str | None:
    """The model that may be asked about atoms of a run, None where none is configured."""
    model: str | None = run.settings.get("model") if configured() else None
    return model


def help_of(user: Any, review_id: uuid.UUID) -> FoundHelp:
    """What was found for the atom of a review that the user may see."""
    review = get_review(user, review_id)
    atom = RunAtom.objects.select_related("run").get(run_id=review.run_id, atom_id=review.atom_id)
    return found_help(atom, digest_of(atom))
