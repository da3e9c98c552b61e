"""Names in the published schema: one for every set of words, and the browser's session as a way to sign in."""

from drf_spectacular.extensions import OpenApiAuthenticationExtension

from kernel.states import AtomStatus, ExecutionMode, PlanStatus, ReviewStatus, RunStatus, choices
from masterplans.models import ImportStatus
from review.models import HelpState
from validation.domain.model import Status
from validation.models import JobState

PLAN_STATUSES = choices(PlanStatus)
RUN_STATUSES = choices(RunStatus)
ATOM_STATUSES = choices(AtomStatus)
REVIEW_STATUSES = choices(ReviewStatus)
CHECK_STATUSES = choices(Status)
MODES = choices(ExecutionMode)
HELP_STATES = HelpState.choices
JOB_STATES = [(state.value, state.value) for state in JobState]
WORK_STATUSES = ImportStatus.choices  # of briefs too
HEALTH_STATUSES = [("ok", "ok"), ("degraded", "degraded")]


class SessionScheme(OpenApiAuthenticationExtension):  # type: ignore[no-untyped-call]  # the base registers itself so
    """The session cookie of the console."""

    target_class = "kernel.drf.SessionAuthentication"
    name = "session"

    def get_security_definition(self, auto_schema: object) -> dict[str, str]:
        """A cookie, beside which unsafe requests carry ``X-CSRFToken``."""
        return {"type": "apiKey", "in": "cookie", "name": "sessionid"}
