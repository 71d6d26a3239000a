"""Views for readers: pages, feeds, the app's files. No cookies; client addresses are not stored."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import Any
from urllib.parse import parse_qsl

from anyio import to_thread
from starlette.requests import HTTPConnection, Request
from starlette.responses import RedirectResponse, Response
from starlette.types import Receive, Scope, Send

from server.reader.current_editions import current_editions_of
from server.reader.feeds import FeedRequest, FeedResponse, feeds_of, parse_feed_request
from server.reader.message_check import MAX_FORM_BYTES, malformed_form, message_checker_of, read_message
from server.reader.page_preview import preview_tags
from server.reader.published_notices import published_notices_of
from server.reader.search import search_of
from server.reader.withdrawn_pages import render_withdrawn
from server.web.app_state import settings_of, store_of
from server.web.assets import AppFiles, app_files_of
from server.web.compression import Encoding, choose_encoding, compress
from server.web.cors import ALLOW_ANY_ORIGIN
from server.web.prepared_response import HeaderLines, PreparedResponse, encode_headers
from server.web.request_body import read_body, read_json
from server.web.response_cache import response_cache_of
from server.web.security import shell_policy
from server.web.sender_network import sender_network
from sync.canonical import digest
from sync.editions.archive import Freshness
from sync.editions.page import INDEX, MISSING, compose, is_page_path
from sync.errors import BadRequest, Conflict, NotFound

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


class FeedEndpoint:
    """`GET /feed/…` as a bare ASGI endpoint: a request object would cost a tenth of the time of an answer."""

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        connection = HTTPConnection(scope)
        request = _parse_feed_query(scope["path_params"]["channel"], scope["query_string"])
        encoding = choose_encoding(connection.headers.get("accept-encoding", ""))
        response = await feeds_of(connection).respond(request, encoding, sender_network(scope))
        await _feed_response(response)(scope, receive, send)


@lru_cache(maxsize=512)  # most phones have one of the last few editions
def _parse_feed_query(channel: str, query_string: bytes) -> FeedRequest:
    """Raises BadRequest naming the malformed value."""
    query = dict(parse_qsl(query_string.decode("latin-1"), keep_blank_values=True))
    return parse_feed_request(channel, query.get("have", ""), query.get("to", ""), query.get("after", ""))


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
    is_asked = is_page_path(path) and not path.startswith("_")
    body = await current_editions_of(request).load_page(channel, path) if is_asked else None
    status = 200 if body is not None else 404
    data = await published_notices_of(request).page_data(channel, path) if body is not None else ""
    if body is None and is_asked:
        language = published_notices_of(request).language_of(channel.partition("-")[0])
        body = await render_withdrawn(store_of(request), current_editions_of(request), language, channel, path)
        status = 410 if body is not None else 404
    body = body if body is not None else current.body(MISSING) or ""
    encoding = choose_encoding(request.headers.get("accept-encoding", ""))
    head = _page_head(current.shell, body, data, settings_of(request).url, app_files_of(request), encoding)
    if status == 200 and request.headers.get("if-none-match") == head.tag:
        return PreparedResponse(304, head.headers)

    async def make() -> bytes:
        document = compose(current.shell, body + data).replace("</title>", f"</title>{head.preview}", 1)
        return await to_thread.run_sync(compress, document.encode(), encoding)

    compressed = await response_cache_of(request).get_or_create(("page", head.tag), make)
    return PreparedResponse(status, head.headers_with_type, compressed)


@dataclass(frozen=True, slots=True)
class _PageHead:
    tag: str
    preview: str
    headers: HeaderLines
    headers_with_type: HeaderLines


@lru_cache(maxsize=1024)  # pages of 16 kB at most
def _page_head(shell: str, body: str, data: str, site_url: str, app_files: AppFiles, encoding: Encoding) -> _PageHead:
    """The head of an answer, by texts that stay the same objects, whose digests Python has: no page is read again."""
    preview, links = preview_tags(body + data, site_url), app_files.build.preload_links(body + data)
    tag = f'"{digest(shell + preview + body + data)[:22]}-{encoding}"'
    headers = _headers(CACHE_SHORT, encoding) | {"etag": tag, "content-security-policy": shell_policy(shell)}
    with_type = headers | ({"link": links} if links else {})
    return _PageHead(tag, preview, encode_headers(headers), encode_headers(with_type, "text/html"))


async def _render_search(request: Request) -> Response:
    """Search without script over the edition's pages; queries are never cached or logged."""
    current = current_editions_of(request).get(request.path_params["channel"])
    encoding = choose_encoding(request.headers.get("accept-encoding", ""))
    query, sender = request.query_params["q"], sender_network(request.scope)
    body = await search_of(request).respond(current, query, encoding, sender)
    headers = _headers("no-store", encoding) | {"content-security-policy": shell_policy(current.shell)}
    return Response(body, 200, headers, "text/html")


async def check_message(request: Request) -> Response:
    """Check a message without script against the edition's notices; what is posted is never kept, cached or logged."""
    message = read_message(await read_body(request.receive, MAX_FORM_BYTES, malformed_form))
    current = current_editions_of(request).get(request.path_params["channel"])
    if not message:
        return RedirectResponse(request.scope["path"], 303)
    encoding = choose_encoding(request.headers.get("accept-encoding", ""))
    sender = sender_network(request.scope)
    body = await message_checker_of(request).respond(current, message, encoding, sender)
    headers = _headers("no-store", encoding) | {"content-security-policy": shell_policy(current.shell)}
    return Response(body, 200, headers, "text/html")


def _feed_response(response: FeedResponse, media_type: str = FEED_TYPE) -> Response:
    if response.body is None:
        return PreparedResponse(204, _feed_headers(response.is_immutable, "identity", "", response.freshness))
    headers = _feed_headers(response.is_immutable, response.encoding, media_type)
    return PreparedResponse(200, headers, response.body)


@lru_cache(maxsize=256)
def _feed_headers(
    is_immutable: bool, encoding: Encoding, media_type: str, freshness: Freshness | None = None
) -> HeaderLines:
    """Header lines of a feed; without `media_type` those of "nothing new"."""
    headers = _headers(CACHE_IMMUTABLE if is_immutable else CACHE_HEAD, encoding) | ALLOW_ANY_ORIGIN
    if not media_type:
        headers |= {"access-control-expose-headers": "Kunnafoni-Fresh"}
    if freshness:
        headers |= {"kunnafoni-fresh": f"{freshness.date} {freshness.signature}"}
    return encode_headers(headers, media_type)


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


async def share(request: Request) -> Response:
    """Refuse what an app shares where no worker takes it: it is not read."""
    raise Conflict(
        "share-without-app",
        "Kunnafoni n’est pas encore prêt sur ce téléphone : ce que vous partagez n’a été ni lu ni gardé.",
        "Ouvrez Kunnafoni, attendez un instant et partagez de nouveau. Ou collez-le dans « Vérifier un message ».",
    )


async def not_found(request: Request) -> Response:
    raise NotFound("address-unknown", "Cette adresse n’existe pas.", "Revenez à l’accueil.")
