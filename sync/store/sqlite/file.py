"""The SQLite file of a store: its schema, its connections, and its errors.

`SqliteFile.translate_errors` turns every exception of sqlite3 into Unavailable.
"""

from __future__ import annotations

import os
import sqlite3
import time
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from pathlib import Path

from sync.errors import Refused, Unavailable
from sync.store.limits import store_newer
from sync.store.sqlite.migrations import MIGRATIONS, Migration, run_migrations

APPLICATION_ID = 0x4B554E41  # "KUNA" in the file's header, so that another program's file is never used as a store


class SqliteFile:
    """`busy_timeout`: seconds to wait for another program that has locked the file. `migrations`: others in tests."""

    def __init__(self, path: Path, busy_timeout: float, migrations: Sequence[Migration] = MIGRATIONS) -> None:
        self.path = path
        self._busy_timeout = busy_timeout
        self._migrations = migrations
        self._opened: dict[Path, tuple[int, int]] = {}
        self._replaced: Path | None = None

    def create(self) -> None:
        """Create the file and its folder, empty and private, unless the file exists."""
        if self.path.exists() or self._opened:
            return
        self.path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        os.close(os.open(self.path, os.O_CREAT | os.O_RDWR, 0o600))  # private: it has accounts and feedback
        _sync(self.path.parent)  # makes the directory entry as durable as the content

    def open_writer(self) -> sqlite3.Connection:
        """Connect for writing; create the tables if they are missing."""
        self.require_in_place()
        connection = self._connect()
        try:
            self._initialize(connection)
            log = self.path.with_name(self.path.name + "-wal")
            self._opened = {path: number for path in (self.path, log) if (number := _file_number(path))}
        except BaseException:
            connection.close()
            raise
        return connection

    def close_writer(self, connection: sqlite3.Connection) -> None:
        """Close a writer's connection and watch the log no longer: SQLite removes it with its last connection."""
        self._opened = {path: number for path, number in self._opened.items() if path == self.path}
        connection.close()

    def require_in_place(self) -> None:
        """Raise Unavailable if an open file is no longer the one at its path: writes to it would be lost.

        Once seen, it stays so until the process ends: a connection to a new file would mix with the old one's log.
        """
        if self._replaced is None:
            self._replaced = next((path for path, number in self._opened.items() if _file_number(path) != number), None)
        if self._replaced is not None:
            raise Unavailable(
                "store-replaced",
                "« {path} » a été enlevé ou remplacé pendant que ce programme s’en sert.",
                "Arrêtez le programme sans le tuer, puis lancez : kunnafoni doctor",
                path=str(self._replaced),
            )

    def open_reader(self) -> sqlite3.Connection:
        connection = self._connect()
        try:
            connection.execute("PRAGMA query_only = ON")
        except BaseException:
            connection.close()
            raise
        return connection

    @contextmanager
    def translate_errors(self) -> Iterator[None]:
        try:
            yield
        except sqlite3.Error as error:
            raise _unavailable(error, self.path) from error
        except OSError as error:
            raise _not_writable(self.path) from error

    def _connect(self) -> sqlite3.Connection:
        if not self.path.exists():
            raise Unavailable(
                "store-missing",
                "Le fichier « {path} » manque.",
                "Vérifiez KUNNAFONI_STORE, ou reprenez une sauvegarde.",
                path=str(self.path),
            )
        # A connection is used by one thread at a time, but closed by another.
        return sqlite3.connect(
            f"{self.path.as_uri()}?mode=rw",
            uri=True,
            timeout=self._busy_timeout,
            isolation_level=None,
            check_same_thread=False,
        )

    def _initialize(self, connection: sqlite3.Connection) -> None:
        self._check_header(connection)
        self._enable_wal(connection)
        for pragma in ("synchronous = FULL", "secure_delete = ON", "journal_size_limit = 16777216"):
            connection.execute(f"PRAGMA {pragma}")
        connection.execute("BEGIN IMMEDIATE")  # the lock under which one process alone migrates
        version = _read_pragma(connection, "user_version")
        if pending := [migration for migration in self._migrations if migration.version > version]:
            if version:
                self._copy_before(version)
            run_migrations(connection, pending)
            connection.execute(f"PRAGMA application_id = {APPLICATION_ID}")
        connection.execute("COMMIT")

    def _copy_before(self, version: int) -> None:
        """Copy the store as it is, for a return to the program before, to a file beside it that names its schema."""
        target = self.path.with_name(f"{self.path.name}.schema-{version}")
        part = target.with_name(target.name + ".part")
        os.close(os.open(part, os.O_CREAT | os.O_TRUNC | os.O_RDWR, 0o600))
        with closing(self._connect()) as source, closing(sqlite3.connect(part)) as copy:
            source.backup(copy)
        _sync(part)
        part.replace(target)
        _sync(target.parent)

    def _check_header(self, connection: sqlite3.Connection) -> None:
        connection.execute("BEGIN")  # another process may be creating the tables: see all of them or none
        application, version = _read_pragma(connection, "application_id"), _read_pragma(connection, "user_version")
        tables = connection.execute("SELECT count(*) FROM sqlite_master").fetchone()[0]
        connection.execute("COMMIT")
        if application != APPLICATION_ID and (application != 0 or tables > 0):
            raise Refused(
                "store-foreign",
                "« {path} » appartient à un autre programme.",
                "Donnez un autre fichier à KUNNAFONI_STORE.",
                path=str(self.path),
            )
        if version > self._migrations[-1].version:
            raise store_newer(str(self.path))

    def _enable_wal(self, connection: sqlite3.Connection) -> None:
        # SQLite ignores its busy timeout here: of two processes that open a new file together one would fail.
        end = time.monotonic() + self._busy_timeout
        while True:
            try:
                connection.execute("PRAGMA journal_mode = WAL")
                return
            except sqlite3.OperationalError:
                if time.monotonic() > end:
                    raise
                time.sleep(0.02)


