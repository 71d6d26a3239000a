"""The link between a phone and the server: a small HTTP proxy that a test can break.

`navigator.onLine` and a browser's throttling do not reach what its service worker fetches; a link that is really cut
does.
"""

from __future__ import annotations

import contextlib
import http.client
import mimetypes
import socket
import ssl
import struct
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import urlsplit

HOP_HEADERS = {"connection", "transfer-encoding", "keep-alive", "content-length", "date", "server"}


@dataclass
class MobileLink:
    """The state of the link. `asked`: the paths of forwarded requests."""

    target: str
    url: str = ""
    down: bool = False
    cuts: list[int] = field(default_factory=list)  # bytes after which each of the next feed answers breaks
    change: Callable[[str, bytes], bytes] | None = None  # (path, body) of feed responses
    fate: Callable[[str], str] | None = (
        None  # path -> "lost" before it arrives, "unheard": it arrives, the answer breaks off, or ""
    )
    date: str = ""  # the server's clock, instead of its own
    app: Path | None = None  # a folder with another build of the app, instead of the server's
    asked: list[str] = field(default_factory=list)
    before: list[str] = field(default_factory=list)  # paths that a browser asked about before it posted there

    def feeds(self) -> list[str]:
        return [path for path in self.asked if path.startswith("/feed/")]


@contextlib.contextmanager
def running_link(target: str, tls: ssl.SSLContext | None = None) -> Iterator[MobileLink]:
    """Run the proxy; with `tls` over HTTPS, as a hub with its own certificate."""
    link = MobileLink(target)

    class Way(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self) -> None:
            _handle(self, link)

        do_POST = do_DELETE = do_OPTIONS = do_GET  # noqa: N815

        def log_message(self, format: str, *args: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Way)
    server.daemon_threads = True
    if tls:
        server.socket = tls.wrap_socket(server.socket, server_side=True)
    link.url = f"{'https' if tls else 'http'}://127.0.0.1:{server.server_address[1]}"
    thread = threading.Thread(target=server.serve_forever, args=(0.05,))
    thread.start()
    try:
        yield link
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def _handle(request: BaseHTTPRequestHandler, link: MobileLink) -> None:
    request.close_connection = True
    if link.down:
        return _reset_connection(request)
    (link.before if request.command == "OPTIONS" else link.asked).append(request.path)
    fate = link.fate(request.path) if link.fate else ""
    if fate == "lost":
        return _reset_connection(request)
    is_feed = request.path.startswith("/feed/")
    status, headers, body = _app_file(request.path, link.app) or _forward(
        request, link, plain=is_feed and bool(link.change or link.cuts)
    )
    if is_feed and status == 200 and link.change:
        body = link.change(request.path, body)
    request.send_response_only(status)
    for name, value in headers:
        request.send_header(name, value)
    request.send_header("Date", link.date or request.date_time_string())
    request.send_header("Content-Length", str(len(body)))
    request.send_header("Connection", "close")
    request.end_headers()
    if fate == "unheard":
        request.wfile.write(body[: len(body) // 2])
        time.sleep(0.05)
        return _reset_connection(request)
    if is_feed and status == 200 and link.cuts:
        request.wfile.write(body[: link.cuts.pop(0)])
        time.sleep(0.05)  # let the bytes arrive: a reset discards what the browser has not read yet
        return _reset_connection(request)
    with contextlib.suppress(OSError):
        request.wfile.write(body)
    return None


def _app_file(path: str, folder: Path | None) -> tuple[int, list[tuple[str, str]], bytes] | None:
    """A file of the other build, with the server's headers."""
    if folder is None or not (path == "/sw.js" or path.startswith("/app/")):
        return None
    file = folder / path[1:]
    if not file.is_file():
        return 404, [], b""
    return (
        200,
        [("Content-Type", mimetypes.guess_type(path)[0] or "application/json"), ("Cache-Control", "no-cache")],
        file.read_bytes(),
    )


def _forward(
    request: BaseHTTPRequestHandler, link: MobileLink, plain: bool
) -> tuple[int, list[tuple[str, str]], bytes]:
    address = urlsplit(link.target)
    upstream = http.client.HTTPConnection(address.hostname or "", address.port, timeout=30)
    try:
        body = request.rfile.read(int(request.headers.get("content-length") or 0))
        headers = {name: value for name, value in request.headers.items() if name.lower() not in HOP_HEADERS}
        if plain:
            headers["Accept-Encoding"] = "identity"  # so that a test can change or cut what is inside
        upstream.request(request.command, request.path, body or None, headers)
        answer = upstream.getresponse()
        return (
            answer.status,
            [pair for pair in answer.getheaders() if pair[0].lower() not in HOP_HEADERS],
            answer.read(),
        )
    finally:
        upstream.close()


def _reset_connection(request: BaseHTTPRequestHandler) -> None:
    """Reset the connection without an orderly end."""
    with contextlib.suppress(OSError):
        request.wfile.flush()
        request.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        request.connection.close()
