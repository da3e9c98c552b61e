"""A file with signatures and holes, for a task that has no code."""

from collections.abc import Sequence
from dataclasses import dataclass

from execution.domain.feedback import Feedback
from execution.domain.prompts.fencing import RULE, Piece, fence, fences, one_line
from execution.domain.prompts.generate import ProjectBrief
from execution.domain.prompts.prompt import Prompt, text, tool

VERSION = "skeleton-1"
MAX_TOKENS = 16_000
MAX_CONTEXT = 40_000

_SYSTEM = f"""\
You write the skeleton of one file: everything that others rely on, and no bodies. The bodies are written afterwards,
each on its own and at the same time, from the skeleton alone, so it must say all that they need.

How to answer
- Call the tool submit_skeleton once.
- code: the complete file. Imports, constants, types, classes, every function and method with its full signature, types
  and a docstring or doc comment that says what it does, its arguments, result, errors and limits.
- Each function of at most ten lines of body; cut larger work into named helpers and say in their docs who calls them.
- Each body is exactly one statement, the hole. Python: raise NotImplementedError("hole: <symbol>").
  JavaScript and TypeScript: throw new Error("hole: <symbol>"); <symbol> is the qualified name, as in Class.method.
- tests: a complete acceptance test file for it. Python: pytest. JavaScript and TypeScript: node:test with
  node:assert/strict. Each requirement of the task, its limits and its errors; deterministic; no network, no waiting.

{RULE}
"""

SUBMIT_SKELETON = tool(
    "submit_skeleton",
    "Hand in the skeleton and its acceptance tests. Call it exactly once.",
    {"code": text("The complete file with holes as bodies."), "tests": text("The complete acceptance test file.")},
)


@dataclass(frozen=True, slots=True, kw_only=True)
class SkeletonBrief:
    """A task without code. ``interfaces`` are contracts that already exist, of the tasks it depends on first."""

    path: str
    language: str
    description: str
    attempt: int = 1
    acceptance: Sequence[str] = ()
    interfaces: Sequence[Piece] = ()
    tests_path: str = ""  # where its tests will lie; empty where it has tests already


def build(task: SkeletonBrief, *, project: ProjectBrief, feedback: Feedback | None = None) -> Prompt:
    """The prompt for the skeleton of one task."""
    parts = [
        f"File: {one_line(task.path)}\nLanguage: {task.language}\nAttempt: {task.attempt}",
        f"The tests go to {one_line(task.tests_path)} and run from the root of the project." if task.tests_path else "",
        "What the file is for:\n" + fence(Piece(name="task", text=task.description), limit=16_000),
        _listed("Acceptance", task.acceptance),
        f"Contracts it can use:\n{fences(task.interfaces, limit=MAX_CONTEXT)}" if task.interfaces else "",
        feedback.text if feedback else "",
        "Answer with the skeleton and its tests, through submit_skeleton.",
    ]
    return Prompt(
        version=VERSION,
        system=(_SYSTEM, about(project)),
        user="\n\n".join(part for part in parts if part),
        tool=SUBMIT_SKELETON,
        max_tokens=MAX_TOKENS,
    )


def about(project: ProjectBrief) -> str:
    """The project in the shared prefix."""
    head = f"The project: {one_line(project.name)}"
    return f"{head}\n{fence(Piece(name='project', text=project.about), limit=8_000)}" if project.about else head


def _listed(title: str, items: Sequence[str]) -> str:
    return f"{title}:\n{fence(Piece(name=title.lower(), text=chr(10).join(items)), limit=8_000)}" if items else ""
