"""The options of a call, apart from the rest: they need typing, and only annotations need them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypedDict


class CallOptions(TypedDict, total=False):
    """Options of one call, given as `options={...}`."""

    timeout: float
    """Seconds for the whole call with its repeats."""
    max_retries: int
    """Repeats allowed after the first attempt."""
    idempotency_key: str
    """Idempotency key of a transactional e-mail; made automatically where absent."""
    headers: Mapping[str, str]
    """Headers added to the request."""
    extra: Mapping[str, Any]
    """Fields added to the body, or to the query where there is no body, unchecked."""
