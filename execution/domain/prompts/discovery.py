"""From a brief to a plan: first what the domain is, then the tasks."""

import json
from collections.abc import Mapping
from typing import Any

from execution.domain.prompts.fencing import RULE, Piece, fence
from execution.domain.prompts.prompt import Prompt, text, texts, tool
from llm.messages import Tool

VERSION = "discovery-1"
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


def build_discovery(brief: str) -> Prompt:
    """The first step: domain, contexts, entities, assumptions, risks."""
    user = f"The brief:\n{fence(Piece(name='brief', text=brief), limit=MAX_BRIEF)}\n\nAnswer through submit_discovery."
    return Prompt(version=VERSION, system=(_SYSTEM,), user=user, tool=SUBMIT_DISCOVERY, max_tokens=MAX_TOKENS)


def build_plan(brief: str, *, discovery: Mapping[str, Any], plan_schema: Mapping[str, Any]) -> Prompt:
    """The second step: the plan. ``plan_schema`` is the published JSON Schema of plan files."""
    found = json.dumps(discovery, indent=2, sort_keys=True)
    user = (
        f"The brief:\n{fence(Piece(name='brief', text=brief), limit=MAX_BRIEF)}\n\n"
        f"What was found in it:\n{fence(Piece(name='discovery', text=found), limit=MAX_BRIEF)}\n\n"
        "Answer with the plan, through submit_plan."
    )
    submit = Tool(name="submit_plan", description="Hand in the plan. Call it exactly once.", schema=dict(plan_schema))
    return Prompt(version=VERSION, system=(_SYSTEM,), user=user, tool=submit, max_tokens=PLAN_MAX_TOKENS)
