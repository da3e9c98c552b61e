"""A prompt that is ready to send, and the answer forms that prompts ask for."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from llm.messages import ModelRequest, Sampling, Tool


@dataclass(frozen=True, slots=True, kw_only=True)
class Prompt:
    """``system`` is shared by all prompts of its kind in a run and cached; ``user`` is particular to this one.

    ``version`` names the wording; it changes with every change of a constant, and stands in the attempt's history.
    """

    version: str
    system: tuple[str, ...]
    user: str
    tool: Tool
    max_tokens: int

    def request(self, *, model: str, sampling: Sampling) -> ModelRequest:
        """The request to send to a model."""
        return ModelRequest(
            model=model,
            system=self.system,
            prompt=self.user,
            tool=self.tool,
            sampling=sampling,
            max_tokens=self.max_tokens,
        )


def tool(name: str, description: str, properties: Mapping[str, Any], *, optional: tuple[str, ...] = ()) -> Tool:
    """A tool whose input has these properties and no others."""
    required = [key for key in properties if key not in optional]
    schema = {"type": "object", "properties": dict(properties), "required": required, "additionalProperties": False}
    return Tool(name=name, description=description, schema=schema)


def text(description: str) -> dict[str, Any]:
    """A text property."""
    return {"type": "string", "description": description}


def texts(description: str) -> dict[str, Any]:
    """A list of texts."""
    return {"type": "array", "items": {"type": "string"}, "description": description}


SUBMIT_CODE = tool(
    "submit_code",
    "Hand in the code. Call it exactly once.",
    {
        "code": text("The complete replacement text, with its indentation, and nothing else."),
        "note": text("One sentence on what was changed and why."),
    },
    optional=("note",),
)
