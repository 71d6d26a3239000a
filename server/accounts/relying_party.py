"""The relying party of WebAuthn: the console's host and origin, to which browsers bind every passkey."""

from __future__ import annotations

import ipaddress
from dataclasses import dataclass

from server.web.site_origin import DEFAULT_PORTS, Host, Origin

LOCAL_HOST = "localhost"  # browsers allow passkeys over plain http on it, and never on an IP address


@dataclass(frozen=True, slots=True)
class RelyingParty:
    """`id`: the host name. `origin`: scheme, host and port as browsers report them."""

    id: str
    origin: str


def find_relying_party(console: Origin | None, host: Host | None) -> RelyingParty | None:
    """The relying party of the console's configured address; None where browsers allow no passkeys.

    Without an address (`make serve`) only `localhost` counts, with the port that the request's `host` names.
    """
    if console is None and host is not None and host.name == LOCAL_HOST:
        console = Origin("http", LOCAL_HOST, host.port or DEFAULT_PORTS["http"])
    if console is None or (console.scheme != "https" and console.name != LOCAL_HOST) or _is_number(console.name):
        return None
    port = "" if console.port == DEFAULT_PORTS[console.scheme] else f":{console.port}"
    return RelyingParty(console.name, f"{console.scheme}://{console.name}{port}")


def _is_number(name: str) -> bool:
    """True for an IP address."""
    try:
        ipaddress.ip_address(name)
    except ValueError:
        return False
    return True
