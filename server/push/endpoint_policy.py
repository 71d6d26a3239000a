"""Policy for push endpoints: known push services only, over HTTPS, and never an address of a private network.

A subscriber chooses the URL that this server will call; the policy prevents SSRF. Used by `subscriptions.py`,
`sender.py` and `connection_pool.py`.
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
    """A push service. `origin` is scheme, host and port as written in the endpoint: the audience of VAPID tokens."""

    host: str
    port: int
    origin: str
    is_secure: bool


class PushEndpoint(NamedTuple):
    """An endpoint's service and its request target."""

    service: PushService
    target: str


@dataclass(frozen=True, slots=True)
class EndpointPolicy:
    """The push services that may be called.

    A host that begins with a dot allows every name below it. `allows_local` is for tests: HTTP and private addresses.
    """

    allowed_hosts: tuple[str, ...]
    allows_local: bool = False

    @classmethod
    def from_setting(cls, setting: str) -> EndpointPolicy:
        return cls(tuple(name.strip().lower() for name in setting.split(",") if name.strip()))

    def parse_endpoint(self, address: str) -> PushEndpoint:
        """Raises Refused for a URL that is not an endpoint of an allowed service."""
        match = _ENDPOINT_PATTERN.fullmatch(address)
        if not match or len(address) > MAX_ENDPOINT_LENGTH:
            raise _unknown_service()
        origin, target = match.groups()
        return PushEndpoint(self.parse_service(origin), target or "/")

    @lru_cache(maxsize=256)  # noqa: B019  (policies live as long as the program)
    def parse_service(self, origin: str) -> PushService:
        """Raises Refused for a malformed origin and for a service that is not allowed."""
        if not _ORIGIN_PATTERN.fullmatch(origin):
            raise _unknown_service()
        try:
            parts = urlsplit(origin)
            port = parts.port
        except ValueError:
            raise _unknown_service() from None
        host = (parts.hostname or "").lower()
        is_secure = parts.scheme == "https"
        is_allowed = (is_secure and port in (None, 443)) or (self.allows_local and parts.scheme == "http")
        if not is_allowed or not host or not self._is_listed(host):
            raise _unknown_service()
        return PushService(host, port or 443, origin, is_secure)

    async def resolve(self, service: PushService) -> list[str]:
        """IP addresses of the service. Raises Refused when one of them is not public, OSError when there are none."""
        loop = asyncio.get_running_loop()
        entries = await loop.getaddrinfo(service.host, service.port, type=socket.SOCK_STREAM)
        addresses = list(dict.fromkeys(str(entry[4][0]) for entry in entries))
        if not self.allows_local and not all(is_public_address(address) for address in addresses):
            raise Refused(
                "push-private", "Ce service de messages mène à un réseau privé.", "Vérifiez le DNS de ce serveur."
            )
        return addresses

    def _is_listed(self, host: str) -> bool:
        return any(host == name or (name.startswith(".") and host.endswith(name)) for name in self.allowed_hosts)


def is_public_address(address: str) -> bool:
    """True if the IP address is public; an IPv4 address embedded in an IPv6 one must be public too."""
    ip = ipaddress.ip_address(address.partition("%")[0])
    embedded = getattr(ip, "ipv4_mapped", None) or getattr(ip, "sixtofour", None)
    return ip.is_global and not ip.is_multicast and (embedded is None or is_public_address(str(embedded)))


def _unknown_service() -> Refused:
    return Refused("push-service-unknown", "Ce navigateur reçoit ses messages d’un service que ce site ne connaît pas.")
