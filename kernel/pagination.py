"""Pages of the API: ``{results, next}``, where ``next`` is an opaque cursor to send back as ``?cursor=``."""

from collections.abc import Sequence
from typing import Any
from urllib.parse import parse_qs, urlsplit

from django.core.exceptions import ValidationError
from django.db.models import QuerySet
from drf_spectacular.utils import inline_serializer
from rest_framework import serializers
from rest_framework.exceptions import NotFound
from rest_framework.pagination import CursorPagination
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from kernel.errors import InvalidInput


class CursorPages(CursorPagination):
    """Cursor paging that stays stable while rows are added; ``?limit=`` from 1 to 200, 50 unless asked.

    A view sets ``ordering`` by subclassing; the first field decides the position, later ones break ties.
    """

    cursor_query_param = "cursor"
    page_size_query_param = "limit"
    page_size = 50
    max_page_size = 200
    ordering: Any = ("-created_at", "pk")

    def get_page_size(self, request: Request) -> int:
        """The asked limit, or one clear error."""
        raw = request.query_params.get("limit")
        if raw is None:
            return self.page_size
        if not (raw.isascii() and raw.isdigit() and 1 <= int(raw[:9]) <= self.max_page_size):
            raise InvalidInput(f"limit={raw!r} is not valid: expected a whole number from 1 to {self.max_page_size}.")
        return int(raw)

    def paginate_queryset(
        self, queryset: QuerySet[Any] | Sequence[Any], request: Request, view: APIView | None = None
    ) -> list[Any] | None:
        """One page; a cursor that this server did not write is bad input, not a missing object."""
        try:
            return super().paginate_queryset(queryset, request, view)
        except (NotFound, ValidationError, ValueError, TypeError) as error:
            if not request.query_params.get("cursor"):
                raise
            raise InvalidInput("cursor is not valid: send back `next` of a page as it came, or none.") from error

    def get_paginated_response(self, data: Any) -> Response:
        """``{results, next}``."""
        return Response({"results": data, "next": self.next_cursor()})

    def next_cursor(self) -> str | None:
        """The cursor alone, for clients that do not follow URLs."""
        link = self.get_next_link()
        return parse_qs(urlsplit(link).query)["cursor"][0] if link else None

    def get_paginated_response_schema(self, schema: dict[str, Any]) -> dict[str, Any]:
        """The same for the OpenAPI schema."""
        cursor = {"type": "string", "nullable": True, "description": "Send back as ?cursor= for the next page."}
        return {
            "type": "object",
            "required": ["results", "next"],
            "properties": {"results": schema, "next": cursor},
        }


def page_of(serializer: type[serializers.Serializer[Any]]) -> Any:
    """The shape of a page of these rows, for the schema of views that page by hand."""
    name = serializer.__name__.removesuffix("Serializer")
    fields = {"results": serializer(many=True), "next": serializers.CharField(allow_null=True)}
    return inline_serializer(f"{name}Page", fields)
