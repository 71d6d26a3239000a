"""A relay before CouchDB that can cut, stay silent or answer in its place, per request, as networks and proxies do."""

from __future__ import annotations

import http.client
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import NamedTuple


class Reply(NamedTuple):
    status: int
    type: str
    body: bytes


class RelayedRequest(NamedTuple):
    method: str
    path: str


Fault = Callable[[RelayedRequest, Callable[[], Reply]], Reply | None]
"""Gets what was asked and how to ask the real server; its reply is sent on, and None cuts the connection."""


class FaultyRelay:
    def __init__(self, target: str) -> None:
        self.target = target
        self.fault: Fault = lambda request, forward: forward()
        self.seen: list[RelayedRequest] = []
        self.host = ""

    def bulks(self) -> int:
        return sum(request.path.endswith("_bulk_docs") for request in self.seen)

    def once(self, fault: Fault, only: str = "_bulk_docs") -> None:
        """Apply `fault` to the next request with this path ending; the others pass."""
        waiting = [fault]

        def choose(request: RelayedRequest, forward: Callable[[], Reply]) -> Reply | None:
            return (
                waiting.pop()(request, forward) if waiting and request.path.split("?")[0].endswith(only) else forward()
            )

        self.fault = choose


def cut_before_forwarding(request: RelayedRequest, forward: Callable[[], Reply]) -> Reply | None:
    return None


def cut_after_forwarding(request: RelayedRequest, forward: Callable[[], Reply]) -> Reply | None:
    """Forward the write, then drop its response."""
    forward()
    return None


def never_answer(request: RelayedRequest, forward: Callable[[], Reply]) -> Reply | None:
    time.sleep(1.0)
    return None


def answer_accepted(request: RelayedRequest, forward: Callable[[], Reply]) -> Reply | None:
    """Answer 202: too few nodes of the cluster have the write."""
    return forward()._replace(status=202)


def answer_proxy_page(request: RelayedRequest, forward: Callable[[], Reply]) -> Reply | None:
    return Reply(502, "text/html", b"<html>" + b"Bad gateway " * 2000)


def answer_garbage(request: RelayedRequest, forward: Callable[[], Reply]) -> Reply | None:
    return Reply(200, "application/json", b'{"rows":[')


@contextmanager
def running_relay(target: str) -> Iterator[FaultyRelay]:
    relay = FaultyRelay(target)

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def handle_any(self) -> None:
            request = RelayedRequest(self.command, self.path)
            relay.seen.append(request)
            body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
            reply = relay.fault(request, lambda: self.forward(body))
            if reply is None:
                self.close_connection = True
                return
            self.send_response(reply.status)
            self.send_header("Content-Type", reply.type)
            self.send_header("Content-Length", str(len(reply.body)))
            self.end_headers()
            self.wfile.write(b"" if self.command == "HEAD" else reply.body)

        do_GET = do_POST = do_PUT = do_HEAD = do_DELETE = handle_any  # noqa: N815 -- http.server's names

        def forward(self, body: bytes) -> Reply:
            connection = http.client.HTTPConnection(relay.target, timeout=20)
            try:
                connection.request(self.command, self.path, body or None, dict(self.headers))
                answer = connection.getresponse()
                return Reply(answer.status, answer.headers["Content-Type"] or "", answer.read())
            finally:
                connection.close()

        def log_message(self, format: str, *arguments: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    relay.host = f"127.0.0.1:{server.server_address[1]}"
    thread = threading.Thread(target=server.serve_forever, args=(0.05,))
    thread.start()
    try:
        yield relay
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
