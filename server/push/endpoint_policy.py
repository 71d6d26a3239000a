"""Where messages may go: endpoints of known push services only, over https, and never into a private network.

Whoever subscribes names the address that this server will then call: without these rules it could be made to call anything.
"""

from __future__ import annotations

import asyncio
import ipaddress
import re
import socket
from dataclasses import dataclass
from functools import lru_cache
from typing import NamedTuple
from urllib.parse import urlsplit

from sync.errors import Refused

MAX_ENDPOINT_LENGTH = 1000  # characters; the longest in use have 300
_ORIGIN = r"https?://[A-Za-z0-9.-]+(?::[0-9]{1,5})?"  # no user information, no query, no empty port
_ORIGIN_PATTERN = re.compile(_ORIGIN)
_ENDPOINT_PATTERN = re.compile(
    rf"({_ORIGIN})(/[!\"$-~]*)?"
)  # printable ASCII only, so that no byte ends a line of the request; no fragment


@dataclass(frozen=True, slots=True)
class PushService:
    """`origin`: scheme, host and port as the endpoint names them: the audience of tokens."""

    host: str
    port: int
    origin: str
    is_secure: bool


class PushEndpoint(NamedTuple):
    """`target`: what stands in the request line."""

    service: PushService
    target: str


@dataclass(frozen=True, slots=True)
class EndpointPolicy:
    """`services`: host names; one that begins with a dot stands for every name below it. `local`: for tests, also http and this machine."""

    allowed_hosts: tuple[str, ...]
    allows_local: bool = False

    @classmethod
    def from_setting(cls, setting: str) -> EndpointPolicy:
        return cls(tuple(name.strip().lower() for name in setting.split(",") if name.strip()))

    def parse_endpoint(self, address: str) -> PushEndpoint:
        """Raises Refused for an address that is no endpoint of a listed service."""
        found = _ENDPOINT_PATTERN.fullmatch(address)
        if not found or len(address) > MAX_ENDPOINT_LENGTH:
            raise _unknown_service()
        origin, target = found.groups()
        return PushEndpoint(self.parse_service(origin), target or "/")

    @lru_cache(maxsize=256)  # noqa: B019  (guards live as long as the program)
    def parse_service(self, origin: str) -> PushService:
        """Raises Refused for a malformed origin and for one outside the list."""
        if not _ORIGIN_PATTERN.fullmatch(origin):
            raise _unknown_service()
        try:
            parts = urlsplit(origin)
            port = parts.port
        except ValueError:
            raise _unknown_service() from None
        host = (parts.hostname or "").lower()
        secure = parts.scheme == "https"
        sound = (secure and port in (None, 443)) or (self.allows_local and parts.scheme == "http")
        if not sound or not host or not self._is_listed(host):
            raise _unknown_service()
        return PushService(host, port or 443, origin, secure)

    async def resolve(self, service: PushService) -> list[str]:
        """The service's addresses. Raises Refused when one of them is not of the open Internet, OSError when there are none."""
        loop = asyncio.get_running_loop()
        found = await loop.getaddrinfo(service.host, service.port, type=socket.SOCK_STREAM)
        addresses = list(dict.fromkeys(str(entry[4][0]) for entry in found))
        if not self.allows_local and not all(is_public_address(address) for address in addresses):
            raise Refused(
                "push-private", "Ce service de messages mène à un réseau privé.", "Vérifiez le DNS de ce serveur."
            )
        return addresses

    def _is_listed(self, host: str) -> bool:
        return any(host == name or (name.startswith(".") and host.endswith(name)) for name in self.allowed_hosts)


def is_public_address(address: str) -> bool:
    """Whether an address is of the open Internet; an IPv4 one inside an IPv6 one is judged as what it is."""
    found = ipaddress.ip_address(address.partition("%")[0])
    inside = getattr(found, "ipv4_mapped", None) or getattr(found, "sixtofour", None)
    return found.is_global and not found.is_multicast and (inside is None or is_public_address(str(inside)))


def _unknown_service() -> Refused:
    return Refused("push-service-unknown", "Ce navigateur reçoit ses messages d’un service que ce site ne connaît pas.")
