"""The number of the request that is being answered: random, so that lines of one request can be found in the log.

It is drawn for the first of them, since most requests have none.
"""

from __future__ import annotations

import secrets
from contextvars import ContextVar

_NUMBER: ContextVar[list[str] | None] = ContextVar("request_number", default=None)  # empty until it is drawn


def begin_request() -> None:
    """Give the request that this task answers a number of its own."""
    _NUMBER.set([])


def current_request_number() -> str:
    """The number of this task's request; "" outside one."""
    number = _NUMBER.get()
    if number is None:
        return ""
    if not number:
        number.append(secrets.token_hex(4))
    return number[0]
