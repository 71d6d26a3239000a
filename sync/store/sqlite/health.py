"""Health checks of a SQLite file: missing, readable by other users, damaged."""

from __future__ import annotations

import stat
from pathlib import Path

from sync.errors import KunnafoniError
from sync.store.contract import HealthIssue
from sync.store.sqlite.file import SqliteFile


def check_health(file: SqliteFile) -> list[HealthIssue]:
    if not file.path.exists():
        return [HealthIssue("store-missing", "Le fichier « {path} » manque encore.", True, {"path": str(file.path)})]
    return [*_check_permissions(file.path), *_check_integrity(file)]


def repair_permissions(file: SqliteFile) -> None:
    """Make the file and its write-ahead log private to the server's user."""
    with file.translate_errors():
        for path in _files(file.path):
            if stat.S_IMODE(path.stat().st_mode) & 0o077:
                path.chmod(0o600)


def _check_permissions(path: Path) -> list[HealthIssue]:
    return [
        HealthIssue(
            "store-readable-by-others", "D’autres personnes peuvent lire « {path} ».", True, {"path": str(file)}
        )
        for file in _files(path)
        if stat.S_IMODE(file.stat().st_mode) & 0o077
    ]


def _check_integrity(file: SqliteFile) -> list[HealthIssue]:
    try:
        with file.translate_errors():
            connection = file.open_reader()
            try:
                result = connection.execute("PRAGMA quick_check(1)").fetchone()[0]
            finally:
                connection.close()
    except KunnafoniError as error:
        return [HealthIssue(error.code, error.sentence, False, error.values)]
    if result == "ok":
        return []
    return [
        HealthIssue(
            "store-damaged",
            "Le fichier « {path} » est abîmé : restaurez la dernière sauvegarde.",
            False,
            {"path": str(file.path)},
        )
    ]


def _files(path: Path) -> list[Path]:
    return [
        file for file in (path, path.with_name(path.name + "-wal"), path.with_name(path.name + "-shm")) if file.exists()
    ]
