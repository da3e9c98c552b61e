"""The review API: parse, one call, render. Reading needs sight of the plan; acting needs the role reviewer too."""

import uuid
from typing import Any, ClassVar

from django.utils import timezone
from drf_spectacular.utils import PolymorphicProxySerializer, extend_schema
from rest_framework.permissions import BasePermission, IsAuthenticated
from rest_framework.request import Request as HttpRequest
from rest_framework.response import Response
from rest_framework.serializers import Serializer
from rest_framework.views import APIView

from execution.models import ExecutionRun
from execution.selectors import run_payload
from kernel.drf import IsReviewer
from review.api import serializers as shapes
from review.errors import AlreadyDecided, Stale
from review.selectors.access import get_review
from review.selectors.detail import review_detail
from review.selectors.found_help import help_of
from review.selectors.impact import edit_impact
from review.selectors.narrowing import Filters
from review.selectors.queue import View, queue_page, row_of
from review.selectors.similar import similar_to
from review.selectors.statistics import review_statistics
from review.services import claims, decisions
from review.services.help import ask as ask_help
from review.services.help import look_ahead
from review.services.undo import undo
from validation.domain.model import Status


class ReviewView(APIView):
    """Adds the review as it is now to answers about decisions that came too late."""

    permission_classes = [IsAuthenticated]

    def handle_exception(self, exc: Exception) -> Response:
        """Answer 409 with ``data.review``."""
        if isinstance(exc, Stale | AlreadyDecided):
            review = row_of(uuid.UUID(exc.data["review_id"]), now=timezone.now())
            exc = type(exc)(exc.message, review=shapes.ReviewRowSerializer(review).data)
        return super().handle_exception(exc)


def read(shape: type[Serializer[Any]], data: Any) -> dict[str, Any]:
    """What a request says, checked by its shape."""
    serializer = shape(data=data)
    serializer.is_valid(raise_exception=True)
    return dict(serializer.validated_data)


def _row(review_id: uuid.UUID) -> Response:
    return Response(shapes.ReviewRowSerializer(row_of(review_id, now=timezone.now())).data)


class QueueView(ReviewView):
    """The queue."""

    @extend_schema(parameters=[shapes.QueueQuerySerializer], responses=shapes.QueuePageSerializer)
    def get(self, request: HttpRequest) -> Response:
        """One page of a view of the queue, the most urgent first; done and mine: the newest first."""
        query = read(shapes.QueueQuerySerializer, request.query_params)
        page = queue_page(
            request.user,
            view=View(query["view"]),
            filters=Filters(**{name: query[name] for name in shapes.FILTERS}),
            cursor=query["cursor"] or None,
            limit=query["limit"],
            now=timezone.now(),
        )
        return Response(shapes.QueuePageSerializer(page).data)


class StatsView(ReviewView):
    """Numbers of the queue."""

    @extend_schema(parameters=[shapes.ScopeQuerySerializer], responses=shapes.ReviewStatsSerializer)
    def get(self, request: HttpRequest) -> Response:
        """Counts, and the median of active seconds a decision."""
        filters = Filters(**read(shapes.ScopeQuerySerializer, request.query_params))
        return Response(
            shapes.ReviewStatsSerializer(review_statistics(request.user, filters=filters, now=timezone.now())).data
        )


class DetailView(ReviewView):
    """One review."""

    @extend_schema(responses=shapes.ReviewDetailSerializer)
    def get(self, request: HttpRequest, review_id: uuid.UUID) -> Response:
        """A review with code, findings, tests, attempts, edges, suggestions and decisions."""
        detail = review_detail(request.user, review_id, now=timezone.now())
        return Response(shapes.ReviewDetailSerializer(detail).data)


class ClaimView(ReviewView):
    """Claims."""

    permission_classes = [IsReviewer]

    @extend_schema(request=shapes.ClaimSerializer, responses=shapes.ReviewRowSerializer)
    def post(self, request: HttpRequest) -> Response:
        """Take a review or the next one; taking what one holds renews the claim. 409 ``claimed`` says who has it."""
        asked = read(shapes.ClaimSerializer, request.data)
        if asked["next"]:
            filters = Filters(masterplan=asked["masterplan"], run=asked["run"])
            taken = claims.claim_next(user=request.user, filters=filters, now=timezone.now())
        else:
            taken = claims.claim(user=request.user, review_id=asked["review_id"], now=timezone.now())
        look_ahead(get_review(request.user, taken))
        return _row(taken)


class ReleaseView(ReviewView):
    """Gives up a claim."""

    permission_classes = [IsReviewer]

    @extend_schema(request=shapes.ReviewIdSerializer, responses=shapes.ReviewRowSerializer)
    def post(self, request: HttpRequest) -> Response:
        """Give up one's claim; without one nothing changes."""
        asked = read(shapes.ReviewIdSerializer, request.data)
        return _row(claims.release(user=request.user, review_id=asked["review_id"]))


class SkipView(ReviewView):
    """Puts a review off."""

    permission_classes = [IsReviewer]

    @extend_schema(request=shapes.ReviewIdSerializer, responses=shapes.ReviewRowSerializer)
    def post(self, request: HttpRequest) -> Response:
        """Put a review to the end of one's own queue and give up the claim."""
        asked = read(shapes.ReviewIdSerializer, request.data)
        return _row(claims.skip(user=request.user, review_id=asked["review_id"], now=timezone.now()))


