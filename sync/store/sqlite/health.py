"""What may be wrong with a SQLite file: it is not there, others may read it, it is damaged."""

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
    """The file and its log are for the server's user alone."""
    with file.translate_errors():
        for path in _files(file.path):
            if stat.S_IMODE(path.stat().st_mode) & 0o077:
                path.chmod(0o600)


def _check_permissions(path: Path) -> list[HealthIssue]:
    return [
        HealthIssue("store-readable-by-others", "D’autres personnes peuvent lire « {path} ».", True, {"path": str(one)})
        for one in _files(path)
        if stat.S_IMODE(one.stat().st_mode) & 0o077
    ]


def _check_integrity(file: SqliteFile) -> list[HealthIssue]:
    try:
        with file.translate_errors():
            connection = file.open_reader()
            try:
                said = connection.execute("PRAGMA quick_check(1)").fetchone()[0]
            finally:
                connection.close()
    except KunnafoniError as error:
        return [HealthIssue(error.code, error.sentence, False, error.values)]
    if said == "ok":
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
        one for one in (path, path.with_name(path.name + "-wal"), path.with_name(path.name + "-shm")) if one.exists()
    ]
