"""HTTP/1.1 over a plain socket: sends what libraries refuse to send. Used by the journeys."""

from __future__ import annotations

import http.client
import socket

from tests.support.generated_requests import GeneratedRequest


class RawConnection:
    """A connection that is kept open and opened anew when the server closed it."""

    def __init__(self, port: int, patience: float) -> None:
        """`patience`: seconds for one answer."""
        self._port = port
        self._patience = patience
        self._socket: socket.socket | None = None

    def ask(self, request: GeneratedRequest) -> tuple[int, bytes]:
        """Status and body of the answer; (0, b"") when the server closed the connection twice without one.

        Raises TimeoutError when no answer comes.
        """
        for _ in range(2):
            if self._socket is None:
                self._socket = socket.create_connection(("127.0.0.1", self._port), self._patience)
            try:
                self._socket.sendall(encode(request))
                return self._read(request.method)
            except (ConnectionError, http.client.HTTPException):
                self.close()
        return 0, b""

    def close(self) -> None:
        if self._socket:
            self._socket.close()
        self._socket = None

    def _read(self, method: str) -> tuple[int, bytes]:
        assert self._socket
        answer = http.client.HTTPResponse(self._socket, method=method)
        try:
            answer.begin()
            body = answer.read()
            if answer.will_close or answer.status == 400:  # after a 400 of the parser the rest of the bytes is lost
                self.close()
            return answer.status, body
        finally:
            answer.close()


def encode(request: GeneratedRequest) -> bytes:
    """The request's bytes; its true length is added unless a header already lies about it."""
    headers = list(request.headers)
    if all(name != b"content-length" for name, _ in headers):
        headers.append((b"content-length", str(len(request.body)).encode()))
    lines = [request.method.encode() + b" " + request.target + b" HTTP/1.1"]
    lines += [name + b": " + value for name, value in headers]
    return b"\r\n".join(lines) + b"\r\n\r\n" + request.body