class DecisionView(ReviewView):
    """What the four decisions share: the same fields in, the same answer out."""

    permission_classes = [IsReviewer]
    own_fields: ClassVar[frozenset[str]] = frozenset({"reason_code", "code", "override_reason", "dry_run"})

    def _request(self, request: HttpRequest, asked: dict[str, Any]) -> decisions.Request:
        shared = {name: value for name, value in asked.items() if name not in self.own_fields}
        return decisions.Request(user=request.user, now=timezone.now(), **shared)

    def _answer(self, outcome: decisions.Outcome) -> Response:
        run = ExecutionRun.objects.select_related("masterplan").get(pk=outcome.run_id)
        answer = {
            "review": row_of(outcome.review_id, now=timezone.now()),
            "run": run_payload(run),
            "revalidating": outcome.revalidating,
        }
        return Response(shapes.DecisionAnswerSerializer(answer).data)


class ApproveView(DecisionView):
    """Approves."""

    @extend_schema(request=shapes.DecideSerializer, responses=shapes.DecisionAnswerSerializer)
    def post(self, request: HttpRequest) -> Response:
        """The atom is right as it stands. 409 ``stale``, ``already_decided`` or ``claimed``."""
        asked = read(shapes.DecideSerializer, request.data)
        return self._answer(decisions.approve(self._request(request, asked)))


def _checked(request: HttpRequest, asked: dict[str, Any]) -> Response:
    wanted = {"user": request.user, "review_id": asked["review_id"], "code": asked["code"]}
    result = decisions.check(**wanted)
    answer = {"checks": result.checks, "passed": result.status is Status.PASSED, "impact": edit_impact(**wanted)}
    return Response(shapes.DryRunSerializer(answer).data)


class CheckView(ReviewView):
    """Tries an edit."""

    permission_classes = [IsReviewer]

    @extend_schema(request=shapes.CheckEditSerializer, responses=shapes.DryRunSerializer)
    def post(self, request: HttpRequest) -> Response:
        """Check code for an atom in the sandbox, and say what putting it in place would set off. Nothing is stored."""
        return _checked(request, read(shapes.CheckEditSerializer, request.data))


class EditView(DecisionView):
    """Replaces an atom's code by a person's."""

    @extend_schema(
        request=shapes.EditSerializer,
        responses=PolymorphicProxySerializer(
            component_name="EditAnswer",
            serializers=[shapes.DecisionAnswerSerializer, shapes.DryRunSerializer],
            resource_type_field_name=None,
        ),
    )
    def post(self, request: HttpRequest) -> Response:
        """Check the code and put it in place; with ``dry_run`` only check. 422 ``edit_failed`` shows the checks."""
        asked = read(shapes.EditSerializer, request.data)
        if asked["dry_run"]:
            return _checked(request, asked)
        outcome = decisions.edit(
            self._request(request, asked), code=asked["code"], override_reason=asked["override_reason"] or ""
        )
        return self._answer(outcome)


class RejectView(DecisionView):
    """Rejects."""

    @extend_schema(request=shapes.RejectSerializer, responses=shapes.DecisionAnswerSerializer)
    def post(self, request: HttpRequest) -> Response:
        """The proposal is wrong; the draft stands in the export, a hole stays a hole."""
        asked = read(shapes.RejectSerializer, request.data)
        reason = decisions.ReasonCode(asked["reason_code"])
        return self._answer(decisions.reject(self._request(request, asked), reason_code=reason))


class RegenerateView(DecisionView):
    """Sends an atom back to the model."""

    @extend_schema(request=shapes.DecideSerializer, responses=shapes.DecisionAnswerSerializer)
    def post(self, request: HttpRequest) -> Response:
        """Let the model try again with the person's words. 503 ``no_model`` where none is configured."""
        asked = read(shapes.DecideSerializer, request.data)
        return self._answer(decisions.regenerate(self._request(request, asked)))


class UndoView(DecisionView):
    """Takes a decision back."""

    @extend_schema(request=shapes.UndoSerializer, responses=shapes.DecisionAnswerSerializer)
    def post(self, request: HttpRequest) -> Response:
        """Take back one's own last decision on a review. 409 ``nothing_to_undo``, or ``too_late`` with what used it."""
        asked = read(shapes.UndoSerializer, request.data)
        return self._answer(undo(decisions.Asked(user=request.user, now=timezone.now(), **asked)))


class HelpView(ReviewView):
    """The assistant's search."""

    @extend_schema(responses=shapes.FoundHelpSerializer)
    def get(self, request: HttpRequest, review_id: uuid.UUID) -> Response:
        """How far the search for this review is, and what it found."""
        return Response(shapes.FoundHelpSerializer(help_of(request.user, review_id)).data)

    @extend_schema(request=shapes.AskHelpSerializer, responses={202: shapes.FoundHelpSerializer})
    def post(self, request: HttpRequest, review_id: uuid.UUID) -> Response:
        """Begin the search in the background, once for each text of the atom. 503 ``no_model`` where none is there."""
        asked = read(shapes.AskHelpSerializer, request.data)
        found = ask_help(user=request.user, review_id=review_id, with_model=asked["with_model"])
        return Response(shapes.FoundHelpSerializer(found).data, status=202)

    def get_permissions(self) -> list[BasePermission]:
        """Reading needs sight of the plan; asking the role too."""
        return [IsAuthenticated() if self.request.method == "GET" else IsReviewer()]


class SimilarView(ReviewView):
    """Reviews alike."""

    @extend_schema(responses=shapes.SimilarSerializer)
    def get(self, request: HttpRequest, review_id: uuid.UUID) -> Response:
        """Open reviews of the same run with the same change, or the same finding, for the same reasons."""
        return Response(shapes.SimilarSerializer(similar_to(request.user, review_id, now=timezone.now())).data)
