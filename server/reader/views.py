"""Views for readers: pages, feeds, the app's files. No cookies; client addresses are not stored."""

from __future__ import annotations

from typing import Any

from anyio import to_thread
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from server.reader.current_editions import current_editions_of
from server.reader.feeds import FeedResponse, feeds_of, parse_feed_request
from server.reader.search import search_of
from server.web.app_state import settings_of
from server.web.assets import app_files_of
from server.web.compression import choose_encoding, compress
from server.web.cors import ALLOW_ANY_ORIGIN
from server.web.request_body import read_json
from server.web.response_cache import response_cache_of
from server.web.security import shell_policy
from server.web.sender_network import sender_network
from sync.canonical import digest
from sync.editions.page import INDEX, MISSING, compose, is_page_path
from sync.errors import BadRequest, NotFound

FEED_TYPE = "application/x-ndjson"
MAX_PAGES_BODY_BYTES = 32 * 1024  # 512 digests in quotes
CACHE_SHORT = "public, max-age=0, s-maxage=15"
CACHE_HEAD = "max-age=0, s-maxage=15"
CACHE_IMMUTABLE = "public, max-age=31536000, immutable"
LANGUAGES_PAGE = "languages"


async def home(request: Request) -> Response:
    """The page `/`: the languages, in the default channel's shell."""
    return await _render_page(
        request, current_editions_of(request).default_channel(settings_of(request).lang), LANGUAGES_PAGE
    )


async def channel_home(request: Request) -> Response:
    return await _render_page(request, request.path_params["channel"], INDEX)


async def redirect_to_channel_home(request: Request) -> Response:
    current_editions_of(request).get(request.path_params["channel"])
    return RedirectResponse(f"/{request.path_params['channel']}/", 308)


async def page(request: Request) -> Response:
    path = request.path_params["path"]
    if path == "search" and request.query_params.get("q"):
        return await _render_search(request)
    return await _render_page(request, request.path_params["channel"], path)


async def feed(request: Request) -> Response:
    query = request.query_params
    feed_request = parse_feed_request(
        request.path_params["channel"], query.get("have", ""), query.get("to", ""), query.get("after", "")
    )
    encoding = choose_encoding(request.headers.get("accept-encoding", ""))
    return _feed_response(await feeds_of(request).respond(feed_request, encoding, sender_network(request.scope)))


async def feed_manifest(request: Request) -> Response:
    feed_request = parse_feed_request(request.path_params["channel"], "", request.query_params.get("to", ""), "")
    encoding = choose_encoding(request.headers.get("accept-encoding", ""))
    response = await feeds_of(request).respond_manifest(feed_request, encoding, sender_network(request.scope))
    return _feed_response(response, "application/json")


async def feed_pages(request: Request) -> Response:
    current_editions_of(request).get(request.path_params["channel"])
    encoding = choose_encoding(request.headers.get("accept-encoding", ""))
    body = await feeds_of(request).encode_pages(await _read_digests(request), encoding, sender_network(request.scope))
    return Response(body, media_type=FEED_TYPE, headers=_headers("no-store", encoding) | ALLOW_ANY_ORIGIN)


async def app_file(request: Request) -> Response:
    return app_files_of(request).respond(request.scope["path"], request.headers)


async def _render_page(request: Request, channel: str, path: str) -> Response:
    current = current_editions_of(request).get(channel)
    body = current.body(path) if is_page_path(path) and not path.startswith("_") else None
    status = 200 if body is not None else 404
    body = body if body is not None else current.body(MISSING) or ""
    encoding = choose_encoding(request.headers.get("accept-encoding", ""))
    tag = f'"{digest(current.shell + body)[:22]}-{encoding}"'
    headers = _headers(CACHE_SHORT, encoding) | {"etag": tag, "content-security-policy": shell_policy(current.shell)}
    if status == 200 and request.headers.get("if-none-match") == tag:
        return Response(status_code=304, headers=headers)

    async def make() -> bytes:
        return await to_thread.run_sync(compress, compose(current.shell, body).encode(), encoding)

    return Response(await response_cache_of(request).get_or_create(("page", tag), make), status, headers, "text/html")


async def _render_search(request: Request) -> Response:
    """Search without script over the edition's pages; queries are never cached or logged."""
    current = current_editions_of(request).get(request.path_params["channel"])
    encoding = choose_encoding(request.headers.get("accept-encoding", ""))
    query, sender = request.query_params["q"], sender_network(request.scope)
    body = await search_of(request).respond(current, query, encoding, sender)
    headers = _headers("no-store", encoding) | {"content-security-policy": shell_policy(current.shell)}
    return Response(body, 200, headers, "text/html")


def _feed_response(response: FeedResponse, media_type: str = FEED_TYPE) -> Response:
    headers = _headers(
        CACHE_IMMUTABLE if response.is_immutable else CACHE_HEAD,
        response.encoding if response.body is not None else "identity",
    )
    headers |= ALLOW_ANY_ORIGIN
    if response.body is None:
        headers |= {"access-control-expose-headers": "Kunnafoni-Fresh"}
        if response.freshness:
            headers |= {"kunnafoni-fresh": f"{response.freshness.date} {response.freshness.signature}"}
        return Response(status_code=204, headers=headers)
    return Response(response.body, 200, headers, media_type)


def _headers(cache: str, encoding: str) -> dict[str, str]:
    headers = {"cache-control": cache, "vary": "Accept-Encoding"}
    return headers | {"content-encoding": encoding} if encoding != "identity" else headers


async def _read_digests(request: Request) -> list[Any]:
    value = await read_json(request.receive, MAX_PAGES_BODY_BYTES, _malformed_pages)
    if not isinstance(value, list):
        raise _malformed_pages()
    return value


def _malformed_pages() -> BadRequest:
    return BadRequest("feed-bad-pages", "La liste des pages demandées ne peut pas être lue.")


async def not_found(request: Request) -> Response:
    raise NotFound("address-unknown", "Cette adresse n’existe pas.", "Revenez à l’accueil.")
