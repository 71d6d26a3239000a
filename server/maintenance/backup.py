"""Backup and restore: a snapshot of the whole store, and the keys, in one file encrypted with a passphrase.

A restored site has the editions of the backup. Phones may have newer ones: the next publication's number is above them,
because it is never below the clock (`sync/editions/edition_statement.py`). Used by `commands.maintenance`.
"""

from __future__ import annotations

import base64
import datetime
from collections import Counter
from collections.abc import AsyncIterator, Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from server.keys.private_file import private_file, write_private
from server.maintenance.encrypted_archive import ArchiveLine, ArchiveReader, ArchiveWriter
from sync.errors import NotProven, Refused
from sync.store.checked_writes import ensure_saved
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

FORMAT_VERSION = 1
MIN_PASSPHRASE_LENGTH = 12  # characters: the file contains signing keys
MIN_COMPARED_RECORDS = 20  # a smaller collection may well lose half of its records in a day
MARKER_ID = "restoring:site"  # in the journal during a restore, so that an interrupted one can continue

Progress = Callable[[Collection, int], None]


def ignore_progress(collection: Collection, count: int) -> None:
    return


@dataclass(frozen=True, slots=True)
class BackupContents:
    """Counts of a backup, and the digest of its records and blobs.

    `conflict_count`: conflicted records, of which it has the winning version alone. `records_by_collection`: by the
    collection's name.
    """

    when: str
    records: int
    blobs: int
    keys: int
    conflict_count: int
    digest: str
    records_by_collection: Mapping[str, int]


async def back_up(
    store: Store,
    keys: Path,
    target: Path,
    passphrase: str,
    now: datetime.datetime,
    progress: Progress = ignore_progress,
    at_least: Mapping[str, int] | None = None,
) -> BackupContents:
    """Write a backup and read it back; an older file of that name stays until then.

    `at_least`: the counts of the last backup, by collection.
    Raises Refused for a short passphrase, an unwritable file, or a collection that has lost half of the records it had
    then; NotProven if what was written cannot be read.
    """
    if len(passphrase) < MIN_PASSPHRASE_LENGTH:
        raise Refused("passphrase-short", "La phrase doit avoir au moins {least} signes.", least=MIN_PASSPHRASE_LENGTH)
    part = target.with_name(target.name + ".part")
    summary = StoreSummary()
    counts = dict.fromkeys(Collection, 0)
    conflict_count = sum([len(await store.conflicts(collection)) for collection in Collection])
    key_files = list(_list_key_files(keys))
    when = now.isoformat(timespec="seconds")
    try:
        with private_file(target, part, replace=True) as file:
            archive = ArchiveWriter(file, passphrase)
            archive.write({"kunnafoni-backup": FORMAT_VERSION, "when": when, "split": conflict_count})
            for name, data in key_files:
                archive.write({"key": name, "data": base64.b64encode(data).decode()})
            async for entry in read_snapshot(store):
                summary.add(entry)
                archive.write(_line_from_entry(entry))
                counts[entry.collection] += 1
                if counts[entry.collection] % BATCH_SIZE == 0:
                    progress(entry.collection, counts[entry.collection])
            archive.close({"records": len(summary.records), "blobs": len(summary.blobs), "digest": summary.digest})
            require_not_smaller(count_records(summary), at_least or {})
            file.flush()
            verify_backup(ArchiveReader(part, passphrase))
    except OSError as error:
        raise Refused(
            "backup-unwritable",
            "Le fichier {path} ne peut pas être écrit.",
            "Regardez la place et les droits.",
            path=target,
        ) from error
    return _contents(summary, when, len(key_files), conflict_count)


def count_records(summary: StoreSummary) -> dict[str, int]:
    """Number of records by the name of their collection."""
    return dict(Counter(collection.value for collection, _ in summary.records))


def _contents(summary: StoreSummary, when: str, key_count: int, conflict_count: int) -> BackupContents:
    return BackupContents(
        when,
        len(summary.records),
        len(summary.blobs),
        key_count,
        conflict_count,
        summary.digest,
        count_records(summary),
    )


