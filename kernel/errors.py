"""The one family of errors that users and programs see.

Every error carries a stable ``code``, an HTTP status, one sentence that says what is wrong, where, and what to do, and
``data`` for programs. Commands print the message on one line and exit with 2; the API answers
``{code, message, data}``.
"""

from collections.abc import Mapping
from typing import Any, ClassVar


class MgeError(Exception):
    """Base of all errors that are meant to be read by a person."""

    code: ClassVar[str] = "error"
    http_status: ClassVar[int] = 400

    def __init__(self, message: str, **data: Any) -> None:
        super().__init__(message)
        self.message = message
        self.data: Mapping[str, Any] = data


class InvalidInput(MgeError):
    """What came in does not have the form it must have."""

    code = "invalid_input"
    http_status = 400


class NotFound(MgeError):
    """There is no such object, or the asking user must not know of it."""

    code = "not_found"
    http_status = 404


class Forbidden(MgeError):
    """The user is known, and lacks the role for this."""

    code = "forbidden"
    http_status = 403


class Conflict(MgeError):
    """The object is not in the state that this action needs, or it changed since it was read."""

    code = "conflict"
    http_status = 409


class Unavailable(MgeError):
    """Something this needs is not there: a service, a tool, a model, the sandbox."""

    code = "unavailable"
    http_status = 503


class V2NotInstalled(Unavailable):
    """The seven V2 tables were migrated away; the MVP goes on."""

    code = "v2_not_installed"
