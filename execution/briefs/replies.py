"""What the model handed in, checked as strictly as what a person imports. Raises InvalidInput or UnusableReply."""

import json
from collections.abc import Mapping
from functools import lru_cache
from typing import Any

from jsonschema import Draft202012Validator
from jsonschema.exceptions import best_match

from execution.domain.prompts.discovery import PLAN_SCHEMA, SUBMIT_DISCOVERY
from kernel.errors import InvalidInput
from kernel.text import storable
from llm.messages import ModelReply
from llm.replies import read_object
from masterplans.domain.importing.plan_file import parse_plan
from masterplans.domain.importing.spec import PlanSpec

NAME = "the model's plan"


@lru_cache(maxsize=2)
def _validator(which: str) -> Draft202012Validator:
    return Draft202012Validator(dict(SUBMIT_DISCOVERY.schema if which == "discovery" else PLAN_SCHEMA))


def _check(values: Mapping[str, Any], which: str) -> None:
    error = best_match(_validator(which).iter_errors(values))
    if error is not None:
        raise InvalidInput(f"{error.json_path}: {error.message[:300]}", path=error.json_path)


def read_discovery(reply: ModelReply) -> dict[str, Any]:
    """Domain, contexts, entities, assumptions, risks."""
    values = _storable(dict(read_object(reply)))
    _check(values, "discovery")
    return dict(values)


def read_plan(reply: ModelReply) -> PlanSpec:
    """A plan whose paths are safe, whose dependencies exist and have no cycle; tasks only, no code, no budget."""
    values = _storable(dict(read_object(reply)))
    _check(values, "plan")
    return parse_plan(json.dumps(values).encode(), name=f"{NAME}.json")


def _storable(value: Any) -> Any:
    """The same without what no database takes."""
    if isinstance(value, str):
        return storable(value)
    if isinstance(value, list):
        return [_storable(item) for item in value]
    if isinstance(value, dict):
        return {storable(str(key)): _storable(item) for key, item in value.items()}
    return value
