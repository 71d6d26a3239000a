"""The site's own addresses: what every link begins with, and which hosts a request may name.

Both come from the settings and never from a request's Host header: whoever asks would otherwise choose the address in
a link that somebody else follows. Used by everything that prints or sends an address, and by `request_checks`.
"""

from __future__ import annotations

import ipaddress
import re
import socket
from dataclasses import dataclass
from functools import lru_cache

from server.settings import Settings
from server.web.app_state import HasApp
from sync.errors import Refused
from sync.locale import N_

UNREACHABLE_ADDRESS = N_(
    "Cette adresse ne marche que sur cette machine : la personne qui tient le serveur règle KUNNAFONI_URL."
)
DEFAULT_PORTS = {"http": 80, "https": 443}

_HOST = re.compile(r"(\[[0-9A-Fa-f:.]{2,45}\]|[A-Za-z0-9._-]{1,253})(?::([0-9]{1,5}))?")
_ORIGIN = re.compile(r"(https?)://([^/?#@\\]{1,300})", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Host:
    """A host in lower case without brackets and final dot. `port`: None for the scheme's own."""

    name: str
    port: int | None


@dataclass(frozen=True, slots=True)
class Origin:
    """Scheme, host and port, as browsers compare them."""

    scheme: str
    name: str
    port: int

    def is_at(self, host: Host) -> bool:
        """True if the host names this origin; its scheme is the origin's."""
        return (self.name, self.port) == (host.name, host.port or DEFAULT_PORTS[self.scheme])


@lru_cache(maxsize=256)  # of a request's Host header, which is nearly always the same
def parse_host(text: str) -> Host | None:
    """A Host header; None for anything else."""
    match = _HOST.fullmatch(text)
    if match is None or int(match[2] or 0) > 65535:
        return None
    return Host(match[1].strip("[]").removesuffix(".").lower(), int(match[2]) if match[2] else None)


def parse_origin(text: str) -> Origin | None:
    """An Origin header or an address without a path; None for anything else, `null` included."""
    match = _ORIGIN.fullmatch(text)
    host = parse_host(match[2]) if match else None
    if match is None or host is None:
        return None
    scheme = match[1].lower()
    return Origin(scheme, host.name, host.port or DEFAULT_PORTS[scheme])


@dataclass(frozen=True, slots=True)
class SiteOrigin:
    """`site`, `console`: from KUNNAFONI_URL and KUNNAFONI_CONSOLE_URL, None where they are not set.

    `names`: all names, in lower case, by which this server may be called.
    """

    site: Origin | None
    console: Origin | None
    names: frozenset[str]
    settings: Settings

    @classmethod
    def from_settings(cls, settings: Settings) -> SiteOrigin:
        """Raises Refused, naming the setting, for an address or a name that is none."""
        site = _configured_origin("URL", settings.url)
        console = _configured_origin("CONSOLE_URL", settings.console_url)
        machine = socket.gethostname().lower()
        names = {"localhost", settings.host.lower(), machine, f"{machine.partition('.')[0]}.local"}
        names |= {origin.name for origin in (site, console) if origin}
        for name in filter(None, (part.strip() for part in settings.hosts.split(","))):
            host = parse_host(name)
            if host is None or host.port:
                raise _wrong_setting("HOSTS", name)
            names.add(host.name)
        return cls(site, console, frozenset(names), settings)

    @property
    def url(self) -> str:
        """The address of the readers' pages, without a final slash: KUNNAFONI_URL, else where this server listens."""
        return self.settings.url.rstrip("/") or listening_url(self.settings.host, self.settings.port)

    @property
    def console_url(self) -> str:
        """The address before `/console`, without a final slash."""
        return self.settings.console_url.rstrip("/") or self.url

    def is_own(self, host: Host) -> bool:
        """True for the configured names, this machine's own names, and numbers that only lead to this machine.

        Without KUNNAFONI_URL these are all numbers; with it those of this machine and of private networks.
        """
        if host.name in self.names or host.name.endswith(".localhost"):
            return True
        try:
            number = ipaddress.ip_address(host.name)
        except ValueError:
            return False
        return self.site is None or number.is_loopback or number.is_private or number.is_link_local


def site_origin_of(request: HasApp) -> SiteOrigin:
    site_origin: SiteOrigin = request.app.state.site_origin
    return site_origin


def listening_url(host: str, port: int) -> str:
    """The address that a server listens on, without a final slash; a wildcard becomes this machine's number."""
    hostname = _find_own_address() or host if host in ("0.0.0.0", "::", "") else host  # noqa: S104
    return f"http://{f'[{hostname}]' if ':' in hostname else hostname}:{port}"


def is_reachable(url: str) -> bool:
    """True if a phone could open the address: its host is not localhost, loopback or unspecified."""
    origin = parse_origin(url.rstrip("/"))
    if origin is None or origin.name == "localhost" or origin.name.endswith(".localhost"):
        return False
    try:
        return not (ipaddress.ip_address(origin.name).is_loopback or ipaddress.ip_address(origin.name).is_unspecified)
    except ValueError:
        return "." in origin.name


def _configured_origin(name: str, url: str) -> Origin | None:
    if not url:
        return None
    origin = parse_origin(url.rstrip("/"))
    if origin is None:
        raise _wrong_setting(name, url)
    return origin


def _wrong_setting(name: str, value: str) -> Refused:
    return Refused(
        "setting-wrong",
        "Le réglage {name} ne peut pas valoir « {value} ».",
        "deploy/kunnafoni.env.example dit ce qu’il peut valoir.",
        name=f"KUNNAFONI_{name}",
        value=value,
    )


def _find_own_address() -> str:
    """This machine's number on its network, or ""; no packet is sent to find it."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        try:
            probe.connect(("10.255.255.255", 1))
            return str(probe.getsockname()[0])
        except OSError:
            return ""
