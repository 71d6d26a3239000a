"""The site's address: the listening socket, the URL that phones can reach, and its QR code. Used by `serve`."""

from __future__ import annotations

import errno
import ipaddress
import socket
from urllib.parse import urlsplit

import segno

from sync.errors import Refused


def listen(host: str, port: int, reuse_port: bool = False) -> socket.socket:
    """A listening socket; `reuse_port` shares it with other processes that also set it.

    Raises Refused if the port is in use or the address is not available.
    """
    try:
        family = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0][0]
        return socket.create_server((host, port), family=family, reuse_port=reuse_port)
    except OSError as error:
        if error.errno == errno.EADDRINUSE:
            raise Refused(
                "port-taken",
                "Le port {port} est déjà pris par un autre programme.",
                "Choisissez-en un autre : PORT={other}",
                port=port,
                other=port + 1,
            ) from error
        raise Refused(
            "address-refused", "Cette machine ne peut pas écouter sur {host}, port {port}.", host=host, port=port
        ) from error


def site_url(host: str, port: int, public: str) -> str:
    """The URL to open: `public` if set, else the listening address, with a wildcard replaced by this machine's IP."""
    if public:
        return public.rstrip("/") + "/"
    hostname = _find_own_address() or host if _is_wildcard(host) else host
    return f"http://{f'[{hostname}]' if ':' in hostname else hostname}:{port}/"


def is_reachable(url: str) -> bool:
    """True if a phone could open the URL: its host is not localhost, loopback or unspecified."""
    host = urlsplit(url).hostname or ""
    if host == "localhost" or host.endswith(".localhost"):
        return False
    try:
        return not (ipaddress.ip_address(host).is_loopback or ipaddress.ip_address(host).is_unspecified)
    except ValueError:
        return "." in host


def can_work_offline(url: str) -> bool:
    """True if browsers allow a service worker: over https, or on the machine itself."""
    return url.startswith("https://") or not is_reachable(url)


def draw_qr_code(url: str) -> str:
    """The QR code of a URL in half-block characters, for a terminal."""
    return _draw_blocks([[bool(module) for module in row] for row in segno.make(url, error="m").matrix_iter(border=2)])


def _draw_blocks(rows: list[list[bool]]) -> str:
    """Draw two rows of modules per line; light modules are drawn, because terminals are dark."""
    rows = [*rows, [False] * len(rows[0])] if len(rows) % 2 else rows
    blocks = {(True, True): " ", (True, False): "▄", (False, True): "▀", (False, False): "█"}
    pairs = zip(rows[::2], rows[1::2], strict=True)
    return "\n".join("".join(blocks[pair] for pair in zip(upper, lower, strict=True)) for upper, lower in pairs)


def _is_wildcard(host: str) -> bool:
    return host in ("0.0.0.0", "::", "")  # noqa: S104


def _find_own_address() -> str:
    """This machine's IP address on its network, or ""; no packet is sent to find it."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        try:
            probe.connect(("10.255.255.255", 1))
            return str(probe.getsockname()[0])
        except OSError:
            return ""
