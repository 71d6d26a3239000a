"""Withdrawn media: their bytes go some weeks later, unless an edition or a text that may be taken up again still names them."""

from __future__ import annotations

import datetime

import pytest

from server import jobs
from server.accounts.account import Role
from server.media.convert import ConvertedMedia
from server.media.unused_media import GRACE_PERIOD, purge_withdrawn
from sync.canonical import digest
from sync.store.contract import Blob, Collection, Outcome, Store, Write
from tests.support.console_client import Desk
from tests.support.console_steps import ARGENT, edit

pytestmark = pytest.mark.anyio

MOMENT = datetime.timedelta(seconds=1)


async def kept(desk: Desk, data: bytes) -> str:
    item = await desk.site.services.media.save(
        ConvertedMedia(data, "webp"), "Un écran", "awa", desk.site.clock().isoformat()
    )
    return item.name


async def withdrawn(desk: Desk, data: bytes) -> str:
    name = await kept(desk, data)
    await desk.site.services.media.withdraw(name, desk.site.clock().isoformat())
    return name


async def purged(desk: Desk) -> list[str]:
    return await purge_withdrawn(desk.site.services.store, desk.site.clock())


async def is_here(desk: Desk, name: str) -> bool:
    return await desk.site.services.store.get_blob(Collection.EDITIONS, name.partition(".")[0]) is not None


async def test_bytes_go_after_the_grace_and_not_before(desk: Desk) -> None:
    stays, goes = await kept(desk, b"shown"), await withdrawn(desk, b"withdrawn")
    desk.site.clock.pass_time(seconds=(GRACE_PERIOD - MOMENT).total_seconds())
    assert await purged(desk) == []
    desk.site.clock.pass_time(seconds=1)
    assert await purged(desk) == [goes]
    assert (await is_here(desk, stays), await is_here(desk, goes)) == (True, False)
    assert await purged(desk) == [], "once is enough"
    assert (await desk.site.client.get(f"/media/{goes}")).status_code == 410


async def test_bytes_that_a_kept_edition_names_stay_until_it_is_pruned(desk: Desk) -> None:
    name = await kept(desk, b"in a guide")

    async def approved(body: str) -> None:
        writer, other = await desk.person(Role.EDITOR), await desk.person(Role.COORDINATOR)
        await edit(writer, ARGENT, body=body)
        await writer.post(f"/writing/{ARGENT}/ask")
        draft = (await desk.site.services.shelves.get_work(ARGENT)).draft
        await other.post(f"/writing/{ARGENT}/approve", {"rev": draft.rev if draft else ""})
        desk.site.clock.pass_time(seconds=1)
        await desk.site.services.publisher.publish(desk.site.keys)

    await approved(f"Regardez.\n\n![L’écran](media:{name})")
    await approved("Sans image.")
    await desk.site.services.media.withdraw(name, desk.site.clock().isoformat())
    desk.site.clock.pass_time(seconds=GRACE_PERIOD.total_seconds())
    assert await purged(desk) == [], "an older text names it"
    for past in await desk.site.services.shelves.list_past_versions(ARGENT):
        record = await desk.site.services.store.get(Collection.CONTENT, past.id)
        assert record
        await desk.site.services.store.write(Collection.CONTENT, [Write(past.id, None, record.rev)])
    assert await purged(desk) == [], "an older edition shows it"
    for n in range(20):  # a manifest kept as a difference keeps what it builds on
        await approved(f"Sans image, {n}.")
    for past in await desk.site.services.shelves.list_past_versions(ARGENT):
        assert name not in str(past.fields)
    await desk.site.services.archive.prune(["fr-ML", "bm-ML"], int(desk.site.clock().timestamp()))
    assert await purged(desk) == [name]


@pytest.mark.parametrize("id", ["draft:guide:x:fr", "aside:guide:x:fr:1", "past:guide:x:fr:1", "guide:x:fr"])
async def test_bytes_that_any_text_names_stay(desk: Desk, id: str) -> None:
    name = await withdrawn(desk, b"named")
    await desk.site.services.store.write(Collection.CONTENT, [Write(id, {"kind": "guide", "fields": {"audio": name}})])
    desk.site.clock.pass_time(seconds=10 * GRACE_PERIOD.total_seconds())
    assert await purged(desk) == []
    assert await is_here(desk, name)


async def test_the_same_file_sent_again_is_shown_again(desk: Desk) -> None:
    name = await withdrawn(desk, b"again")
    desk.site.clock.pass_time(seconds=GRACE_PERIOD.total_seconds())
    assert await purged(desk) == [name]
    assert await kept(desk, b"again") == name
    assert (await desk.site.client.get(f"/media/{name}")).content == b"again"
    desk.site.clock.pass_time(seconds=GRACE_PERIOD.total_seconds())
    assert await purged(desk) == []


class Sending:
    """A store in which somebody sends the same file again just before its bytes are dropped."""

    def __init__(self, store: Store, desk: Desk) -> None:
        self._store = store
        self._desk = desk

    def __getattr__(self, name: str) -> object:
        return getattr(self._store, name)

    async def delete_blob(self, room: Collection, digest: str) -> None:
        await kept(self._desk, b"race")
        await self._store.delete_blob(room, digest)

    async def write(self, room: Collection, writes: list[Write]) -> list[Outcome]:
        return await self._store.write(room, writes)


async def test_a_file_sent_again_at_that_very_moment_is_not_lost(desk: Desk) -> None:
    name = await withdrawn(desk, b"race")
    desk.site.clock.pass_time(seconds=GRACE_PERIOD.total_seconds())
    store: Store = Sending(desk.site.services.store, desk)  # type: ignore[assignment]
    assert await purge_withdrawn(store, desk.site.clock()) == []
    assert await desk.site.services.store.get_blob(Collection.EDITIONS, name.partition(".")[0]) == Blob(
        digest(b"race"), "image/webp", b"race"
    )
    assert (await desk.site.client.get(f"/media/{name}")).content == b"race"


async def test_the_daily_job_purges_and_writes_it_down(desk: Desk) -> None:
    name = await withdrawn(desk, b"old")
    desk.site.clock.pass_time(seconds=GRACE_PERIOD.total_seconds())
    await jobs.clean_up(desk.site.services)
    assert not await is_here(desk, name)
    assert name in (await (await desk.person(Role.ADMINISTRATOR)).get("/journal")).text
