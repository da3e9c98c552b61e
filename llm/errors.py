"""What can go wrong between a request and a usable reply."""

from typing import ClassVar

from kernel.errors import Conflict, MgeError, Unavailable


class NoModelConfigured(Unavailable):
    """There is no key and no server address, so nothing that needs the model can happen."""

    code = "no_model_configured"

    def __init__(self) -> None:
        super().__init__("no model configured: set ANTHROPIC_API_KEY or ANTHROPIC_BASE_URL")


class InFlight(Conflict):
    """The same call was sent and has neither answered nor been given up; sending it again could pay twice."""

    code = "call_in_flight"

    def __init__(self, key: str) -> None:
        super().__init__(f"model call {key[:12]} is under way; its answer is stored when it comes", key=key)


class ModelError(Unavailable):
    """A call that gave no reply.

    ``may_have_charged`` decides how the ledger books it: False costs nothing, True is booked at the worst price.
    ``retryable`` says whether the same request can succeed later. ``retry_after`` is in seconds.
    """

    code = "model_error"
    http_status = 502
    retryable: ClassVar[bool] = True

    def __init__(
        self,
        message: str,
        *,
        status: int | None = None,
        retry_after: float | None = None,
        may_have_charged: bool = False,
    ) -> None:
        super().__init__(message, status=status, retry_after=retry_after)
        self.status = status
        self.retry_after = retry_after
        self.may_have_charged = may_have_charged


class RateLimited(ModelError):
    """429: too many calls or tokens for this key."""

    code = "model_rate_limited"
    http_status = 503


class Overloaded(ModelError):
    """529 or another 5xx: the provider cannot answer now."""

    code = "model_overloaded"
    http_status = 503


class Refused(ModelError):
    """Another 4xx: the provider will not take this request, and not later either."""

    code = "model_refused"
    retryable = False


class BadReply(ModelError):
    """A success status with a body that is no Messages reply; it was most likely paid for."""

    code = "model_bad_reply"


class ConnectionLost(ModelError):
    """The server could not be reached, or the connection broke before the whole reply was here."""

    code = "model_connection_lost"


class Timeout(ModelError):
    """No complete reply within the time allowed."""

    code = "model_timeout"
    http_status = 504


class UnusableReply(MgeError):
    """A reply that was received and paid for, and holds nothing to use.

    ``reason`` is one of: declined, cut_off, empty, oversize, prose, ambiguous, malformed.
    """

    code = "unusable_reply"
    http_status = 502

    def __init__(self, reason: str, message: str) -> None:
        super().__init__(f"unusable reply ({reason}): {message}", reason=reason)
        self.reason = reason
