"""Rows of ``atom_retry_history``: every try at an atom, the draft as attempt 0 included."""

import uuid
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from execution.attempts.models import AtomRetryHistory
from kernel import rows
from kernel.text import storable

MICRO = Decimal(1_000_000)


@dataclass(frozen=True, slots=True, kw_only=True)
class Try:
    """One try as it goes into the history. ``cost_micro`` None: the price is unknown; ``error`` None: it passed."""

    atom_id: uuid.UUID
    number: int
    error: Mapping[str, Any] | None
    score: float | None
    code: str | None = None
    feedback: str | None = None
    model: str | None = None
    cost_micro: int | None = 0
    tokens_in: int | None = None
    tokens_out: int | None = None
    temperature: float | None = None
    effort: str | None = None


def record(run_id: uuid.UUID, tries: Iterable[Try]) -> None:
    """Store tries; one that stands already (a resumed run) is left as it was."""
    rows.insert_values(AtomRetryHistory, [_row(run_id, entry) for entry in tries], ignore_known=True)


def _row(run_id: uuid.UUID, entry: Try) -> dict[str, Any]:
    message = storable(str(entry.error.get("message", "")), limit=4000) if entry.error else None
    return {
        "run_id": run_id,
        "atom_id": entry.atom_id,
        "attempt_number": entry.number,
        "error_message": message,
        "feedback_prompt": storable(entry.feedback) if entry.feedback else None,
        "success": entry.error is None,
        "code_generated": storable(entry.code) if entry.code is not None else None,
        "llm_model": entry.model,
        "llm_cost_usd": None if entry.cost_micro is None else Decimal(entry.cost_micro) / MICRO,
        "llm_tokens_input": entry.tokens_in,
        "llm_tokens_output": entry.tokens_out,
        "temperature": entry.temperature,
        "effort": entry.effort,
        "error": dict(entry.error) if entry.error else None,
        "score": entry.score,
    }
