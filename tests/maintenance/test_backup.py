"""Backups: one encrypted file; a restored site has the same editions and keys, and phones accept its next edition."""

from __future__ import annotations

import dataclasses
import hashlib
import stat
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest

from server.keys.keyring import open_keyring
from server.maintenance.backup import (
    MARKER_ID,
    MIN_COMPARED_RECORDS,
    back_up,
    require_not_smaller,
    restore,
    verify_backup,
)
from server.maintenance.encrypted_archive import ArchiveReader, ArchiveWriter
from sync.canonical import digest
from sync.editions.archive import Archive
from sync.editions.trust import Trust, accept_statement
from sync.errors import KunnafoniError, NotProven, Refused
from sync.store.contract import Blob, Collection, Store, Write
from sync.store.copying import summarize
from sync.store.open_store import open_store
from tests.support.small_site import Site, running_site

pytestmark = pytest.mark.anyio
PHRASE = "cinq mots sans aucun rapport"
OTHER = {"guides/argent/fr.md": "---\ntitle: Argent\n---\nGardez votre argent chez vous. Encore un mot.\n"}


@asynccontextmanager
async def empty(folder: Path) -> AsyncIterator[Store]:
    store = open_store(f"sqlite:///{folder / 'restored.db'}")
    await store.prepare()
    yield store
    await store.close()


async def save(site: Site, file: Path) -> None:
    await back_up(site.services.store, site.services.settings.keys, file, PHRASE, site.clock())


async def test_a_restored_site_is_the_same(tmp_path: Path) -> None:
    async with running_site(tmp_path) as site, empty(tmp_path) as store:
        sound = b"\x00sound" * 100_000
        await site.services.store.put_blob(Collection.EDITIONS, Blob(digest(sound), "audio/ogg", sound))
        await site.services.store.write(
            Collection.FEEDBACK, [Write(f"n{n}", {"text": "x" * 40_000}) for n in range(600)]
        )  # several parts
        file = tmp_path / "site.backup"
        await save(site, file)
        assert stat.S_IMODE(file.stat().st_mode) == 0o600
        assert not file.with_name("site.backup.part").exists()
        contents = await restore(store, tmp_path / "keys", file, PHRASE)
        assert contents.blobs == 1
        assert (await summarize(store)).digest == (await summarize(site.services.store)).digest
        head = await Archive(store).head("fr-ML")
        assert head
        assert head.id == site.services.current_editions.get("fr-ML").edition.id
        ring = open_keyring(tmp_path / "keys", create=False)
        assert ring
        assert ring.keys.signer.public_key == site.keys.signer.public_key


async def test_nothing_of_it_can_be_read_without_the_passphrase(tmp_path: Path) -> None:
    async with running_site(tmp_path) as site, empty(tmp_path) as store:
        file = tmp_path / "site.backup"
        await save(site, file)
        raw = file.read_bytes()
        assert b"PRIVATE KEY" not in raw
        assert b"guide:" not in raw
        with pytest.raises(Refused) as refused:
            await restore(store, tmp_path / "keys", file, "une autre phrase")
        assert refused.value.code == "backup-passphrase"
        assert not (tmp_path / "keys").exists()
        with pytest.raises(Refused):
            await back_up(site.services.store, tmp_path, file, "short", site.clock())


async def test_a_phone_that_saw_later_editions_takes_the_next_publication(tmp_path: Path) -> None:
    async with running_site(tmp_path) as site, empty(tmp_path) as store:
        file = tmp_path / "site.backup"
        await save(site, file)
        site.clock.pass_time(days=2)
        await site.publish(OTHER)
        latest = site.services.current_editions.get("fr-ML").edition.statement  # then the machine is lost
        site.clock.pass_time(days=1)
        await restore(store, tmp_path / "keys", file, PHRASE)
        restored = dataclasses.replace(site.services, store=store)
        ring = open_keyring(tmp_path / "keys", create=False)
        assert ring
        trust = Trust(latest.site, 1, ring.keys.signer.public_key, ring.keys.next_key_digest)
        [unchanged, *_] = await restored.publisher.publish(ring.keys)
        assert unchanged.edition
        assert unchanged.edition.statement.order < latest.order  # unchanged: not signed again
        [published, *_] = await restored.publisher.publish(ring.keys, again=True)
        edition = published.edition
        assert edition
        assert edition.statement.channel == latest.channel
        assert (
            accept_statement(trust, "fr-ML", edition.statement.bytes.decode(), edition.signature, latest).order
            > latest.order
        )


