"""Requests to a CouchDB server: couchdb-python in worker threads, with a timeout and retries.

Retries are safe: reads change nothing, and writers compare the current state with what they meant to write.
Exceptions of couchdb-python, http.client and sockets are translated; no message contains a password.
"""

from __future__ import annotations

import asyncio
import contextlib
import socket
import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from http.client import HTTPConnection, HTTPException
from typing import Any, TypeVar

import couchdb
from couchdb import http

from sync.errors import Unavailable

TIMEOUT = 20.0  # seconds without data: a hub with the slowest disk responds well within them
RETRY_DELAYS = (0.1, 0.5, 2.0)  # seconds before each retry: enough for a node to restart
MAX_THREADS = 8
# Seconds without a request after a wrong password: CouchDB locks an account at the fifth in five minutes.
REFUSAL_PAUSE = 90.0

T = TypeVar("T")

_STATUS_BY_ERROR = {
    http.Unauthorized: 401,
    http.Forbidden: 403,
    http.ResourceNotFound: 404,
    http.ResourceConflict: 409,
    http.PreconditionFailed: 412,
}


class StatusError(Exception):
    """CouchDB responded with status 400 to 499; becomes an outcome or an error inside the store, never leaves it."""

    def __init__(self, status: int) -> None:
        self.status = status
        super().__init__(status)


class CouchClient:
    def __init__(
        self,
        url: str,
        credentials: tuple[str, str],
        timeout: float = TIMEOUT,
        retry_delays: tuple[float, ...] = RETRY_DELAYS,
        monotonic_clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._monotonic_clock = monotonic_clock
        self._refused: Unavailable | None = None
        self._refused_until = 0.0
        self.account = credentials[0]
        self.timeout = timeout
        self._url, self._credentials = url, credentials
        self._retry_delays = retry_delays
        self._connections = _ConnectionPool(timeout)
        # couchdb-python's cache has no lock and no limit, and would retain the bodies of erased records.
        session = couchdb.Session(cache=_DisabledCache(), timeout=timeout)
        session.connection_pool = self._connections
        resource = http.Resource(url, session)
        resource.credentials = credentials  # not in the URL, which couchdb-python splits at every @
        self._server = couchdb.Server(resource)
        self._host = url.split("://")[1]
        self._threads = ThreadPoolExecutor(MAX_THREADS, "store-couch")

    def with_own_threads(self) -> CouchClient:
        """A client of the same server with its own threads and connections."""
        return CouchClient(self._url, self._credentials, self.timeout, self._retry_delays)

    async def call(self, work: Callable[[couchdb.Server], T]) -> T:
        """Run `work` in a worker thread, several times if need be, and return its result.

        Raises Unavailable, or StatusError for status 400 to 499.
        """
        for delay in (*self._retry_delays, None):
            try:
                return await self._run(work)
            except _TransientError as error:
                if delay is None:
                    raise self._not_responding() from error
                await asyncio.sleep(delay)
        raise AssertionError("the last attempt returns or raises")

    async def close(self) -> None:
        await asyncio.to_thread(self._threads.shutdown)
        self._connections.close()

    async def abort(self) -> None:
        """Close without waiting for outstanding responses."""
        close = asyncio.create_task(self.close())
        while not close.done():
            self._connections.abort_all()
            await asyncio.wait((close,), timeout=0.05)

    async def _run(self, work: Callable[[couchdb.Server], T]) -> T:
        try:
            future = asyncio.get_running_loop().run_in_executor(self._threads, self._call_once, work)
        except RuntimeError as error:  # the executor was shut down
            raise Unavailable("store-closed", "Le magasin de données est fermé.") from error
        return await future

    def _call_once(self, work: Callable[[couchdb.Server], T]) -> T:
        if self._refused and self._monotonic_clock() < self._refused_until:
            raise Unavailable(self._refused.code, self._refused.sentence, self._refused.hint, **self._refused.values)
        try:
            return work(self._server)
        except tuple(_STATUS_BY_ERROR) as error:
            raise self._error_of_status(_STATUS_BY_ERROR[type(error)], str(error)) from error
        except http.ServerError as error:
            raise self._error_of_status(error.args[0][0], "") from error
        except TimeoutError as error:
            self._connections.discard_current()
            raise self._not_responding() from error
        except (OSError, HTTPException, ValueError, AttributeError, TypeError) as error:
            # AttributeError, TypeError: couchdb-python fails on an error page that is long, chunked or has no type.
            self._connections.discard_current()
            raise _TransientError from error

    def _error_of_status(self, status: int, reason: str) -> Exception:
        if status == 403 and "locked" in reason:
            return self._refuse_until_later(
                Unavailable(
                    "store-locked",
                    "CouchDB ({place}) a bloqué ce compte pour quelques minutes : trop de mauvais mots de passe.",
                    "Arrêtez ce qui utilise l’ancien mot de passe, puis attendez cinq minutes.",
                    place=self._host,
                )
            )
        if status == 401 and "not a server admin" in reason:
            return StatusError(403)  # the account is known, and has not this right
        if status == 401:
            refused = Unavailable(
                "store-account",
                "CouchDB ({place}) refuse le compte du serveur.",
                "Vérifiez le compte dans KUNNAFONI_STORE.",
                place=self._host,
            )
            return self._refuse_until_later(refused) if "password" in reason else refused
        return _TransientError() if status >= 500 or status in (408, 429) else StatusError(status)

    def _refuse_until_later(self, error: Unavailable) -> Unavailable:
        self._refused, self._refused_until = error, self._monotonic_clock() + REFUSAL_PAUSE
        return error

    def _not_responding(self) -> Unavailable:
        return Unavailable(
            "store-silent", "CouchDB ({place}) ne répond pas.", "Réessayez dans un instant.", place=self._host
        )


class _TransientError(Exception):
    """The response was lost or asks for a retry; the request may have been executed."""


class _DisabledCache(dict[str, Any]):
    def __setitem__(self, key: str, value: Any) -> None:
        return


class _ConnectionPool(http.ConnectionPool):  # type: ignore[misc]
    """Tracks the connection that each thread uses, so that a failed one is closed and not left to the collector."""

    def __init__(self, timeout: float) -> None:
        super().__init__(timeout)
        self._thread_local = threading.local()
        self._in_use: set[HTTPConnection] = set()

    def get(self, url: str) -> HTTPConnection:
        connection: HTTPConnection = super().get(url)
        if connection.sock is not None:
            connection.sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self._thread_local.connection = connection
        self._in_use.add(connection)
        return connection

    def release(self, url: str, connection: HTTPConnection) -> None:
        self._thread_local.connection = None
        self._in_use.discard(connection)
        super().release(url, connection)

    def discard_current(self) -> None:
        connection: HTTPConnection | None = getattr(self._thread_local, "connection", None)
        self._thread_local.connection = None
        if connection is not None:
            self._in_use.discard(connection)
            connection.close()

    def abort_all(self) -> None:
        """Shut down every connection in use; its request fails."""
        for connection in list(self._in_use):
            if connection.sock is not None:
                with contextlib.suppress(OSError):  # closed meanwhile
                    connection.sock.shutdown(socket.SHUT_RDWR)

    def close(self) -> None:
        with self.lock:
            for connections in self.conns.values():
                while connections:
                    connections.pop().close()
