"""The whole Brevo API: fast, checked before it is sent, and typed.

>>> from brevo_native import Brevo
>>> brevo = Brevo()
>>> brevo.contacts.create_contact(email="ada@example.com", list_ids=[2])

`AsyncBrevo` is its twin for asyncio.
"""

from ._brevo_native import AsyncBrevo, Brevo, Progress, RateLimit, Reply, Table, __version__
from .errors import (
    AccountNotActivatedError,
    ApiError,
    BadRequestError,
    BrevoCancelledError,
    BrevoConnectionError,
    BrevoError,
    BrevoFileError,
    BrevoTimeoutError,
    ConfigurationError,
    ConflictError,
    DecodeError,
    DuplicateError,
    InvalidArgumentError,
    IpNotAuthorizedError,
    NoCreditsError,
    NotFoundError,
    PermissionDeniedError,
    RateLimitedError,
    ServerError,
    UnauthorizedError,
)
from .objects import Object

__all__ = [
    "AccountNotActivatedError",
    "ApiError",
    "AsyncBrevo",
    "BadRequestError",
    "Brevo",
    "BrevoCancelledError",
    "BrevoConnectionError",
    "BrevoError",
    "BrevoFileError",
    "BrevoTimeoutError",
    "CallOptions",
    "ConfigurationError",
    "ConflictError",
    "DecodeError",
    "DuplicateError",
    "InvalidArgumentError",
    "IpNotAuthorizedError",
    "NoCreditsError",
    "NotFoundError",
    "Object",
    "PermissionDeniedError",
    "Progress",
    "RateLimit",
    "RateLimitedError",
    "Reply",
    "ServerError",
    "Table",
    "UnauthorizedError",
    "__version__",
]

# As in `objects`: what needs typing is loaded when it is asked for.
TYPE_CHECKING = False

if TYPE_CHECKING:
    from .objects import CallOptions
else:

    def __getattr__(name: str) -> object:
        if name != "CallOptions":
            raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
        from .objects import CallOptions

        return CallOptions