@pytest.mark.parametrize("harm", ["cut", "changed", "part missing", "other"])
async def test_a_damaged_backup_is_refused_before_anything_is_written(tmp_path: Path, harm: str) -> None:
    async with running_site(tmp_path) as site, empty(tmp_path) as store:
        file = tmp_path / "site.backup"
        await save(site, file)
        raw = file.read_bytes()
        middle = len(raw) // 2
        file.write_bytes(
            {
                "cut": raw[: middle // 512 * 512],
                "changed": raw[:middle] + bytes([raw[middle] ^ 1]) + raw[middle + 1 :],
                "part missing": raw[: raw.rindex(b"00001.age") // 512 * 512] + bytes(10240),
                "other": b"hello",
            }[harm]
        )
        with pytest.raises(KunnafoniError) as refused:
            await restore(store, tmp_path / "keys", file, PHRASE)
        assert isinstance(refused.value, (NotProven, Refused))
        assert (await summarize(store)).records == {}
        assert not (tmp_path / "keys").exists()


async def test_a_store_or_key_that_is_there_is_not_overwritten(tmp_path: Path) -> None:
    async with running_site(tmp_path) as site, empty(tmp_path) as store:
        file = tmp_path / "site.backup"
        await save(site, file)
        await store.write(Collection.CONTENT, [Write("own", {})])
        with pytest.raises(Refused) as refused:
            await restore(store, tmp_path / "keys", file, PHRASE)
        assert refused.value.code == "restore-not-empty"
        await store.erase(Collection.CONTENT, ["own"])
        (tmp_path / "keys").mkdir(mode=0o700)
        (tmp_path / "keys" / "edition-1.pem").write_text("another")
        with pytest.raises(Refused) as other:
            await restore(store, tmp_path / "keys", file, PHRASE)
        assert other.value.code == "restore-other-key"


async def test_an_interrupted_restoration_goes_on(tmp_path: Path) -> None:
    async with running_site(tmp_path) as site, empty(tmp_path) as store:
        file = tmp_path / "site.backup"
        await save(site, file)

        class Interrupted(Exception):
            pass

        def interrupt(room: Collection, count: int) -> None:
            raise Interrupted

        with pytest.raises(Interrupted):
            await restore(store, tmp_path / "keys", file, PHRASE, interrupt)
        assert await store.get(Collection.JOURNAL, MARKER_ID)
        await restore(store, tmp_path / "keys", file, PHRASE)
        assert (await summarize(store)).digest == (await summarize(site.services.store)).digest


async def test_reading_says_what_is_inside(tmp_path: Path) -> None:
    async with running_site(tmp_path) as site:
        file = tmp_path / "site.backup"
        await save(site, file)
        contents = verify_backup(ArchiveReader(file, PHRASE))
        assert (contents.when, contents.conflict_count) == ("2026-11-24T12:00:00+00:00", 0)
        assert contents.keys == 3
        assert contents.records > 10


async def test_a_backup_that_lost_half_of_a_part_is_refused_and_the_old_one_stays(tmp_path: Path) -> None:
    async with running_site(tmp_path) as site:
        store, keys, file = site.services.store, site.services.settings.keys, tmp_path / "site.backup"
        ids = [f"n{n}" for n in range(MIN_COMPARED_RECORDS)]
        await store.write(Collection.FEEDBACK, [Write(id, {}) for id in ids])
        last = (await back_up(store, keys, file, PHRASE, site.clock())).records_by_collection
        before = file.read_bytes()
        await store.erase(Collection.FEEDBACK, ids[1:])
        with pytest.raises(Refused) as refused:
            await back_up(store, keys, file, PHRASE, site.clock(), at_least=last)
        assert refused.value.code == "backup-smaller"
        assert refused.value.values == {"part": "feedback", "now": 1, "before": MIN_COMPARED_RECORDS}
        assert file.read_bytes() == before
        assert not file.with_name("site.backup.part").exists()


def test_half_of_many_records_may_go_and_any_number_of_few() -> None:
    require_not_smaller({"feedback": 20}, {"feedback": 40})
    require_not_smaller({}, {"push": MIN_COMPARED_RECORDS - 1})
    for counts in ({"feedback": 19}, {}):
        with pytest.raises(Refused, match="backup-smaller"):
            require_not_smaller(counts, {"feedback": 40})


async def test_what_cannot_be_read_back_never_replaces_the_last_good_backup(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with running_site(tmp_path) as site:
        file = tmp_path / "site.backup"
        await save(site, file)
        good = file.read_bytes()
        add_member = ArchiveWriter._add_member

        def spoil(archive: ArchiveWriter, name: str, data: bytes) -> None:
            add_member(archive, name, data[:-1] + bytes([data[-1] ^ 1]) if name == "00001.age" else data)

        monkeypatch.setattr(ArchiveWriter, "_add_member", spoil)
        with pytest.raises(NotProven) as refused:
            await save(site, file)
        assert refused.value.code == "backup-damaged"
        assert file.read_bytes() == good
        assert not file.with_name("site.backup.part").exists()


async def test_a_restore_derives_the_key_from_the_passphrase_once(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with running_site(tmp_path) as site, empty(tmp_path) as store:
        file = tmp_path / "site.backup"
        await save(site, file)
        derived: list[int] = []
        scrypt = hashlib.scrypt

        def count(*arguments: Any, **options: Any) -> bytes:
            derived.append(options["n"])
            return scrypt(*arguments, **options)

        monkeypatch.setattr(hashlib, "scrypt", count)
        await restore(store, tmp_path / "keys", file, PHRASE)
        assert derived == [2**16]
