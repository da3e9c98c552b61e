"""A plan file as the body of a request, read as bytes so that errors can name their line."""

from collections.abc import Mapping
from typing import IO, Any

from rest_framework.parsers import BaseParser

from masterplans.domain.importing.plan_text import MAX_BYTES


class JsonPlanParser(BaseParser):
    """The body as it came, cut just beyond the bound of plan files."""

    media_type = "application/json"

    def parse(
        self, stream: IO[Any], media_type: str | None = None, parser_context: Mapping[str, Any] | None = None
    ) -> Any:
        """The bytes; ``parse_plan`` makes sense of them."""
        return stream.read(MAX_BYTES + 1)


class YamlPlanParser(JsonPlanParser):
    """The same for YAML."""

    media_type = "application/yaml"
