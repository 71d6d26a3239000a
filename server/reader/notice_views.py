"""Views of all published notices for other fact-checkers and machines: `/notices.json` and `/notices.atom`."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence

from anyio import to_thread
from starlette.requests import Request
from starlette.responses import Response

from server.reader.current_editions import current_editions_of
from server.reader.published_notices import published_notices_of
from server.web.cors import ALLOW_ANY_ORIGIN
from server.web.response_cache import response_cache_of
from server.web.site_origin import site_origin_of
from sync.canonical import digest
from sync.documents.model import Site
from sync.locale import Language
from sync.notices.atom import ATOM_TYPE, write_atom
from sync.notices.claim_review import ReviewedNotice, claim_review, claim_review_feed

JSON_TYPE = "application/ld+json"
LanguageOf = Callable[[str], Language]
WriteFeed = Callable[[Sequence[ReviewedNotice], Site, str, LanguageOf], bytes]
HEADERS = {"cache-control": "public, max-age=0, s-maxage=15"} | ALLOW_ANY_ORIGIN


async def json_feed(request: Request) -> Response:
    """All notices as ClaimReview, in a DataFeed."""
    return await _respond(request, _write_json, JSON_TYPE)


async def atom_feed(request: Request) -> Response:
    return await _respond(request, write_atom, ATOM_TYPE)


def _write_json(
    reviewed_notices: Sequence[ReviewedNotice], site: Site, site_url: str, language_of: LanguageOf
) -> bytes:
    reviews = [claim_review(reviewed, site, language_of(reviewed.notice.lang)) for reviewed in reviewed_notices]
    feed = claim_review_feed(reviews, site, f"{site_url}/notices.json")
    return json.dumps(feed, ensure_ascii=False, separators=(",", ":")).encode()


async def _respond(request: Request, write: WriteFeed, media_type: str) -> Response:
    """The feed, written once for the editions that are loaded: anybody may ask for it."""
    service, url = published_notices_of(request), site_origin_of(request).url

    async def make() -> bytes:
        notices, site = await service.list(), (await service.load()).site
        return await to_thread.run_sync(write, notices, site, url, service.language_of)

    key = ("notices", media_type, current_editions_of(request).load_count)
    body = await response_cache_of(request).get_or_create(key, make)
    headers = HEADERS | {"etag": f'"{digest(body)[:22]}"'}
    if headers["etag"] in request.headers.get("if-none-match", ""):
        return Response(status_code=304, headers=headers)
    return Response(body, headers=headers, media_type=media_type)
