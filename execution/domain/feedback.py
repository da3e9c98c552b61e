"""What the model is told about its last attempt: the newest evidence, with advice for its kind."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from execution.domain.prompts.fencing import Piece, fence, one_line

MAX_MESSAGE = 2_000
MAX_CODE = 12_000
MAX_TEST = 6_000
MAX_OUTPUT = 4_000
_IMPORT = re.compile(r"\b(ImportError|ModuleNotFoundError|ERR_MODULE_NOT_FOUND)\b|[Cc](annot|ould not) (find|import) ")


class Category(StrEnum):
    """Kinds of failure that want different advice."""

    SYNTAX = "syntax"
    NAME = "name"
    TYPE = "type"
    TEST_FAILURE = "test_failure"  # an assertion did not hold
    TEST_ERROR = "test_error"  # the code raised
    TIMEOUT = "timeout"
    IMPORT = "import"
    CONTRACT = "contract"
    EMPTY_REPLY = "empty_reply"
    FORGERY = "forgery"
    OTHER = "other"


class Approach(StrEnum):
    """How to go on after failures; the later ones are for attempts that stall."""

    REPAIR = "repair"
    MORE_CONTEXT = "more_context"
    WHOLE_PARENT = "whole_parent"  # write the whole function or class anew


ADVICE = {
    Category.SYNTAX: (
        "The code does not parse. Check brackets, quotes, colons and indentation, and that the answer is the range "
        "alone: no fence marks, no text around it, no lines from outside the range."
    ),
    Category.NAME: (
        "A name is used that nothing defines. Use the names of the contract and the context, spelled as they are "
        "there; define locals before use; the file's imports are all there is to import from."
    ),
    Category.TYPE: (
        "The types do not fit. Compare each call and return with the signatures in the contract and the context; "
        "handle the None or undefined case where the type allows it; do not silence the checker."
    ),
    Category.TEST_FAILURE: (
        "A test ran and its expectation did not hold. Follow the failing input through the code by hand, find the "
        "first value that differs from what the contract wants, and mend its cause, not this one case."
    ),
    Category.TEST_ERROR: (
        "The code raised while a test ran it. Find the line in the traceback that lies in the range, and the value "
        "that it did not expect: empty, None, another type, a missing key, out of range."
    ),
    Category.TIMEOUT: (
        "The code did not finish in time. Check that every loop and recursion comes nearer to its end on every path, "
        "and that the work does not grow much faster than its input. Do not wait or read input."
    ),
    Category.IMPORT: (
        "An import failed. Import only what exists in the project or its declared dependencies, by the right path and "
        "name; do not add an import that runs back to this file while it loads."
    ),
    Category.CONTRACT: (
        "The code no longer fits its contract. Keep the defined symbols, parameters, their order and defaults, return "
        "types and raised errors exactly; change only what is inside."
    ),
    Category.EMPTY_REPLY: (
        "The last answer held no code that could be used. Call submit_code once with the complete text of the range, "
        "or answer with one fenced code block and nothing else."
    ),
    Category.FORGERY: (
        "The code reaches for the test machinery or ends the process. Solve the task itself: no exits, no tracing, no "
        "patching or import of test frameworks, no look at who calls."
    ),
    Category.OTHER: "A check failed. Read its message, find what it points to in the range, and mend that alone.",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Failure:
    """What went wrong in one attempt. ``line`` is in the file, 1-based; ``code`` is what the attempt handed in.

    ``test_id``, ``test_source`` and ``output`` belong to a failing test: its name, its text (the input that fails and
    what it expects) and what running it printed.
    """

    category: Category
    message: str
    path: str = ""
    line: int | None = None
    code: str | None = None
    test_id: str = ""
    test_source: str = ""
    output: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Feedback:
    """A failure as the model is told of it. Equal ``fingerprint`` means the same error again."""

    category: Category
    place: str
    text: str
    fingerprint: str


def failure_of(error: Mapping[str, Any], *, code: str | None = None, test_source: str = "") -> Failure:
    """The failure in an error as attempts store it: ``{category, message, path, line, output, test_id?}``.

    An unknown category is ``other``; a name or type error about an import gets the advice for imports.
    """
    known = {str(category) for category in Category}
    category = Category(error["category"]) if error.get("category") in known else Category.OTHER
    message = str(error.get("message") or "")
    if category in (Category.NAME, Category.TYPE, Category.TEST_ERROR) and _IMPORT.search(message):
        category = Category.IMPORT
    return Failure(
        category=category,
        message=message,
        path=str(error.get("path") or ""),
        line=error.get("line"),
        code=code,
        test_id=str(error.get("test_id") or ""),
        test_source=test_source,
        output=str(error.get("output") or ""),
    )


class FeedbackGenerator:
    """Turns a failure into the section that the next prompt carries."""

    def build(self, failure: Failure) -> Feedback:
        """Category, message, place, previous code, failing test and its output, each bounded; then the advice."""
        place = _place(failure)
        parts = [
            f"The last attempt failed. Category: {failure.category}. Place: {place}.",
            _piece("message", failure.message, MAX_MESSAGE),
            _piece("previous code", failure.code or "", MAX_CODE),
            _piece("failing test", failure.test_source, MAX_TEST),
            _piece("output", failure.output, MAX_OUTPUT),
            f"Advice: {ADVICE[failure.category]}",
        ]
        return Feedback(
            category=failure.category,
            place=place,
            text="\n".join(part for part in parts if part),
            fingerprint=_fingerprint(failure),
        )


def approach(history: Sequence[Feedback]) -> Approach:
    """How to go on: the same error twice wants more context, three times the whole parent written anew."""
    same = 0
    for feedback in reversed(history):
        if feedback.fingerprint != history[-1].fingerprint:
            break
        same += 1
    if same < 2:
        return Approach.REPAIR
    return Approach.MORE_CONTEXT if same == 2 else Approach.WHOLE_PARENT


def _piece(name: str, text: str, limit: int) -> str:
    return fence(Piece(name=name, text=text), limit=limit) if text.strip() else ""


def _place(failure: Failure) -> str:
    where = one_line(failure.path) or "the answer"
    if failure.line is not None:
        where += f", line {failure.line}"
    return f"{where}, test {one_line(failure.test_id)}" if failure.test_id else where


def _fingerprint(failure: Failure) -> str:
    """Category, test and message without what changes from try to try: addresses, numbers, spacing, line numbers."""
    message = re.sub(r"0x[0-9a-fA-F]+", "0x", failure.message[:MAX_MESSAGE])
    message = re.sub(r"\d+(?:\.\d+)?", "0", message)
    return f"{failure.category}|{failure.test_id}|{' '.join(message.split())}"
