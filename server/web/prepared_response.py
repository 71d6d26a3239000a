"""Responses whose header lines were encoded before: for answers that are given thousands of times. Used by `reader`."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TypeAlias

from starlette.responses import Response

HeaderLines: TypeAlias = tuple[tuple[bytes, bytes], ...]

WITHOUT_LENGTH = (204, 304)  # statuses


def encode_headers(headers: Mapping[str, str], media_type: str = "") -> HeaderLines:
    """Header lines as Starlette writes them, without the length."""
    response = Response(status_code=204, headers=headers, media_type=media_type or None)
    return tuple(response.raw_headers)


class PreparedResponse(Response):
    def __init__(self, status: int, headers: HeaderLines, body: bytes = b"") -> None:
        self.status_code = status
        self.background = None
        self.body = body
        self.raw_headers = [*headers]
        if status not in WITHOUT_LENGTH:
            self.raw_headers.append((b"content-length", b"%d" % len(body)))
