"""From a brief to a plan: first what the domain is, then the tasks."""

import json
from collections.abc import Mapping
from typing import Any

from execution.domain.prompts.fencing import RULE, Piece, fence
from execution.domain.prompts.prompt import Prompt, text, texts, tool
from llm.messages import Tool

VERSION = "discovery-2"
MAX_TOKENS = 16_000
PLAN_MAX_TOKENS = 32_000
MAX_BRIEF = 100_000

_SYSTEM = f"""\
You turn a brief into a plan for a small software project in Python, TypeScript or JavaScript. A person reads, corrects
and approves the plan before anything is built from it, so say what you assume, and do not smooth over what is missing.

How to answer
- Call the tool that is offered once, with all its fields. Short, concrete sentences. Nothing that the brief does not
  ask for or need. What the brief leaves open is an assumption; what can go wrong is a risk.
- A plan has tasks. A task is one file: a name, a path relative to the project, a language, a description that
  someone who reads nothing else can build from, acceptance tests in words, and the tasks it depends on.
- Tasks depend on tasks only for what they import. No cycles. Small files with one purpose each.

{RULE}
"""

_CONTEXT = {
    "type": "object",
    "properties": {"name": text("Its name."), "purpose": text("What it is responsible for.")},
    "required": ["name", "purpose"],
    "additionalProperties": False,
}
_ENTITY = {
    "type": "object",
    "properties": {
        "name": text("Its name in the code."),
        "context": text("The bounded context it belongs to."),
        "attributes": texts("Attributes, each as name: type."),
        "rules": texts("What must always hold."),
    },
    "required": ["name", "context", "attributes", "rules"],
    "additionalProperties": False,
}

SUBMIT_DISCOVERY = tool(
    "submit_discovery",
    "Hand in what the brief is about. Call it exactly once.",
    {
        "domain": text("The domain in one or two sentences."),
        "contexts": {"type": "array", "items": _CONTEXT, "description": "Bounded contexts."},
        "entities": {"type": "array", "items": _ENTITY, "description": "Entities and values."},
        "assumptions": texts("What the brief leaves open and the plan takes for granted."),
        "risks": texts("What can go wrong, and how it would be noticed."),
    },
)


_TASK = {
    "type": "object",
    "properties": {
        "name": {**text("What the task makes, in a few words."), "minLength": 1, "maxLength": 300},
        "target_path": {**text("The file, relative to the project."), "minLength": 1, "maxLength": 1000},
        "language": {"type": "string", "enum": ["python", "typescript", "tsx", "javascript"]},
        "description": {**text("Everything that its author must know: purpose, functions, rules."), "minLength": 1},
        "acceptance_tests": {
            "type": "array",
            "items": {"type": "string", "minLength": 1},
            "description": "What it must do, each as a sentence that a test can check.",
        },
        "depends_on": texts("Target paths of tasks whose files it imports."),
    },
    "required": ["name", "target_path", "language", "description", "acceptance_tests", "depends_on"],
    "additionalProperties": False,
}
#: What a brief's plan may hold: tasks, and neither code nor budget, which are not the model's to set.
PLAN_SCHEMA: Mapping[str, Any] = {
    "type": "object",
    "properties": {
        "name": {**text("Name of the project."), "minLength": 1, "maxLength": 300},
        "description": text("What the whole does, in a few sentences."),
        "tasks": {"type": "array", "minItems": 1, "maxItems": 200, "items": _TASK},
    },
    "required": ["name", "description", "tasks"],
    "additionalProperties": False,
}
SUBMIT_PLAN = Tool(name="submit_plan", description="Hand in the plan. Call it exactly once.", schema=PLAN_SCHEMA)


def build_discovery(brief: str, *, problem: str = "") -> Prompt:
    """The first step: domain, contexts, entities, assumptions, risks. ``problem``: why the last answer was refused."""
    user = f"{_brief(brief)}\n\n{_again(problem)}Answer through submit_discovery."
    return Prompt(version=VERSION, system=(_SYSTEM,), user=user, tool=SUBMIT_DISCOVERY, max_tokens=MAX_TOKENS)


def build_plan(brief: str, *, discovery: Mapping[str, Any], problem: str = "") -> Prompt:
    """The second step: the plan. ``problem``: why the last answer was refused."""
    found = json.dumps(discovery, indent=2, sort_keys=True)
    user = (
        f"{_brief(brief)}\n\n"
        f"What was found in it:\n{fence(Piece(name='discovery', text=found), limit=MAX_BRIEF)}\n\n"
        f"{_again(problem)}Answer with the plan, through submit_plan."
    )
    return Prompt(version=VERSION, system=(_SYSTEM,), user=user, tool=SUBMIT_PLAN, max_tokens=PLAN_MAX_TOKENS)


def _brief(brief: str) -> str:
    return f"The brief:\n{fence(Piece(name='brief', text=brief), limit=MAX_BRIEF)}"


def _again(problem: str) -> str:
    if not problem:
        return ""
    said = fence(Piece(name="problem", text=problem), limit=4_000)
    return f"Your last answer was refused, for this reason. Mend it and answer in full:\n{said}\n\n"
