"""The number of the request that is being answered: random, so that lines of one request can be found in the log."""

from __future__ import annotations

import secrets
from contextvars import ContextVar

REQUEST_NUMBER: ContextVar[str] = ContextVar("request_number", default="")


def begin_request() -> None:
    """Give the request that this task answers a number of its own."""
    REQUEST_NUMBER.set(secrets.token_hex(4))
