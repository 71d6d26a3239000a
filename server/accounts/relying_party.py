"""The relying party of WebAuthn: the console's host and origin, to which browsers bind every passkey."""

from __future__ import annotations

import ipaddress
from dataclasses import dataclass
from urllib.parse import urlsplit

LOCAL_HOST = "localhost"  # browsers allow passkeys over plain http on it, and never on an IP address


@dataclass(frozen=True, slots=True)
class RelyingParty:
    """`id`: the host name. `origin`: scheme, host and port as browsers report them."""

    id: str
    origin: str


def find_relying_party(address: str, host_header: str) -> RelyingParty | None:
    """The relying party of the console's `address`; None where browsers allow no passkeys.

    Without an address (`make serve`) only `localhost` counts, with the port that the Host header names.
    """
    parts = urlsplit(address or f"http://{host_header}")
    try:
        host, port = parts.hostname or "", parts.port
    except ValueError:
        return None
    is_local = host == LOCAL_HOST and parts.scheme == "http"
    if not is_local and (not address or parts.scheme != "https" or not _is_name(host)):
        return None
    default = 80 if is_local else 443
    return RelyingParty(host, f"{parts.scheme}://{host}" + (f":{port}" if port not in (None, default) else ""))


def _is_name(host: str) -> bool:
    """True for a host name, False for an IP address."""
    try:
        ipaddress.ip_address(host)
    except ValueError:
        return bool(host)
    return False
