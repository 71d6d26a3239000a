"""`/media/NAME`: images and recordings under the digest of their bytes, for ever the same, whole or the one range a player asks for."""

from __future__ import annotations

import re

from starlette.requests import Request
from starlette.responses import Response

from server.media.media_store import MEDIA_TYPES, media_of
from server.web.cors import ALLOW_ANY_ORIGIN

CACHE_IMMUTABLE = "public, max-age=31536000, immutable"
CONTENT_SECURITY_POLICY = "default-src 'none'; sandbox"  # whatever the bytes are taken for, they do nothing

_RANGE = re.compile(r"bytes=(\d{0,12})-(\d{0,12})")


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
    kind = MEDIA_TYPES[name.rpartition(".")[2]]
    asked = request.headers.get("range")
    if asked is None or request.headers.get("if-range", headers["etag"]) != headers["etag"]:
        return Response(data, 200, headers, kind)
    part = parse_range(asked, len(data))
    if part is None:
        return Response(data, 200, headers, kind)
    start, end = part
    if start >= end:
        return Response(b"", 416, headers | {"content-range": f"bytes */{len(data)}"}, kind)
    return Response(data[start:end], 206, headers | {"content-range": f"bytes {start}-{end - 1}/{len(data)}"}, kind)


def parse_range(header: str, size: int) -> tuple[int, int] | None:
    """From where to where (exclusive) a Range header asks; empty where nothing is there; None: not one range, so the whole is due."""
    found = _RANGE.fullmatch(header.replace(" ", ""))
    if found is None or found.groups() == ("", ""):
        return None
    first, last = found.groups()
    if not first:
        return max(0, size - int(last)), size if int(last) else 0
    if last and int(last) < int(first):
        return None
    return int(first), min(int(last) + 1, size) if last else size
