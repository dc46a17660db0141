"""Errors: one class per kind of failure, all of them `BrevoError`.

Every error carries everything that is known, and can be pickled. None ever holds a key.
"""

from __future__ import annotations

# Not that of typing: loading it takes longer than all of this package.
TYPE_CHECKING = False

if TYPE_CHECKING:
    from typing import Any

__all__ = [
    "AccountNotActivatedError",
    "ApiError",
    "BadRequestError",
    "BrevoCancelledError",
    "BrevoConnectionError",
    "BrevoError",
    "BrevoFileError",
    "BrevoTimeoutError",
    "ConfigurationError",
    "ConflictError",
    "DecodeError",
    "DuplicateError",
    "InvalidArgumentError",
    "IpNotAuthorizedError",
    "NoCreditsError",
    "NotFoundError",
    "PermissionDeniedError",
    "RateLimitedError",
    "ServerError",
    "UnauthorizedError",
]


class BrevoError(Exception):
    """Root of all errors of this package."""

    kind: str
    """Stable name of the kind, such as `not_found`; the same in every language."""
    number: int
    """Stable number of the kind."""
    message: str
    """One sentence: Brevo's own where it answered."""
    operation: str | None
    """Operation that failed, as `contacts.create_contact`."""
    parameter: str | None
    """Parameter that was refused, as a path such as `recipients.listIds[0]`."""
    status: int | None
    """HTTP status, where there was an answer."""
    code: str | None
    """Brevo's `code`, as it came."""
    body: bytes
    """Raw body of the answer; empty where there was none."""
    headers: dict[str, str]
    """Headers of the answer, names in lower case; empty where there was none."""
    duplicate_identifiers: list[str]
    """Identifiers that clash with another contact (`email`, `SMS`, `EXT_ID`, ...)."""
    retry_after: float | None
    """Seconds after which a repeat makes sense, where that is known."""
    attempts: int
    """How many times the request was sent."""
    advice: str
    """What to do next, in one line."""

    def __init__(self, text: str = "", **attributes: Any) -> None:
        super().__init__(text)
        self.kind = ""
        self.number = 0
        self.message = text
        self.operation = None
        self.parameter = None
        self.status = None
        self.code = None
        self.body = b""
        self.headers = {}
        self.duplicate_identifiers = []
        self.retry_after = None
        self.attempts = 0
        self.advice = ""
        self.__dict__.update(attributes)


class ConfigurationError(BrevoError, ValueError):
    """The client cannot be made or used as configured: no key, a key of the wrong kind, a bad URL."""


class InvalidArgumentError(BrevoError, ValueError):
    """An argument was refused before anything was sent."""


class BrevoConnectionError(BrevoError):
    """No connection, or it broke."""


class BrevoTimeoutError(BrevoError):
    """No answer within the time allowed."""


class BrevoCancelledError(BrevoError):
    """The caller gave up on the call."""


class DecodeError(BrevoError):
    """A success whose body is not what the operation promises. The body is kept."""


class BrevoFileError(BrevoError):
    """A local file could not be read or written."""


class ApiError(BrevoError):
    """Brevo answered, and refused."""


class BadRequestError(ApiError):
    """Brevo refused the request (400, 422 and other statuses below 500)."""


class UnauthorizedError(ApiError):
    """The API key or token is missing, wrong, expired or revoked (401)."""


class IpNotAuthorizedError(UnauthorizedError):
    """The key is right but this machine's address is not authorised (401)."""


class PermissionDeniedError(ApiError):
    """The account or key may not do this (403)."""


class AccountNotActivatedError(PermissionDeniedError):
    """The account is not activated or still under validation (403)."""


class NoCreditsError(ApiError):
    """The credits are used up (402)."""


class NotFoundError(ApiError):
    """There is no such thing (404)."""


class DuplicateError(ApiError):
    """It exists already; `duplicate_identifiers` may name the keys that clash."""


class ConflictError(ApiError):
    """The state of the thing does not allow it now (409, 412, 424, 425)."""


class RateLimitedError(ApiError):
    """Too many calls (429); `retry_after` says when to come back."""


class ServerError(ApiError):
    """Brevo failed (5xx)."""


CLASSES: dict[str, type[BrevoError]] = {
    "configuration": ConfigurationError,
    "invalid_argument": InvalidArgumentError,
    "connection": BrevoConnectionError,
    "timeout": BrevoTimeoutError,
    "cancelled": BrevoCancelledError,
    "decode": DecodeError,
    "io": BrevoFileError,
    "bad_request": BadRequestError,
    "unauthorized": UnauthorizedError,
    "ip_not_authorized": IpNotAuthorizedError,
    "account_not_activated": AccountNotActivatedError,
    "no_credits": NoCreditsError,
    "permission_denied": PermissionDeniedError,
    "not_found": NotFoundError,
    "duplicate": DuplicateError,
    "conflict": ConflictError,
    "rate_limited": RateLimitedError,
    "server": ServerError,
}


def make(text: str, attributes: dict[str, Any]) -> BrevoError:
    """The error of a kind. Called by the native module."""
    return CLASSES.get(attributes["kind"], BrevoError)(text, **attributes)
