"""What the assistant needs to know about atoms, read in bulk, and what it says."""

import dataclasses
import uuid
from collections import defaultdict
from collections.abc import Mapping, Sequence
from typing import Any

from execution.attempts.models import AtomRetryHistory
from execution.models import ExecutionRun
from kernel.text import storable
from review.assistant.assistant import AIAssistant, FailingTest, Subject, Tried
from review.domain.confidence import TEST_CHECKS
from review.selectors.drafts import draft_texts
from review.selectors.evidence import AtomFacts
from review.selectors.place import place_of
from review.selectors.suite import BAD, tests_of
from validation.domain.model import Status

_ISSUE = 500  # characters


def suggestions_for(run: ExecutionRun, facts: Sequence[AtomFacts]) -> dict[uuid.UUID, list[dict[str, Any]]]:
    """Suggestions for atoms of a run, by atom id, as stored and shown."""
    tried = _tried(run, [item.atom.atom_id for item in facts if item.atom.attempts])
    changed = [item.atom for item in facts if item.atom.code is not None or item.atom.atom_id in tried]
    drafts = draft_texts([atom.atom_id for atom in changed])
    assistant = AIAssistant()
    return {
        item.atom.atom_id: [
            dataclasses.asdict(suggestion) for suggestion in assistant.suggest(_subject(item, tried, drafts))
        ]
        for item in facts
    }


def issue_of(facts: AtomFacts) -> str | None:
    """The leading issue of an atom in one line: the first failed finding, else the newest error."""
    failed = [check for check in facts.own_checks if check["status"] == Status.FAILED]
    messages = [finding.get("message", "") for check in failed for finding in check.get("findings") or ()]
    messages += [check.get("reason", "") for check in failed] + [(facts.atom.last_error or {}).get("message", "")]
    first = next((str(message) for message in messages if message), None)
    return storable(first.split("\n", 1)[0][:_ISSUE]) if first else None


def _tried(run: ExecutionRun, atom_ids: Sequence[uuid.UUID]) -> Mapping[uuid.UUID, list[Tried]]:
    found: dict[uuid.UUID, list[Tried]] = defaultdict(list)
    rows = AtomRetryHistory.objects.filter(run=run, atom_id__in=atom_ids, code_generated__isnull=False)
    for row in rows.order_by("attempt_number"):
        found[row.atom_id].append(
            Tried(
                number=row.attempt_number,
                code=row.code_generated or "",
                success=row.success,
                model=row.llm_model,
                cost_usd=None if row.llm_cost_usd is None else float(row.llm_cost_usd),
            )
        )
    return found


def _subject(facts: AtomFacts, tried: Mapping[uuid.UUID, Sequence[Tried]], drafts: Mapping[uuid.UUID, str]) -> Subject:
    original = drafts.get(facts.atom.atom_id)
    current = facts.atom.code if facts.atom.code is not None else original
    blamed = any(check["name"] in TEST_CHECKS and check["status"] == Status.FAILED for check in facts.own_checks)
    reaching = tests_of(facts.atom, place_of(facts.atom)) if blamed else []
    return Subject(
        checks=facts.own_checks,
        current=current,
        original=original,
        tried=tried.get(facts.atom.atom_id, ()),
        failing=[FailingTest(id=test.id, message=test.message) for test in reaching if test.status in BAD],
    )
