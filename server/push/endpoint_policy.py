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
from typing import NamedTuple

from sync.errors import Refused

MAX_ENDPOINT_LENGTH = 1000  # characters; the longest in use have 300
MAX_HOST_LENGTH = 253  # characters (RFC 1035)
_LABEL = r"[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?"  # letters, digits and hyphens (RFC 1123), in lower case
_ENDPOINT_PATTERN = re.compile(
    rf"(?P<scheme>https?)://(?P<host>{_LABEL}(?:\.{_LABEL})*)(?::(?P<port>[1-9][0-9]{{0,4}}))?"
    r"(?P<target>/[!\"$-~]*)?"  # printable ASCII only, so that no byte ends a line of the request; no fragment
)
_DEFAULT_PORTS = {"https": 443, "http": 80}

# Addresses that Python's `is_global` takes for public ones.
_NEVER_PUBLIC = tuple(
    ipaddress.IPv6Network(network)
    for network in (
        "::/96",  # IPv4-compatible, deprecated (RFC 4291)
        "::ffff:0:0:0/96",  # IPv4-translated (RFC 7915)
        "64:ff9b:1::/48",  # NAT64 of a local network (RFC 8215)
        "2001::/32",  # Teredo (RFC 4380)
        "fec0::/10",  # site-local, deprecated (RFC 3879)
    )
)
_NAT64 = ipaddress.IPv6Network("64:ff9b::/96")  # RFC 6052: the last 32 bits are an IPv4 address


class InvalidEndpoint(Refused):
    """The endpoint is no URL that a push service gives out, whatever services are allowed."""


@dataclass(frozen=True, slots=True)
class PushService:
    """A push service. Equal for all endpoints with the same scheme, host and port."""

    host: str
    port: int
    is_secure: bool = True

    @property
    def authority(self) -> str:
        """The value of the Host header: the port is left out where it is the scheme's own."""
        return self.host if self.port == _DEFAULT_PORTS[self._scheme] else f"{self.host}:{self.port}"

    @property
    def origin(self) -> str:
        """The audience of VAPID tokens."""
        return f"{self._scheme}://{self.authority}"

    @property
    def _scheme(self) -> str:
        return "https" if self.is_secure else "http"


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
        """Raises InvalidEndpoint for a malformed URL, Refused for a service that is not allowed."""
        match = _ENDPOINT_PATTERN.fullmatch(address) if len(address) <= MAX_ENDPOINT_LENGTH else None
        if match is None or len(match["host"]) > MAX_HOST_LENGTH:
            raise _unknown_service(InvalidEndpoint)
        port = int(match["port"] or _DEFAULT_PORTS[match["scheme"]])
        is_secure = match["scheme"] == "https"
        if port > 65_535 or not (self.allows_local or (is_secure and port == _DEFAULT_PORTS["https"])):
            raise _unknown_service(InvalidEndpoint)
        if not self._is_listed(match["host"]):
            raise _unknown_service(Refused)
        return PushEndpoint(PushService(match["host"], port, is_secure), match["target"] or "/")

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
    if ip.is_multicast:
        return False
    if isinstance(ip, ipaddress.IPv6Address):
        if (embedded := _embedded_address(ip)) is not None:
            return is_public_address(str(embedded))
        if any(ip in network for network in _NEVER_PUBLIC):
            return False
    return ip.is_global


def _embedded_address(ip: ipaddress.IPv6Address) -> ipaddress.IPv4Address | None:
    """The IPv4 address that packets to a mapped, 6to4 or NAT64 address reach."""
    if ip in _NAT64:
        return ipaddress.IPv4Address(int(ip) & 0xFFFF_FFFF)
    return ip.ipv4_mapped or ip.sixtofour


def _unknown_service(error: type[Refused]) -> Refused:
    return error("push-service-unknown", "Ce navigateur reçoit ses messages d’un service que ce site ne connaît pas.")
