"""The listening socket, and the site's address on the terminal with its QR code. Used by `serve`."""

from __future__ import annotations

import errno
import socket

import segno

from server.web.site_origin import is_reachable
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
            "address-refused",
            "Cette machine ne peut pas écouter sur {host}, port {port}.",
            "Prenez un autre port, ou arrêtez le programme qui l’occupe.",
            host=host,
            port=port,
        ) from error


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
