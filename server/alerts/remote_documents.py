"""Documents of others, fetched over HTTP without reaching into a private network: CAP messages and their feeds.

Each address is judged before anything is sent, after each redirect anew: scheme, port, and every IP address of its
name. The connection goes to an address that was judged. Sizes are counted while reading.
"""

from __future__ import annotations

import asyncio
import socket
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING
from urllib.parse import SplitResult, urljoin, urlsplit

from server.push.endpoint_policy import is_public_address
from sync.errors import KunnafoniError, NotFound, Refused, TooLarge, Unavailable

if TYPE_CHECKING:
    import aiohttp

MAX_ADDRESS_LENGTH = 1000  # characters
MAX_REDIRECTS = 4
TIMEOUT = 30.0  # seconds for one document, redirects not counted
CONNECT_TIMEOUT = 10.0  # seconds
CHUNK_BYTES = 65_536
DEFAULT_PORTS = {"https": 443, "http": 80}
_REDIRECTS = (301, 302, 303, 307, 308)
_TRY_LATER = (408, 425, 429)


@dataclass(frozen=True, slots=True)
class RemoteDocument:
    """`etag`, `modified`: what the server wants to be asked with next time. `address`: the last one of redirects."""

    data: bytes
    address: str
    etag: str = ""
    modified: str = ""


@dataclass(frozen=True, slots=True)
class RemoteDocuments:
    """`is_allowed`: judges an IP address; tests let their own machine through. `ports`: beside those of the web."""

    is_allowed: Callable[[str], bool] = is_public_address
    ports: frozenset[int] = frozenset()

    async def fetch(self, address: str, max_bytes: int, etag: str = "", modified: str = "") -> RemoteDocument | None:
        """The document; None if it is the one that `etag` or `modified` names. `max_bytes` 0: only whether it is there.

        Raises Refused for an address that may not be asked and for a document that is too large, NotFound for one that
        is not there, Unavailable for a server that does not answer.
        """
        headers = {"accept-encoding": "identity", "user-agent": "Kunnafoni"}
        headers |= {"if-none-match": etag} if etag else {}
        headers |= {"if-modified-since": modified} if modified else {}
        for _ in range(MAX_REDIRECTS + 1):
            answer = await self._ask(address, headers, max_bytes)
            if not isinstance(answer, str):
                return answer
            address = _follow_redirect(address, answer)
        raise Refused("address-redirects", "{host} renvoie sans fin d’une adresse à l’autre.", host=_host(address))

    async def _ask(self, address: str, headers: Mapping[str, str], max_bytes: int) -> RemoteDocument | str | None:
        """One request: the document, None if it is unchanged, or the address of a redirect."""
        import aiohttp  # late: it costs a quarter of a second, and most servers watch no feed

        addresses = await self._judge(address)
        connector = aiohttp.TCPConnector(resolver=_pinned_resolver(addresses), use_dns_cache=False, limit=1)
        timeout = aiohttp.ClientTimeout(total=TIMEOUT, sock_connect=CONNECT_TIMEOUT)
        try:
            async with (
                aiohttp.ClientSession(
                    connector=connector,
                    timeout=timeout,
                    cookie_jar=aiohttp.DummyCookieJar(),
                    auto_decompress=False,
                ) as session,
                session.get(address, headers=dict(headers), allow_redirects=False) as response,
            ):
                return await self._read(response, address, max_bytes)
        except (aiohttp.ClientError, OSError, ValueError) as error:  # TimeoutError is an OSError
            raise _unreachable(address) from error

    async def _read(
        self, response: aiohttp.ClientResponse, address: str, max_bytes: int
    ) -> RemoteDocument | str | None:
        host, status = _host(address), response.status
        if status == 304:
            return None
        if status in _REDIRECTS and response.headers.get("location"):
            return response.headers["location"]
        if status in (404, 410):
            raise NotFound("address-missing", "{host} n’a plus rien à cette adresse.", "Vérifiez l’adresse.", host=host)
        if 400 <= status < 500 and status not in _TRY_LATER:
            raise Refused(
                "address-refused",
                "{host} refuse de donner ce document ({status}).",
                "Vérifiez l’adresse.",
                host=host,
                status=status,
            )
        if status != 200:
            raise Unavailable(
                "address-status",
                "{host} ne donne pas ce document ({status}).",
                "Réessayez dans un moment.",
                host=host,
                status=status,
            )
        if max_bytes == 0:
            return RemoteDocument(b"", address)
        if response.headers.get("content-encoding", "identity").lower() != "identity":
            raise Refused("address-encoded", "{host} envoie ce document compressé sans qu’on l’ait demandé.", host=host)
        data = bytearray()
        async for chunk in response.content.iter_chunked(CHUNK_BYTES):
            data += chunk
            if len(data) > max_bytes:
                raise TooLarge(
                    "address-large", "Le document de {host} dépasse {most} octets.", host=host, most=max_bytes
                )
        return RemoteDocument(
            bytes(data), address, response.headers.get("etag", ""), response.headers.get("last-modified", "")
        )

    async def _judge(self, address: str) -> list[str]:
        """The IP addresses of a web address. Raises Refused unless all may be asked."""
        parts = split_address(address)
        port = parts.port or DEFAULT_PORTS[parts.scheme]
        if port not in {*DEFAULT_PORTS.values(), *self.ports}:
            raise Refused(
                "address-port", "L’adresse de {host} mène à un autre port que ceux du web.", host=_host(address)
            )
        try:
            entries = await asyncio.wait_for(
                asyncio.get_running_loop().getaddrinfo(parts.hostname, port, type=socket.SOCK_STREAM), CONNECT_TIMEOUT
            )
        except (OSError, UnicodeError) as error:
            raise _unreachable(address) from error
        addresses = list(dict.fromkeys(str(entry[4][0]) for entry in entries))
        if not all(self.is_allowed(ip) for ip in addresses):
            raise Refused(
                "address-private",
                "L’adresse de {host} mène à un réseau privé : rien n’y a été demandé.",
                host=_host(address),
            )
        return addresses


