"""Backup and restore: everything the store holds as of one moment, and the keys, in one file locked with a passphrase.

A restored site has the same editions. Phones may have seen later ones: the next publication's number is above them, because it is
never below the clock (`sync/editions/edition.py`).
"""

from __future__ import annotations

import base64
import datetime
from collections.abc import AsyncIterator, Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from server.keys.private_file import private_file, write_private
from server.maintenance.encrypted_archive import ArchiveLine, ArchiveWriter, read_archive
from sync.errors import NotProven, Refused
from sync.store.contract import Blob, Collection, Record, Store, Write
from sync.store.copying import (
    BATCH_SIZE,
    SnapshotBlob,
    SnapshotDeletion,
    SnapshotEntry,
    SnapshotRecord,
    StoreSummary,
    batches,
    read_snapshot,
    write_batch,
)
from sync.store.ensure_saved import ensure_saved

FORMAT_VERSION = 1
MIN_PASSPHRASE_LENGTH = 12  # characters: it guards signing keys
MARKER_ID = "restoring:site"  # in the journal while a restoration is under way: it may go on

Progress = Callable[[Collection, int], None]


def ignore_progress(room: Collection, count: int) -> None:
    return


@dataclass(frozen=True, slots=True)
class BackupContents:
    """What a backup holds. `split`: records of which several versions lived side by side; it holds the one that was shown."""

    when: str
    records: int
    blobs: int
    keys: int
    conflict_count: int


async def back_up(
    store: Store,
    keys: Path,
    target: Path,
    passphrase: str,
    now: datetime.datetime,
    progress: Progress = ignore_progress,
) -> BackupContents:
    """Write the file; an older one of that name stays until the new one is whole. Raises Refused for a short passphrase."""
    if len(passphrase) < MIN_PASSPHRASE_LENGTH:
        raise Refused("passphrase-short", "La phrase doit avoir au moins {least} signes.", least=MIN_PASSPHRASE_LENGTH)
    part = target.with_name(target.name + ".part")
    taken = StoreSummary()
    counts = dict.fromkeys(Collection, 0)
    split = sum([len(await store.conflicts(room)) for room in Collection])
    files = list(_list_key_files(keys))
    when = now.isoformat(timespec="seconds")
    try:
        with private_file(target, part, replace=True) as file:
            lock = ArchiveWriter(file, passphrase)
            lock.write({"kunnafoni-backup": FORMAT_VERSION, "when": when, "split": split})
            for name, data in files:
                lock.write({"key": name, "data": base64.b64encode(data).decode()})
            async for entry in read_snapshot(store):
                taken.add(entry)
                lock.write(_line_from_entry(entry))
                counts[entry.collection] += 1
                if counts[entry.collection] % BATCH_SIZE == 0:
                    progress(entry.collection, counts[entry.collection])
            lock.close({"records": len(taken.records), "blobs": len(taken.blobs), "digest": taken.digest})
    except OSError as error:
        raise Refused(
            "backup-unwritable",
            "Le fichier {path} ne peut pas être écrit.",
            "Regardez la place et les droits.",
            path=target,
        ) from error
    return BackupContents(when, len(taken.records), len(taken.blobs), len(files), split)


def verify_backup(source: Path, passphrase: str) -> BackupContents:
    """Read the whole file and check it against its own count and digest. Raises Refused, NotProven."""
    taken = StoreSummary()
    keys, first = 0, None
    last: ArchiveLine = {}
    for line in read_archive(source, passphrase):
        first = first or line
        keys += "key" in line
        if entry := _entry_from_line(line):
            taken.add(entry)
        last = line
    if first is None or first.get("kunnafoni-backup") != FORMAT_VERSION:
        raise Refused("backup-version", "Cette sauvegarde vient d’une autre version de Kunnafoni.")
    if last.get("digest") != taken.digest:
        raise NotProven("backup-damaged", "Cette sauvegarde est abîmée ou coupée.", "Prenez-en une autre.")
    return BackupContents(first["when"], len(taken.records), len(taken.blobs), keys, first["split"])


async def restore(
    store: Store, keys: Path, source: Path, passphrase: str, progress: Progress = ignore_progress
) -> BackupContents:
    """Fill an empty store and an empty key folder; what was interrupted goes on. Raises Refused before anything is written."""
    contents = verify_backup(source, passphrase)
    await _mark_started(store, source.name, contents)
    _restore_keys(keys, read_archive(source, passphrase))
    counts = dict.fromkeys(Collection, 0)
    async for page in batches(_read_entries(source, passphrase)):
        await write_batch(store, page)
        counts[page[0].collection] += len(page)
        progress(page[0].collection, counts[page[0].collection])
    await store.erase(Collection.JOURNAL, [MARKER_ID])
    return contents


async def _mark_started(store: Store, name: str, contents: BackupContents) -> None:
    mark = {"backup": name, "when": contents.when, "records": contents.records}
    under_way = await store.get(Collection.JOURNAL, MARKER_ID)
    if under_way and under_way.body == mark:
        return
    for room in Collection:
        if found := await store.scan(room, "", "~", 1):
            raise Refused(
                "restore-not-empty",
                "Le magasin de données n’est pas vide : « {id} ».",
                "Restaurez vers un magasin vide.",
                id=found[0].id,
            )
    [outcome] = await store.write(Collection.JOURNAL, [Write(MARKER_ID, mark)])
    ensure_saved(outcome)


def _list_key_files(folder: Path) -> Iterator[tuple[str, bytes]]:
    for file in sorted(folder.rglob("*")) if folder.is_dir() else []:
        if file.is_file():
            yield file.relative_to(folder).as_posix(), file.read_bytes()


def _restore_keys(folder: Path, lines: Iterator[ArchiveLine]) -> None:
    """Every key or none; a key that lies there already must be the same."""
    files = {folder / line["key"]: base64.b64decode(line["data"]) for line in lines if "key" in line}
    for path, data in files.items():
        if not path.resolve().is_relative_to(folder.resolve()):
            raise NotProven("backup-damaged", "Cette sauvegarde est abîmée ou coupée.", "Prenez-en une autre.")
        if path.exists() and path.read_bytes() != data:
            raise Refused(
                "restore-other-key",
                "Une autre clé est déjà dans {path}.",
                "Mettez-la ailleurs, puis recommencez.",
                path=path,
            )
    for path, data in files.items():
        if not path.exists():
            path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            write_private(path, data, replace=False)


async def _read_entries(source: Path, passphrase: str) -> AsyncIterator[SnapshotEntry]:
    for line in read_archive(source, passphrase):
        if entry := _entry_from_line(line):
            yield entry


def _line_from_entry(entry: SnapshotEntry) -> ArchiveLine:
    match entry:
        case SnapshotRecord(room, record):
            return {"room": room.value, "id": record.id, "body": dict(record.body)}
        case SnapshotDeletion(room, id):
            return {"room": room.value, "id": id, "body": None}
        case SnapshotBlob(room, blob):
            data = base64.b64encode(blob.data).decode()
            return {"room": room.value, "blob": blob.digest, "type": blob.type, "data": data}


def _entry_from_line(line: ArchiveLine) -> SnapshotEntry | None:
    if "room" not in line:
        return None
    room: Any = Collection(line["room"])
    if "blob" in line:
        return SnapshotBlob(room, Blob(line["blob"], line["type"], base64.b64decode(line["data"])))
    return (
        SnapshotDeletion(room, line["id"])
        if line["body"] is None
        else SnapshotRecord(room, Record(line["id"], "", line["body"]))
    )
