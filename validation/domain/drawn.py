"""What typed pure functions did with inputs that hypothesis drew from their annotations, as plain values.

Answers are compared with the draft's like those to fixed inputs; and each state of the code is held to its own
annotations, which counts for less than a test that somebody wrote.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from kernel.text import storable

MAX_ANSWERS = 400  # of one function
ENOUGH = 5  # answers as annotated, below which nothing is said
LATE = "no answer in time"
ACCIDENT = "breaks with "  # no ``raise`` meant it: as the answer of a draft it is no measure
RAISED = "raises "
TYPE, ERROR = "type", "error"  # kinds of breaches that are held against new code; others are shown


@dataclass(frozen=True, slots=True, kw_only=True)
class Breach:
    """An answer against the annotations, at the smallest input found: ``said`` tells what was wanted and what came."""

    kind: str
    given: str
    said: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Drawn:
    """Answers by input, how many of them are values as annotated, and breaches; ``reason`` says why there are none.

    ``late``: for want of time, and not for what the function takes.
    """

    answers: Mapping[str, str] = field(default_factory=dict)
    fitting: int = 0
    breaches: tuple[Breach, ...] = ()
    reason: str = ""
    late: bool = False


def read_drawn(record: Mapping[str, Any]) -> Drawn:
    """Read one record of a run; whatever is malformed is left out."""
    fitting, reason = record.get("fitting"), record.get("reason")
    return Drawn(
        answers=dict(answers_of(record.get("answers"))),
        fitting=fitting if isinstance(fitting, int) else 0,
        breaches=tuple(_breaches(record.get("broken"))),
        reason=storable(reason, limit=300) if isinstance(reason, str) else "",
        late=record.get("late") is True,
    )


def answers_of(rows: object) -> Iterator[tuple[str, str]]:
    """Inputs and answers of a record, those that are malformed left out."""
    for row in rows[:MAX_ANSWERS] if isinstance(rows, list) else ():
        match row:
            case [str() as given, str() as answer]:
                yield storable(given, limit=1000), storable(answer, limit=1000)


def _breaches(rows: object) -> Iterator[Breach]:
    for row in rows[:5] if isinstance(rows, list) else ():
        match row:
            case [str() as kind, str() as given, str() as said]:
                yield Breach(kind=kind[:10], given=storable(given, limit=1000), said=storable(said, limit=600))


def differing(draft: Drawn, new: Drawn) -> tuple[int, list[str]]:
    """How many answers can be compared, and the inputs with another answer than the draft's, the simplest first."""
    common = [given for given, answer in draft.answers.items() if given in new.answers and _is_measure(answer)]
    other = [given for given in common if _told(draft.answers[given]) != _told(new.answers[given])]
    return len(common), sorted(other, key=lambda given: (len(given), given))


def _is_measure(answer: str) -> bool:
    return answer != LATE and not answer.startswith((ACCIDENT, "hole: "))


def _told(answer: str) -> str:
    """The same for an error that a ``raise`` made and one that an operation made of itself."""
    return RAISED + answer.removeprefix(ACCIDENT) if answer.startswith(ACCIDENT) else answer


def in_words(answer: str) -> str:
    """The answer as the end of a sentence about a call."""
    if answer == LATE:
        return f"has {LATE}"
    return answer if answer.startswith((ACCIDENT, RAISED)) else f"gives {answer}"


def new_breaches(draft: Drawn | None, new: Drawn) -> tuple[list[Breach], list[Breach]]:
    """Breaches that may be held against new code, and the others: meant perhaps, or the draft's too."""
    known = {(one.kind, _what(one)) for one in draft.breaches} if draft else set()
    held = [one for one in new.breaches if one.kind in (TYPE, ERROR) and (one.kind, _what(one)) not in known]
    return held, [one for one in new.breaches if one not in held]


def _what(breach: Breach) -> str:
    return "" if breach.kind == TYPE else breach.said.partition(":")[0]