def split_address(address: str) -> SplitResult:
    """The parts of a web address. Raises Refused unless it is http or https, with a host and without a password."""
    try:
        parts = urlsplit(address)
        is_valid = parts.scheme in DEFAULT_PORTS and bool(parts.hostname) and (parts.port is None or parts.port > 0)
    except ValueError:
        is_valid, parts = False, urlsplit("")
    is_plain = address.isprintable() and " " not in address and len(address) <= MAX_ADDRESS_LENGTH
    if not is_valid or not is_plain or "@" in parts.netloc:
        raise _bad_address(address)
    return parts


def _follow_redirect(address: str, location: str) -> str:
    """The address to which a redirect leads. Raises Refused for one that is none, and for one that leaves https."""
    try:
        target = urljoin(address, location)
    except ValueError:
        raise _bad_address(location) from None
    if urlsplit(address).scheme == "https" and split_address(target).scheme != "https":
        raise Refused("address-downgrade", "{host} renvoie vers une adresse sans https.", host=_host(address))
    return target


def _bad_address(address: str) -> Refused:
    return Refused(
        "address-form",
        "Ce n’est pas l’adresse d’un document : « {address} ».",
        "Écrivez-la entière : https://…",
        address=address[:100],
    )


def _pinned_resolver(addresses: list[str]) -> aiohttp.abc.AbstractResolver:
    """A resolver that knows nothing but addresses that were judged."""
    from aiohttp.abc import AbstractResolver, ResolveResult

    class PinnedResolver(AbstractResolver):
        async def resolve(
            self, host: str, port: int = 0, family: socket.AddressFamily = socket.AF_UNSPEC
        ) -> list[ResolveResult]:
            return [
                ResolveResult(
                    hostname=host,
                    host=ip,
                    port=port,
                    family=socket.AF_INET6 if ":" in ip else socket.AF_INET,
                    proto=0,
                    flags=socket.AI_NUMERICHOST,
                )
                for ip in addresses
            ]

        async def close(self) -> None:
            return None

    return PinnedResolver()


def _host(address: str) -> str:
    return (urlsplit(address).hostname or address)[:100]


def _unreachable(address: str) -> KunnafoniError:
    return Unavailable(
        "address-silent",
        "{host} ne répond pas.",
        "Vérifiez l’adresse, et réessayez dans un moment.",
        host=_host(address),
    )
