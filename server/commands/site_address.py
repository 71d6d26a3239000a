"""The address people open: a free port, what a phone could reach, and the QR code for it."""

from __future__ import annotations

import errno
import ipaddress
import socket
from urllib.parse import urlsplit

import segno

from sync.errors import Refused


def listen(host: str, port: int, reuse_port: bool = False) -> socket.socket:
    """A listening socket; `shared` with other processes that say so too. Raises Refused with a sentence when the address cannot be had."""
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
    """What to type: the public address if one is set, else this machine's name for the one it listens on."""
    if public:
        return public.rstrip("/") + "/"
    shown = _find_own_address() or host if _is_wildcard(host) else host
    return f"http://{f'[{shown}]' if ':' in shown else shown}:{port}/"


def is_reachable(url: str) -> bool:
    """Whether a phone could open the address: not a name or number that means "this machine"."""
    host = urlsplit(url).hostname or ""
    if host == "localhost" or host.endswith(".localhost"):
        return False
    try:
        return not (ipaddress.ip_address(host).is_loopback or ipaddress.ip_address(host).is_unspecified)
    except ValueError:
        return "." in host


def can_work_offline(url: str) -> bool:
    """Browsers keep pages offline over https, and on the machine itself."""
    return url.startswith("https://") or not is_reachable(url)


def draw_qr_code(url: str) -> str:
    """The QR code in half blocks, for a terminal."""
    return _draw_blocks([[bool(module) for module in row] for row in segno.make(url, error="m").matrix_iter(border=2)])


def _draw_blocks(rows: list[list[bool]]) -> str:
    """Two rows of modules a line; light modules are drawn, as terminals are dark."""
    rows = [*rows, [False] * len(rows[0])] if len(rows) % 2 else rows
    blocks = {(True, True): " ", (True, False): "▄", (False, True): "▀", (False, False): "█"}
    pairs = zip(rows[::2], rows[1::2], strict=True)
    return "\n".join("".join(blocks[pair] for pair in zip(upper, lower, strict=True)) for upper, lower in pairs)


def _is_wildcard(host: str) -> bool:
    return host in ("0.0.0.0", "::", "")  # noqa: S104


def _find_own_address() -> str:
    """This machine's address on its network; no packet is sent to find it."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        try:
            probe.connect(("10.255.255.255", 1))
            return str(probe.getsockname()[0])
        except OSError:
            return ""
