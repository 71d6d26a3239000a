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
from server.maintenance.encrypted_archive import Line, Lock, unlock
from sync.errors import NotProven, Refused
from sync.store.contract import Blob, Record, Room, Store, Write
from sync.store.copying import PAGE, Entry, Gone, Held, Kept, Sum, everything, pages, put
from sync.store.ensure_saved import sure

FORMAT = 1
LEAST_PASSPHRASE = 12  # characters: it guards signing keys
MARK = "restoring:site"  # in the journal while a restoration is under way: it may go on

Progress = Callable[[Room, int], None]


def silent(room: Room, count: int) -> None:
    return


@dataclass(frozen=True, slots=True)
class Contents:
    """What a backup holds. `split`: records of which several versions lived side by side; it holds the one that was shown."""

    when: str
    records: int
    blobs: int
    keys: int
    split: int


async def back_up(
    store: Store, keys: Path, target: Path, passphrase: str, now: datetime.datetime, progress: Progress = silent
) -> Contents:
    """Write the file; an older one of that name stays until the new one is whole. Raises Refused for a short passphrase."""
    if len(passphrase) < LEAST_PASSPHRASE:
        raise Refused("passphrase-short", "La phrase doit avoir au moins {least} signes.", least=LEAST_PASSPHRASE)
    part = target.with_name(target.name + ".part")
    taken = Sum()
    counts = dict.fromkeys(Room, 0)
    split = sum([len(await store.splits(room)) for room in Room])
    files = list(_key_files(keys))
    when = now.isoformat(timespec="seconds")
    try:
        with private_file(target, part, replace=True) as file:
            lock = Lock(file, passphrase)
            lock.write({"kunnafoni-backup": FORMAT, "when": when, "split": split})
            for name, data in files:
                lock.write({"key": name, "data": base64.b64encode(data).decode()})
            async for entry in everything(store):
                taken.take(entry)
                lock.write(_line(entry))
                counts[entry.room] += 1
                if counts[entry.room] % PAGE == 0:
                    progress(entry.room, counts[entry.room])
            lock.close({"records": len(taken.records), "blobs": len(taken.blobs), "digest": taken.digest})
    except OSError as error:
        raise Refused(
            "backup-unwritable",
            "Le fichier {path} ne peut pas être écrit.",
            "Regardez la place et les droits.",
            path=target,
        ) from error
    return Contents(when, len(taken.records), len(taken.blobs), len(files), split)


def read_backup(source: Path, passphrase: str) -> Contents:
    """Read the whole file and check it against its own count and digest. Raises Refused, NotProven."""
    taken = Sum()
    keys, first = 0, None
    last: Line = {}
    for line in unlock(source, passphrase):
        first = first or line
        keys += "key" in line
        if entry := _entry(line):
            taken.take(entry)
        last = line
    if first is None or first.get("kunnafoni-backup") != FORMAT:
        raise Refused("backup-version", "Cette sauvegarde vient d’une autre version de Kunnafoni.")
    if last.get("digest") != taken.digest:
        raise NotProven("backup-damaged", "Cette sauvegarde est abîmée ou coupée.", "Prenez-en une autre.")
    return Contents(first["when"], len(taken.records), len(taken.blobs), keys, first["split"])


async def restore(store: Store, keys: Path, source: Path, passphrase: str, progress: Progress = silent) -> Contents:
    """Fill an empty store and an empty key folder; what was interrupted goes on. Raises Refused before anything is written."""
    contents = read_backup(source, passphrase)
    await _begin(store, source.name, contents)
    _restore_keys(keys, unlock(source, passphrase))
    counts = dict.fromkeys(Room, 0)
    async for page in pages(_entries(source, passphrase)):
        await put(store, page)
        counts[page[0].room] += len(page)
        progress(page[0].room, counts[page[0].room])
    await store.erase(Room.JOURNAL, [MARK])
    return contents


async def _begin(store: Store, name: str, contents: Contents) -> None:
    mark = {"backup": name, "when": contents.when, "records": contents.records}
    under_way = await store.get(Room.JOURNAL, MARK)
    if under_way and under_way.body == mark:
        return
    for room in Room:
        if found := await store.scan(room, "", "~", 1):
            raise Refused(
                "restore-not-empty",
                "Le magasin de données n’est pas vide : « {id} ».",
                "Restaurez vers un magasin vide.",
                id=found[0].id,
            )
    [outcome] = await store.write(Room.JOURNAL, [Write(MARK, mark)])
    sure(outcome)


def _key_files(folder: Path) -> Iterator[tuple[str, bytes]]:
    for file in sorted(folder.rglob("*")) if folder.is_dir() else []:
        if file.is_file():
            yield file.relative_to(folder).as_posix(), file.read_bytes()


def _restore_keys(folder: Path, lines: Iterator[Line]) -> None:
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


async def _entries(source: Path, passphrase: str) -> AsyncIterator[Entry]:
    for line in unlock(source, passphrase):
        if entry := _entry(line):
            yield entry


def _line(entry: Entry) -> Line:
    match entry:
        case Kept(room, record):
            return {"room": room.value, "id": record.id, "body": dict(record.body)}
        case Gone(room, id):
            return {"room": room.value, "id": id, "body": None}
        case Held(room, blob):
            data = base64.b64encode(blob.data).decode()
            return {"room": room.value, "blob": blob.digest, "type": blob.type, "data": data}


def _entry(line: Line) -> Entry | None:
    if "room" not in line:
        return None
    room: Any = Room(line["room"])
    if "blob" in line:
        return Held(room, Blob(line["blob"], line["type"], base64.b64decode(line["data"])))
    return Gone(room, line["id"]) if line["body"] is None else Kept(room, Record(line["id"], "", line["body"]))
