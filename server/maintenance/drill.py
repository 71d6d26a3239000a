"""Restore drills: a backup restored into an empty place and examined, before the day on which it is needed.

The report stays in the data folder, where `doctor` reads it. Used by `commands.maintenance`.
"""

from __future__ import annotations

import dataclasses
import datetime
import json
import resource
import tempfile
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path

from server.keys.keyring import open_keyring
from server.keys.private_file import write_private
from server.maintenance.backup import BackupContents, restore
from sync.canonical import digest
from sync.editions.archive import Archive
from sync.editions.feed import Edition
from sync.editions.publishing import can_sign
from sync.editions.signing import verify_signature
from sync.errors import KunnafoniError, NotProven
from sync.store.contract import Collection, Store
from sync.store.copying import summarize
from sync.store.iteration import iterate_records

REPORT_FILE = "last-drill.json"
BODIES_AT_ONCE = 200

OpenStore = Callable[[str], Store]


@dataclass(frozen=True, slots=True)
class DrillReport:
    """`when`, `written`: ISO 8601, the start of the drill and of the backup. `memory`: peak of the process in MiB.

    `error`: code of the failure, "" for a backup that restores whole; the counts are 0 after a failure.
    """

    when: str
    backup: str
    written: str = ""
    records: int = 0
    blobs: int = 0
    submissions: int = 0
    channels: int = 0
    seconds: float = 0.0
    memory: int = 0
    error: str = ""


async def run_drill(
    backup: Path, passphrase: str, now: datetime.datetime, data: Path, open_store: OpenStore, room: Path | None = None
) -> DrillReport:
    """Restore `backup` into a temporary folder inside `room` (None: the system's) and leave the report in `data`.

    `open_store` opens the store at an address.

    Raises what `restore` raises, and NotProven if the restored site is not whole; the report then holds the code.
    """
    report = DrillReport(now.isoformat(timespec="seconds"), backup.name)
    try:
        report = await _restore_and_examine(report, backup, passphrase, open_store, room)
    except KunnafoniError as error:
        report = dataclasses.replace(report, error=error.code)
        raise
    finally:
        _leave_report(data, report)
    return report


def read_report(data: Path) -> DrillReport | None:
    """The report of the last drill here; None without one, or if it cannot be read."""
    try:
        return DrillReport(**json.loads((data / REPORT_FILE).read_bytes()))
    except (OSError, ValueError, TypeError):
        return None


def _leave_report(data: Path, report: DrillReport) -> None:
    if data.is_dir():
        write_private(data / REPORT_FILE, json.dumps(dataclasses.asdict(report)).encode(), replace=True)


async def _restore_and_examine(
    report: DrillReport, backup: Path, passphrase: str, open_store: OpenStore, room: Path | None
) -> DrillReport:
    started = time.monotonic()
    with tempfile.TemporaryDirectory(prefix="kunnafoni-drill-", dir=room) as name:
        folder = Path(name)
        store = open_store(f"sqlite:///{folder / 'restored.db'}")
        try:
            await store.prepare()
            contents = await restore(store, folder / "keys", backup, passphrase)
            await _check_records(store, contents)
            editions = await _check_editions(store, folder / "keys")
            submissions = [record.id async for record in iterate_records(store, Collection.FEEDBACK, "submission:")]
        finally:
            await store.close()
    return dataclasses.replace(
        report,
        written=contents.when,
        records=contents.records,
        blobs=contents.blobs,
        submissions=len(submissions),
        channels=len(editions),
        seconds=round(time.monotonic() - started, 1),
        memory=resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024,
    )


async def _check_records(store: Store, contents: BackupContents) -> None:
    restored = await summarize(store)
    if restored.digest != contents.digest:
        raise NotProven(
            "drill-records",
            "Le magasin restauré n’a pas ce que la sauvegarde contient.",
            "Gardez les anciennes sauvegardes et faites-en une autre.",
        )


async def _check_editions(store: Store, keys: Path) -> list[Edition]:
    """The current editions. Raises NotProven unless each is signed and whole, and the keys can sign the next."""
    archive = Archive(store)
    channels = [record.id.partition(":")[2] async for record in iterate_records(store, Collection.EDITIONS, "head:")]
    editions = [edition for channel in channels if (edition := await archive.head(channel))]
    if len(editions) < len(channels) or not all([await _is_proven(archive, edition) for edition in editions]):
        raise NotProven(
            "drill-editions",
            "Une édition restaurée n’est pas entière ou pas signée.",
            "Gardez les anciennes sauvegardes et publiez de nouveau.",
        )
    keyring = open_keyring(keys, create=False)
    if editions and not (keyring and await can_sign(archive, keyring.keys)):
        raise NotProven(
            "drill-keys",
            "Les clés de la sauvegarde ne signent pas ce site.",
            "Faites la sauvegarde sur la machine qui publie.",
        )
    return editions


async def _is_proven(archive: Archive, edition: Edition) -> bool:
    if not verify_signature(edition.key, edition.statement.bytes, edition.signature):
        return False
    digests = list({entry.digest for entry in edition.manifest.entries})
    for start in range(0, len(digests), BODIES_AT_ONCE):
        batch = digests[start : start + BODIES_AT_ONCE]
        if not _are_whole(batch, await archive.bodies(batch)):
            return False
    return True


def _are_whole(digests: Iterable[str], bodies: dict[str, str]) -> bool:
    return all(name in bodies and digest(bodies[name]) == name for name in digests)
