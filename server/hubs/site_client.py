"""Requests of a hub to its site's web address: feeds, pages and media, as phones ask for them.

Answers are compressed on the way and decompressed within a limit, so that no answer fills the memory.
"""

from __future__ import annotations

import zlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Protocol
from urllib.parse import urlsplit

import brotli
from anyio import to_thread

from sync.errors import NotFound, Refused, TooLarge, Unavailable

TIMEOUT = 1800.0  # seconds for one answer: a long recording over a link of a few kilobytes a second
READ_TIMEOUT = 120.0  # seconds without a byte
CONNECT_TIMEOUT = 10.0  # seconds
CHUNK_BYTES = 65_536


class SiteClient(Protocol):
    async def get(self, path: str, max_bytes: int) -> bytes:
        """The body at a path of the site, `b""` if there is nothing new.

        Raises NotFound if it is not there, TooLarge beyond `max_bytes`, Unavailable if the site does not give it.
        """

    async def post(self, path: str, body: bytes, max_bytes: int) -> bytes: ...


@dataclass(frozen=True, slots=True)
class HttpSiteClient:
    """`url`: the site's address without a final slash (`check_site_url`)."""

    url: str

    async def get(self, path: str, max_bytes: int) -> bytes:
        return await self._ask("GET", path, None, max_bytes)

    async def post(self, path: str, body: bytes, max_bytes: int) -> bytes:
        return await self._ask("POST", path, body, max_bytes)

    async def _ask(self, method: str, path: str, body: bytes | None, max_bytes: int) -> bytes:
        import aiohttp  # late: it costs a quarter of a second, and only hubs need it

        headers = {"accept-encoding": "br, gzip", "user-agent": "Kunnafoni"}
        timeout = aiohttp.ClientTimeout(total=TIMEOUT, sock_connect=CONNECT_TIMEOUT, sock_read=READ_TIMEOUT)
        try:
            async with (
                aiohttp.ClientSession(
                    timeout=timeout, cookie_jar=aiohttp.DummyCookieJar(), auto_decompress=False
                ) as session,
                session.request(method, self.url + path, data=body, headers=headers, allow_redirects=False) as response,
            ):
                if response.status in (404, 410):
                    raise NotFound(
                        "site-lacks", "Le site n’a pas ce qu’on lui demande.", "Le relais demande de nouveau."
                    )
                if response.status not in (200, 204):
                    raise Unavailable(
                        "site-status",
                        "Le site {url} répond {status}.",
                        "Le relais demande de nouveau.",
                        url=self.url,
                        status=response.status,
                    )
                data = bytearray()
                async for chunk in response.content.iter_chunked(CHUNK_BYTES):
                    data += chunk
                    if len(data) > max_bytes:
                        raise too_large(max_bytes)
                encoding = response.headers.get("content-encoding", "identity").lower()
        except (aiohttp.ClientError, OSError, ValueError) as error:  # TimeoutError is an OSError
            raise Unavailable(
                "site-silent", "Le site {url} ne répond pas.", "Le relais demande de nouveau.", url=self.url
            ) from error
        return await to_thread.run_sync(decompress, bytes(data), encoding, max_bytes)


def check_site_url(text: str) -> str:
    """A site's address without a final slash. Raises Refused unless it is http or https, with a host and no path."""
    try:
        parts = urlsplit(text)
        is_valid = parts.scheme in ("http", "https") and bool(parts.hostname) and parts.port != 0
    except ValueError:
        is_valid, parts = False, urlsplit("")
    if not is_valid or "@" in parts.netloc or parts.path.strip("/") or parts.query or parts.fragment:
        raise Refused(
            "hub-site",
            "« {address} » n’est pas l’adresse d’un site : https://example.org",
            "Écrivez celle que les téléphones ouvrent.",
            address=text[:100],
        )
    return f"{parts.scheme}://{parts.netloc}"


def decompress(data: bytes, encoding: str, max_bytes: int) -> bytes:
    """The bytes of an HTTP answer. Raises TooLarge beyond `max_bytes`, Unavailable for an answer that was cut."""
    if not data or encoding == "identity":
        return data
    try:
        whole, is_finished = _DECOMPRESSORS[encoding](data, max_bytes + 1)
    except (KeyError, ValueError, zlib.error, brotli.error) as error:
        raise Unavailable(
            "site-answer-broken", "La réponse du site ne peut pas être lue.", "Le relais demande de nouveau."
        ) from error
    if len(whole) > max_bytes:
        raise too_large(max_bytes)
    if not is_finished:
        raise Unavailable(
            "site-answer-broken", "La réponse du site ne peut pas être lue.", "Le relais demande de nouveau."
        )
    return whole


def _unbrotli(data: bytes, limit: int) -> tuple[bytes, bool]:
    decompressor = brotli.Decompressor()
    parts = [decompressor.process(data, output_buffer_limit=limit)]
    size = len(parts[0])
    while size < limit and not decompressor.is_finished() and not decompressor.can_accept_more_data():
        parts.append(decompressor.process(b"", output_buffer_limit=limit - size))
        size += len(parts[-1])
    return b"".join(parts), decompressor.is_finished()


def _gunzip(data: bytes, limit: int) -> tuple[bytes, bool]:
    decompressor = zlib.decompressobj(zlib.MAX_WBITS | 16)
    return decompressor.decompress(data, limit), decompressor.eof


_DECOMPRESSORS: Mapping[str, Callable[[bytes, int], tuple[bytes, bool]]] = {"br": _unbrotli, "gzip": _gunzip}


def too_large(max_bytes: int) -> TooLarge:
    return TooLarge(
        "site-answer-large", "La réponse du site dépasse {most} octets.", "Vérifiez l’adresse du site.", most=max_bytes
    )
