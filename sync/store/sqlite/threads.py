"""The threads of a SQLite store: a writer and a few readers. Writes that arrive during a commit share the next one."""

from __future__ import annotations

import sqlite3
import threading
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from queue import Empty, SimpleQueue
from typing import Any, Generic, TypeVar

from sync.errors import Unavailable
from sync.store.sqlite.file import SqliteFile
from sync.store.write_status import WriteStatus

T = TypeVar("T")

MAX_READERS = 4  # more would only compete for the interpreter lock
MAX_GROUP = 500  # jobs of one transaction, so that the first does not wait too long for the last


class SqliteJob(Generic[T]):
    """One unit of work. `run` is called inside the shared transaction, `after` once it is committed."""

    def __init__(
        self, run: Callable[[sqlite3.Connection], T], after: Callable[[sqlite3.Connection], None] | None
    ) -> None:
        self.run = run
        self.after = after
        self.future: Future[T] = Future()

    def finish(self, connection: sqlite3.Connection, file: SqliteFile, result: T) -> None:
        try:
            with file.translate_errors():
                if self.after is not None:
                    self.after(connection)
        except Unavailable as error:
            self.future.set_exception(error)
        else:
            self.future.set_result(result)


class WriterThread:
    def __init__(self, file: SqliteFile) -> None:
        self._file = file
        self.status = WriteStatus()
        self._queue: SimpleQueue[SqliteJob[Any] | None] = SimpleQueue()
        self._connection: sqlite3.Connection | None = None
        self._lock = threading.Lock()
        self._closed = False
        self._thread = threading.Thread(target=self._run, name="store-writer", daemon=True)
        self._thread.start()

    def submit(
        self, run: Callable[[sqlite3.Connection], T], after: Callable[[sqlite3.Connection], None] | None = None
    ) -> Future[T]:
        job = SqliteJob(run, after)
        with self._lock:  # no job is queued after the end marker
            if self._closed:
                raise store_closed()
            self._queue.put(job)
        return job.future

    def close(self) -> None:
        """Finish the submitted jobs, then close the file."""
        with self._lock:
            self._closed = True
            self._queue.put(None)
        self._thread.join()

    def _run(self) -> None:
        while (first := self._queue.get()) is not None:
            group, is_closing = [first], False
            while len(group) < MAX_GROUP and not is_closing:
                try:
                    job = self._queue.get_nowait()
                except Empty:
                    break
                if job is None:
                    is_closing = True
                else:
                    group.append(job)
            self._commit([job for job in group if job.future.set_running_or_notify_cancel()])
            if is_closing:
                break
        self._close_connection()

    def _commit(self, group: list[SqliteJob[Any]]) -> None:
        try:
            with self._file.translate_errors():
                connection = self._connection = self._connection or self._file.open_writer()
                connection.execute("BEGIN IMMEDIATE")
                results = [job.run(connection) for job in group]
                connection.execute("COMMIT")
                self._file.require_in_place()  # before anything is acknowledged
        except Exception as error:  # every future must be completed
            self.status.record_failure(error)
            self._close_connection()  # rolls back; the next group opens a new connection
            for job in group:
                job.future.set_exception(error)
            return
        self.status.record_success()
        for job, result in zip(group, results, strict=True):
            job.finish(connection, self._file, result)

    def _close_connection(self) -> None:
        if self._connection is not None:
            self._file.close_writer(self._connection)
            self._connection = None


class ReaderPool:
    """Threads for reading, each with its own connection."""

    def __init__(self, file: SqliteFile) -> None:
        self._file = file
        self._thread_local = threading.local()
        self._connections: set[sqlite3.Connection] = set()
        self._executor = ThreadPoolExecutor(MAX_READERS, "store-reader")

    def submit(self, run: Callable[[sqlite3.Connection], T]) -> Future[T]:
        try:
            return self._executor.submit(self._read, run)
        except RuntimeError as error:  # the executor was shut down
            raise store_closed() from error

    def close(self) -> None:
        self._executor.shutdown()
        while self._connections:
            self._connections.pop().close()

    def _read(self, run: Callable[[sqlite3.Connection], T]) -> T:
        with self._file.translate_errors():
            connection = getattr(self._thread_local, "connection", None)
            if connection is None:
                connection = self._thread_local.connection = self._file.open_reader()
                self._connections.add(connection)
            try:
                return run(connection)
            except sqlite3.Error:  # a connection that failed is not reused
                self._thread_local.connection = None
                self._connections.discard(connection)
                connection.close()
                raise


def store_closed() -> Unavailable:
    return Unavailable("store-closed", "Le magasin de données est fermé.")
