"""View of `/media/NAME`: immutable images and recordings under the digest of their bytes, with single byte ranges."""

from __future__ import annotations

import re

from starlette.requests import Request
from starlette.responses import Response

from server.media.media_store import MEDIA_TYPES, media_of
from server.web.cors import ALLOW_ANY_ORIGIN

CACHE_IMMUTABLE = "public, max-age=31536000, immutable"
CONTENT_SECURITY_POLICY = "default-src 'none'; sandbox"  # even bytes taken for HTML run no script

_RANGE = re.compile(r"bytes=([0-9]{0,12})-([0-9]{0,12})")


async def medium(request: Request) -> Response:
    name = request.path_params["name"]
    data = await media_of(request).read_bytes(name)
    headers = {
        "cache-control": CACHE_IMMUTABLE,
        "etag": f'"{name}"',
        "accept-ranges": "bytes",
        "content-security-policy": CONTENT_SECURITY_POLICY,
        "cross-origin-resource-policy": "same-site",
    } | ALLOW_ANY_ORIGIN
    if request.headers.get("if-none-match") == headers["etag"]:
        return Response(status_code=304, headers=headers)
    media_type = MEDIA_TYPES[name.rpartition(".")[2]]
    range_header = request.headers.get("range")
    if range_header is None or request.headers.get("if-range", headers["etag"]) != headers["etag"]:
        return Response(data, 200, headers, media_type)
    byte_range = parse_range(range_header, len(data))
    if byte_range is None:
        return Response(data, 200, headers, media_type)
    start, end = byte_range
    if start >= end:
        return Response(b"", 416, headers | {"content-range": f"bytes */{len(data)}"}, media_type)
    return Response(
        memoryview(data)[start:end],
        206,
        headers | {"content-range": f"bytes {start}-{end - 1}/{len(data)}"},
        media_type,
    )


def parse_range(header: str, size: int) -> tuple[int, int] | None:
    """Start and end (exclusive) of a Range header; start >= end if unsatisfiable, None unless a single valid range."""
    match = _RANGE.fullmatch(header.replace(" ", ""))
    if match is None or match.groups() == ("", ""):
        return None
    first, last = match.groups()
    if not first:
        return max(0, size - int(last)), size if int(last) else 0
    if last and int(last) < int(first):
        return None
    return int(first), min(int(last) + 1, size) if last else size
