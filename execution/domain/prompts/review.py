"""The reviewer's assistant: issues, a suggested fix, alternatives."""

from collections.abc import Sequence
from dataclasses import dataclass

from execution.domain.prompts.fencing import RULE, Piece, fence, fences, one_line, whole
from execution.domain.prompts.prompt import Prompt, text, tool

VERSION = "review-1"
MAX_TOKENS = 8_000
MAX_CONTEXT = 24_000

_SYSTEM = f"""\
You help a person who reviews one small piece of code, a range of a file. They decide; you show them what to look at.

How to answer
- Call the tool submit_review once. Report only what you can point to: a line of the range, what is wrong with it, what
  it does to whoever uses it. An empty list is a good answer. No praise, no style remarks that a formatter settles.
- fix: the complete replacement of the range with all issues mended, or an empty text where nothing is wrong.
- alternatives: at most two other ways to write the range, each complete, with what it gains and loses.

{RULE}
"""

_ISSUE = {
    "type": "object",
    "properties": {
        "line": {"type": "integer", "description": "Line in the file; the request says at which the range starts."},
        "severity": {"type": "string", "enum": ["error", "warning", "info"]},
        "message": text("What is wrong and what follows from it."),
    },
    "required": ["line", "severity", "message"],
    "additionalProperties": False,
}
_ALTERNATIVE = {
    "type": "object",
    "properties": {
        "title": text("In a few words."),
        "code": text("The complete replacement of the range."),
        "tradeoff": text("What it gains and loses."),
    },
    "required": ["title", "code", "tradeoff"],
    "additionalProperties": False,
}

SUBMIT_REVIEW = tool(
    "submit_review",
    "Hand in the review. Call it exactly once.",
    {
        "issues": {"type": "array", "items": _ISSUE},
        "fix": text("The complete replacement of the range, or an empty text."),
        "alternatives": {"type": "array", "items": _ALTERNATIVE},
    },
)


@dataclass(frozen=True, slots=True, kw_only=True)
class ReviewBrief:
    """One atom under review. ``findings`` are what the tools said, ``question`` what the reviewer asks, if anything."""

    path: str
    language: str
    symbol: str
    first_line: int
    code: str
    contract: str = ""
    findings: Sequence[str] = ()
    context: Sequence[Piece] = ()
    question: str = ""


def build(brief: ReviewBrief) -> Prompt:
    """The prompt for a review of one atom."""
    findings = Piece(name="findings", text="\n".join(brief.findings))
    question = Piece(name="question", text=brief.question)
    parts = [
        f"File: {one_line(brief.path)}\nLanguage: {brief.language}\nSymbol: {one_line(brief.symbol)}",
        f"The range starts at line {brief.first_line}.",
        f"The contract:\n{fence(Piece(name='contract', text=brief.contract), limit=8_000)}" if brief.contract else "",
        f"What it uses, and who uses it:\n{fences(brief.context, limit=MAX_CONTEXT)}" if brief.context else "",
        f"What the tools found:\n{fence(findings, limit=8_000)}" if brief.findings else "",
        f"The range:\n{whole(Piece(name='range', text=brief.code))}",
        f"The reviewer asks:\n{fence(question, limit=4_000)}" if brief.question.strip() else "",
        "Answer through submit_review.",
    ]
    user = "\n\n".join(part for part in parts if part)
    return Prompt(version=VERSION, system=(_SYSTEM,), user=user, tool=SUBMIT_REVIEW, max_tokens=MAX_TOKENS)