def _file_number(path: Path) -> tuple[int, int] | None:
    """Device and inode; None without a file."""
    try:
        status = path.stat()
    except OSError:
        return None
    return status.st_dev, status.st_ino


def _read_pragma(connection: sqlite3.Connection, pragma: str) -> int:
    return int(connection.execute(f"PRAGMA {pragma}").fetchone()[0])


def _unavailable(error: sqlite3.Error, path: Path) -> Unavailable:
    primary = getattr(error, "sqlite_errorcode", 0) & 0xFF
    if primary == sqlite3.SQLITE_FULL:
        return Unavailable(
            "store-full", "Le disque est plein : rien n’a été enregistré.", "Libérez de la place, puis recommencez."
        )
    if primary in (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED):
        return Unavailable(
            "store-busy", "Un autre programme occupe « {path} ».", "Réessayez dans un instant.", path=str(path)
        )
    if primary in (sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB):
        return Unavailable(
            "store-damaged", "Le fichier « {path} » est abîmé.", "Restaurez la dernière sauvegarde.", path=str(path)
        )
    if primary in (sqlite3.SQLITE_READONLY, sqlite3.SQLITE_CANTOPEN, sqlite3.SQLITE_PERM, sqlite3.SQLITE_AUTH):
        return _not_writable(path)
    return Unavailable(
        "store-disk", "Le disque n’a pas pu lire ou écrire « {path} ».", "Regardez l’état du disque.", path=str(path)
    )


def _not_writable(path: Path) -> Unavailable:
    return Unavailable(
        "store-closed-file",
        "« {path} » ne s’ouvre pas, ou pas en écriture.",
        "Regardez le dossier et ses droits.",
        path=str(path),
    )


def _sync(path: Path) -> None:
    """Make the content of a file, or the entries of a folder, durable."""
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
