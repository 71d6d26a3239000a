"""Several processes confirm a head concurrently: none fails, and the last head stays confirmed."""

from __future__ import annotations

import datetime
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from pathlib import Path

import pytest

from sync.editions.archive import Archive
from sync.editions.feed import Edition
from sync.editions.page import INDEX, MAIN_MARKER, SHELL, TITLE_MARKER, Page
from sync.editions.publishing import SigningKeys, confirm_freshness, plan_publication, publish
from sync.editions.signing import Signer, key_digest
from sync.errors import Conflict
from sync.store.contract import Collection, Outcome, Write
from sync.store.sqlite.store import SqliteStore

pytestmark = pytest.mark.anyio

CHANNEL = "fr-ML"
NOW = datetime.datetime(2026, 11, 24, 12, tzinfo=datetime.UTC)
KEYS = SigningKeys(Signer.generate(), 1, key_digest(Signer.generate().public_key))


class Beaten(SqliteStore):
    """A store that runs `first` just before it writes a freshness statement."""

    first: Callable[[], Awaitable[object]] | None = None
    times = 1

    async def write(self, room: Collection, writes: Sequence[Write]) -> list[Outcome]:
        if self.first and self.times and any(write.id.startswith("fresh:") for write in writes):
            self.times -= 1
            await self.first()
        return await super().write(room, writes)


@pytest.fixture
async def beaten(tmp_path: Path) -> AsyncIterator[Beaten]:
    store = Beaten(tmp_path / "store.db")
    await store.prepare()
    yield store
    await store.close()


@pytest.fixture
async def other(tmp_path: Path, beaten: Beaten) -> AsyncIterator[Archive]:
    store = SqliteStore(tmp_path / "store.db")
    await store.prepare()
    yield Archive(store)
    await store.close()


async def published(archive: Archive, words: str) -> Edition:
    pages = [Page(SHELL, f"{TITLE_MARKER}{MAIN_MARKER}", "first"), Page(INDEX, words, "first")]
    return await publish(archive, await plan_publication(archive, CHANNEL, pages), KEYS, "essai", NOW)


async def head(archive: Archive) -> Edition:
    edition = await archive.head(CHANNEL)
    assert edition is not None
    return edition


async def confirmed(archive: Archive) -> str:
    fresh = await archive.freshness(CHANNEL)
    return fresh.edition if fresh else ""


async def test_publishing_while_a_server_confirms_the_same_head(beaten: Beaten, other: Archive) -> None:
    async def confirms() -> None:
        assert await confirm_freshness(other, await head(other), KEYS, NOW)

    beaten.first = confirms
    edition = await published(Archive(beaten), "un")
    assert beaten.times == 0, "the other one came first"
    assert await confirmed(other) == edition.id


async def test_who_confirms_an_older_head_leaves_the_newer_ones_word(beaten: Beaten, other: Archive) -> None:
    older = await published(Archive(beaten), "un")
    beaten.first = lambda: published(other, "deux")
    assert not await confirm_freshness(Archive(beaten), older, KEYS, NOW + datetime.timedelta(days=1))
    assert beaten.times == 0
    assert await confirmed(other) == (await head(other)).id != older.id


async def test_a_word_that_others_always_take_first_is_said_to_be_so(beaten: Beaten, other: Archive) -> None:
    edition = await published(Archive(beaten), "un")
    days = iter(range(1, 100))
    beaten.times = 100
    beaten.first = lambda: confirm_freshness(other, edition, KEYS, NOW + datetime.timedelta(days=next(days)))
    with pytest.raises(Conflict):
        await confirm_freshness(Archive(beaten), edition, KEYS, NOW + datetime.timedelta(days=200))
