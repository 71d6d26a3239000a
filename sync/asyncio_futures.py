"""An outcome handed to whoever waits for it, as a value or as the error it is."""

from __future__ import annotations

import asyncio
from typing import TypeVar

T = TypeVar("T")


def set_future(future: asyncio.Future[T], result: T | Exception) -> None:
    if future.done():  # whoever asked has gone
        return
    if isinstance(result, Exception):
        future.set_exception(result)
    else:
        future.set_result(result)
