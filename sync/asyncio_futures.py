"""Completing asyncio futures. Used where one task computes the results of several waiting callers."""

from __future__ import annotations

import asyncio
from typing import TypeVar

T = TypeVar("T")


def set_future(future: asyncio.Future[T], result: T | Exception) -> None:
    """Complete the future with a value or an exception; no effect when it is already done."""
    if future.done():  # the caller was cancelled
        return
    if isinstance(result, Exception):
        future.set_exception(result)
    else:
        future.set_result(result)