def require_not_smaller(counts: Mapping[str, int], last: Mapping[str, int]) -> None:
    for collection, count in last.items():
        if count >= MIN_COMPARED_RECORDS and counts.get(collection, 0) * 2 < count:
            raise Refused(
                "backup-smaller",
                "{part} n’a plus que {now} fiches ; la dernière sauvegarde en avait {before}. "
                "Rien n’a été écrit : l’ancienne reste.",
                "Regardez ce qui manque : kunnafoni doctor. Si c’est voulu : kunnafoni backup --smaller",
                part=collection,
                now=counts.get(collection, 0),
                before=count,
            )


def verify_backup(archive: ArchiveReader) -> BackupContents:
    """Read the whole archive and check it against its digest. Raises Refused or NotProven."""
    summary = StoreSummary()
    key_count, first = 0, None
    last: ArchiveLine = {}
    for line in archive.read():
        first = first or line
        key_count += "key" in line
        if entry := _entry_from_line(line):
            summary.add(entry)
        last = line
    if first is None or first.get("kunnafoni-backup") != FORMAT_VERSION:
        raise Refused("backup-version", "Cette sauvegarde vient d’une autre version de Kunnafoni.")
    if last.get("digest") != summary.digest:
        raise NotProven("backup-damaged", "Cette sauvegarde est abîmée ou coupée.", "Prenez-en une autre.")
    return _contents(summary, first["when"], key_count, first["split"])


async def restore(
    store: Store, keys: Path, source: Path, passphrase: str, progress: Progress = ignore_progress
) -> BackupContents:
    """Fill an empty store and key folder from a backup; an interrupted restore continues.

    Raises Refused or NotProven before anything is written.
    """
    archive = ArchiveReader(source, passphrase)
    contents = verify_backup(archive)
    await _mark_started(store, source.name, contents)
    _restore_keys(keys, archive.read())
    counts = dict.fromkeys(Collection, 0)
    async for page in batches(_read_entries(archive)):
        await write_batch(store, page)
        counts[page[0].collection] += len(page)
        progress(page[0].collection, counts[page[0].collection])
    await store.erase(Collection.JOURNAL, [MARKER_ID])
    return contents


async def _mark_started(store: Store, name: str, contents: BackupContents) -> None:
    marker = {"backup": name, "when": contents.when, "records": contents.records}
    existing = await store.get(Collection.JOURNAL, MARKER_ID)
    if existing and existing.body == marker:
        return
    for collection in Collection:
        if records := await store.scan(collection, "", "~", 1):
            raise Refused(
                "restore-not-empty",
                "Le magasin de données n’est pas vide : « {id} ».",
                "Restaurez vers un magasin vide.",
                id=records[0].id,
            )
    [outcome] = await store.write(Collection.JOURNAL, [Write(MARKER_ID, marker)])
    ensure_saved(outcome)


def _list_key_files(folder: Path) -> Iterator[tuple[str, bytes]]:
    for file in sorted(folder.rglob("*")) if folder.is_dir() else []:
        if file.is_file():
            yield file.relative_to(folder).as_posix(), file.read_bytes()


def _restore_keys(folder: Path, lines: Iterator[ArchiveLine]) -> None:
    """Write all key files or none. Raises Refused if a different key exists, NotProven for a path outside."""
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


async def _read_entries(archive: ArchiveReader) -> AsyncIterator[SnapshotEntry]:
    for line in archive.read():
        if entry := _entry_from_line(line):
            yield entry


def _line_from_entry(entry: SnapshotEntry) -> ArchiveLine:
    match entry:
        case SnapshotRecord(collection, record):
            return {"room": collection.value, "id": record.id, "body": dict(record.body)}
        case SnapshotDeletion(collection, id):
            return {"room": collection.value, "id": id, "body": None}
        case SnapshotBlob(collection, blob):
            data = base64.b64encode(blob.data).decode()
            return {"room": collection.value, "blob": blob.digest, "type": blob.type, "data": data}


def _entry_from_line(line: ArchiveLine) -> SnapshotEntry | None:
    if "room" not in line:
        return None
    collection: Any = Collection(line["room"])
    if "blob" in line:
        return SnapshotBlob(collection, Blob(line["blob"], line["type"], base64.b64decode(line["data"])))
    return (
        SnapshotDeletion(collection, line["id"])
        if line["body"] is None
        else SnapshotRecord(collection, Record(line["id"], "", line["body"]))
    )
