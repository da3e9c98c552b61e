"""The rollout over HTTP: operators look and report, admins move, everybody says how a run was."""

import uuid
from dataclasses import asdict
from typing import Any

from django.db.models import Avg, Count, QuerySet
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.permissions import BasePermission
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from execution.selectors import get_run, visible_runs
from kernel.drf import IsAdmin, IsOperator
from kernel.errors import NotFound
from kernel.pagination import CursorPages, page_of
from rollout import selectors, services, stages
from rollout.api.serializers import (
    SOURCE,
    BugCloseSerializer,
    BugRequestSerializer,
    BugSerializer,
    ComparisonSerializer,
    FeedbackSerializer,
    MyFeedbackSerializer,
    RollbackRequestSerializer,
    RolloutSerializer,
    StepRequestSerializer,
    StepSerializer,
)
from rollout.models import BugReport, RunFeedback, ShadowComparison
from rollout.shadow import compare_finished


def _parsed(kind: Any, request: Request) -> dict[str, Any]:
    parsed = kind(data=request.data)
    parsed.is_valid(raise_exception=True)
    return dict(parsed.validated_data)


def _step(step: stages.Step) -> Response:
    shown = asdict(step)
    return Response(StepSerializer({**shown, "changes": shown["fields"]}).data)


class RolloutView(APIView):
    """Where the rollout stands."""

    permission_classes = [IsOperator]

    @extend_schema(responses=RolloutSerializer)
    def get(self, request: Request) -> Response:
        """State, guards with their intervals, open critical bugs, the watcher's last look."""
        return Response(RolloutSerializer(selectors.status()).data)


class AdvanceView(APIView):
    """One stage up."""

    permission_classes = [IsAdmin]

    @extend_schema(request=StepRequestSerializer, responses=StepSerializer)
    def post(self, request: Request) -> Response:
        """To the next stage; 409 ``gates_closed`` where a guard has not passed."""
        return _step(stages.advance(by=request.user, source=SOURCE, **_parsed(StepRequestSerializer, request)))


class RollbackView(APIView):
    """One stage down, or the kill switch."""

    permission_classes = [IsAdmin]

    @extend_schema(request=RollbackRequestSerializer, responses=StepSerializer)
    def post(self, request: Request) -> Response:
        """Runs under way keep their mode and finish or park."""
        asked = _parsed(RollbackRequestSerializer, request)
        act = stages.kill if asked.pop("now") else stages.step_back
        return _step(act(by=request.user, source=SOURCE, **asked))


class ReleaseView(APIView):
    """Take the kill latch off."""

    permission_classes = [IsAdmin]

    @extend_schema(request=StepRequestSerializer, responses=StepSerializer)
    def post(self, request: Request) -> Response:
        """The routing is then what it was before."""
        return _step(stages.release(by=request.user, source=SOURCE, **_parsed(StepRequestSerializer, request)))


class BugPages(CursorPages):
    """The newest first."""

    ordering = ("-id",)


class BugsView(APIView):
    """Bugs seen in runs."""

    permission_classes = [IsOperator]

    @extend_schema(
        parameters=[OpenApiParameter("cursor", str), OpenApiParameter("limit", int)],
        operation_id="rollout_bugs_list",
        responses=page_of(BugSerializer),
    )
    def get(self, request: Request) -> Response:
        """Of runs that the user may see."""
        bugs = BugReport.objects.filter(run__in=visible_runs(request.user)).select_related("by")
        pages = BugPages()
        page = pages.paginate_queryset(bugs, request, self) or []
        return pages.get_paginated_response(BugSerializer([selectors.bug_payload(bug) for bug in page], many=True).data)

    @extend_schema(request=BugRequestSerializer, responses={201: BugSerializer})
    def post(self, request: Request) -> Response:
        """Report one; a critical one holds every stage, and sends V2 back at the watcher's next look."""
        asked = _parsed(BugRequestSerializer, request)
        run = get_run(request.user, asked.pop("run_id"))
        bug = services.report_bug(run, by=request.user, **asked)
        return Response(BugSerializer(selectors.bug_payload(bug)).data, status=201)


class BugCloseView(APIView):
    """One bug."""

    permission_classes = [IsAdmin]

    @extend_schema(request=BugCloseSerializer, responses=BugSerializer)
    def post(self, request: Request, bug_id: int) -> Response:
        """Close it, saying how it was resolved."""
        bug = services.close_bug(bug_id, by=request.user, **_parsed(BugCloseSerializer, request))
        return Response(BugSerializer(selectors.bug_payload(bug)).data)


class FeedbackView(APIView):
    """How a run was, 1 to 5 and a word."""

    permission_classes: list[type[BasePermission]] = APIView.permission_classes  # type: ignore[assignment]  # the default

    def _shown(self, request: Request, run_id: uuid.UUID) -> Response:
        all_ = RunFeedback.objects.filter(run=run_id)
        mine = all_.filter(user=request.user.pk).first()
        shown = all_.aggregate(mean=Avg("score"), count=Count("id"))
        shown |= {"score": mine.score if mine else None, "word": mine.word if mine else ""}
        return Response(MyFeedbackSerializer(shown).data)

    @extend_schema(responses=MyFeedbackSerializer)
    def get(self, request: Request, run_id: uuid.UUID) -> Response:
        """What the asking user said, and everybody's mean."""
        return self._shown(request, get_run(request.user, run_id).pk)

    @extend_schema(request=FeedbackSerializer, responses=MyFeedbackSerializer)
    def put(self, request: Request, run_id: uuid.UUID) -> Response:
        """Say it; a second time replaces the first. 409 while the run is under way."""
        run = get_run(request.user, run_id)
        asked = _parsed(FeedbackSerializer, request)
        services.give_feedback(run, score=asked["score"], word=asked.get("word", ""), user=request.user)
        return self._shown(request, run.pk)


class ComparisonPages(CursorPages):
    """The newest first."""

    ordering = ("-id",)


def _visible(request: Request) -> QuerySet[ShadowComparison]:
    pairs = ShadowComparison.objects.filter(parent__in=visible_runs(request.user))
    return pairs.select_related("parent__masterplan")


class ComparisonsView(APIView):
    """Shadow pairs."""

    @extend_schema(
        parameters=[OpenApiParameter("cursor", str), OpenApiParameter("limit", int)],
        operation_id="rollout_comparisons_list",
        responses=page_of(ComparisonSerializer),
    )
    def get(self, request: Request) -> Response:
        """Of runs that the user may see."""
        pages = ComparisonPages()
        page = pages.paginate_queryset(_visible(request), request, self) or []
        return pages.get_paginated_response(ComparisonSerializer(page, many=True).data)


class ComparisonView(APIView):
    """One shadow pair, by the id of either run."""

    @extend_schema(responses=ComparisonSerializer)
    def get(self, request: Request, run_id: uuid.UUID) -> Response:
        """The MVP beside V2; 404 until both are at their end."""
        run = get_run(request.user, run_id)
        compare_finished()
        pair = _visible(request).filter(parent=run).first() or _visible(request).filter(child=run).first()
        if pair is None:
            raise NotFound(f"Run {run.pk} is not part of a shadow pair whose two runs are at their end.")
        return Response(ComparisonSerializer(pair).data)
