"""Tests for a file that came with code and without tests."""

from collections.abc import Sequence
from dataclasses import dataclass

from execution.domain.feedback import Feedback
from execution.domain.prompts.fencing import RULE, Piece, fence, fences, one_line
from execution.domain.prompts.generate import ProjectBrief
from execution.domain.prompts.prompt import Prompt, text, tool
from execution.domain.prompts.skeleton import about

VERSION = "unit-tests-1"
MAX_TOKENS = 16_000
MAX_FILE = 40_000  # characters of the file under test
MAX_CONTEXT = 24_000

_SYSTEM = f"""\
You write tests for one file of a program that came without any. Nobody has said that the file is right: your tests
shall find out. They will be marked as written by a model, and people read those that the file does not pass.

How to answer
- Call the tool submit_tests once. If you cannot call tools, answer with one fenced code block and nothing else.
- tests: one complete test file. Python: pytest. JavaScript and TypeScript: node:test with node:assert/strict.
- Expect what names, types, docs and the task's description promise, not what the code happens to do. Where they leave
  open what is right, test what is beyond doubt alone: an input's kind of result, its limits, laws that must hold.
- Import the file by the path that it has in the project, and test it through what it offers to others.
- Small tests with telling names, each for one behaviour: the usual case, limits, empty input, errors that are promised.
- Deterministic: no network, no clock, no waiting, no files outside a temporary folder, no randomness without a seed.
- Do not patch, copy or rewrite the code under test, and do not skip tests.

{RULE}
"""

SUBMIT_TESTS = tool("submit_tests", "Hand in the test file. Call it exactly once.", {"tests": text("The test file.")})


@dataclass(frozen=True, slots=True, kw_only=True)
class UntestedFile:
    """A task with code and without tests. ``uses`` are the files that it imports, ``tests_path`` where tests will lie.

    ``cases``: what the plan says about the task's acceptance.
    """

    path: str
    language: str
    description: str
    code: str
    tests_path: str
    attempt: int = 1
    cases: Sequence[str] = ()
    uses: Sequence[Piece] = ()


def build(file: UntestedFile, *, project: ProjectBrief, feedback: Feedback | None = None) -> Prompt:
    """The prompt for the tests of one file."""
    accepted = Piece(name="acceptance", text="\n".join(file.cases))
    parts = [
        f"File: {one_line(file.path)}\nLanguage: {file.language}\nAttempt: {file.attempt}",
        f"The tests go to {one_line(file.tests_path)} and run from the root of the project.",
        "What the file is for:\n" + fence(Piece(name="task", text=file.description), limit=8_000),
        f"Acceptance:\n{fence(accepted, limit=8_000)}" if file.cases else "",
        f"The file:\n{fence(Piece(name='file', text=file.code), limit=MAX_FILE)}",
        f"Files that it imports:\n{fences(file.uses, limit=MAX_CONTEXT)}" if file.uses else "",
        feedback.text if feedback else "",
        "Answer with the test file, through submit_tests.",
    ]
    return Prompt(
        version=VERSION,
        system=(_SYSTEM, about(project)),
        user="\n\n".join(part for part in parts if part),
        tool=SUBMIT_TESTS,
        max_tokens=MAX_TOKENS,
    )
