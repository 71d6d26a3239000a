"""The network that a request comes from, for fairness among anonymous senders while they wait or share a bucket.

Never stored or logged: callers keep it for as long as a request lasts, or as a place in a `UsageSketch`.
"""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Mapping
from typing import Any

IPV6_PREFIX = 48  # bits: what one subscriber or one site gets; a longer prefix would give an attacker many names

_OCTET = "(?:25[0-5]|2[0-4][0-9]|1[0-9]{2}|[1-9]?[0-9])"
_IPV4 = re.compile(rf"{_OCTET}(?:\.{_OCTET}){{3}}")  # most requests: `ipaddress` would take a tenth of their time


def sender_network(scope: Mapping[str, Any]) -> str:
    """Network of an ASGI scope's client: its IPv4 address or IPv6 prefix; "" for a client without an address."""
    host = (scope.get("client") or ("",))[0]
    if _IPV4.fullmatch(host):
        return str(host)
    try:
        address = ipaddress.ip_address(host.partition("%")[0])
    except ValueError:
        return ""
    if isinstance(address, ipaddress.IPv6Address):
        if address.ipv4_mapped:
            return str(address.ipv4_mapped)
        return str(ipaddress.ip_network((int(address), IPV6_PREFIX), strict=False))
    return str(address)
