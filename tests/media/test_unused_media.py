"""Withdrawn media: their bytes are deleted after some weeks unless an edition or a text still names them."""

from __future__ import annotations

import datetime

import pytest

from server import jobs
from server.accounts.account import Role
from server.media.convert import ConvertedMedia
from server.media.unused_media import GRACE_PERIOD, purge_withdrawn
from sync.canonical import digest
from sync.store.contract import Blob, Collection, Outcome, Store, Write
from tests.support.console_client import ConsoleSite
from tests.support.console_steps import GUIDE_ID, save_draft

pytestmark = pytest.mark.anyio

MOMENT = datetime.timedelta(seconds=1)


async def kept(console_site: ConsoleSite, data: bytes) -> str:
    item = await console_site.site.services.media.save(
        ConvertedMedia(data, "webp"), "Un écran", "awa", console_site.site.clock().isoformat()
    )
    return item.name


async def withdrawn(console_site: ConsoleSite, data: bytes) -> str:
    name = await kept(console_site, data)
    await console_site.site.services.media.withdraw(name, console_site.site.clock().isoformat())
    return name


async def purged(console_site: ConsoleSite) -> list[str]:
    return await purge_withdrawn(console_site.site.services.store, console_site.site.clock())


async def is_here(console_site: ConsoleSite, name: str) -> bool:
    return await console_site.site.services.store.get_blob(Collection.EDITIONS, name.partition(".")[0]) is not None


async def test_bytes_go_after_the_grace_and_not_before(console_site: ConsoleSite) -> None:
    stays, goes = await kept(console_site, b"shown"), await withdrawn(console_site, b"withdrawn")
    console_site.site.clock.pass_time(seconds=(GRACE_PERIOD - MOMENT).total_seconds())
    assert await purged(console_site) == []
    console_site.site.clock.pass_time(seconds=1)
    assert await purged(console_site) == [goes]
    assert (await is_here(console_site, stays), await is_here(console_site, goes)) == (True, False)
    assert await purged(console_site) == [], "once is enough"
    assert (await console_site.site.client.get(f"/media/{goes}")).status_code == 410


async def test_bytes_that_a_kept_edition_names_stay_until_it_is_pruned(console_site: ConsoleSite) -> None:
    name = await kept(console_site, b"in a guide")

    async def approved(body: str) -> None:
        writer, other = await console_site.person(Role.EDITOR), await console_site.person(Role.COORDINATOR)
        await save_draft(writer, GUIDE_ID, body=body)
        await writer.decide(f"/writing/{GUIDE_ID}/ask")
        await other.decide(f"/writing/{GUIDE_ID}/approve")
        console_site.site.clock.pass_time(seconds=1)
        await console_site.site.services.publisher.publish(console_site.site.keys)

    await approved(f"Regardez.\n\n![L’écran](media:{name})")
    await approved("Sans image.")
    await console_site.site.services.media.withdraw(name, console_site.site.clock().isoformat())
    console_site.site.clock.pass_time(seconds=GRACE_PERIOD.total_seconds())
    assert await purged(console_site) == [], "an older text names it"
    for past in await console_site.site.services.workspace.list_past_versions(GUIDE_ID):
        record = await console_site.site.services.store.get(Collection.CONTENT, past.id)
        assert record
        await console_site.site.services.store.write(Collection.CONTENT, [Write(past.id, None, record.rev)])
    assert await purged(console_site) == [], "an older edition shows it"
    for n in range(20):  # a manifest kept as a difference keeps what it builds on
        await approved(f"Sans image, {n}.")
    for past in await console_site.site.services.workspace.list_past_versions(GUIDE_ID):
        assert name not in str(past.fields)
    await console_site.site.services.archive.prune(["fr-ML", "bm-ML"], int(console_site.site.clock().timestamp()))
    assert await purged(console_site) == [name]


@pytest.mark.parametrize("id", ["draft:guide:x:fr", "aside:guide:x:fr:1", "past:guide:x:fr:1", "guide:x:fr"])
async def test_bytes_that_any_text_names_stay(console_site: ConsoleSite, id: str) -> None:
    name = await withdrawn(console_site, b"named")
    await console_site.site.services.store.write(
        Collection.CONTENT, [Write(id, {"kind": "guide", "fields": {"audio": name}})]
    )
    console_site.site.clock.pass_time(seconds=10 * GRACE_PERIOD.total_seconds())
    assert await purged(console_site) == []
    assert await is_here(console_site, name)


async def test_the_same_file_sent_again_is_shown_again(console_site: ConsoleSite) -> None:
    name = await withdrawn(console_site, b"again")
    console_site.site.clock.pass_time(seconds=GRACE_PERIOD.total_seconds())
    assert await purged(console_site) == [name]
    assert await kept(console_site, b"again") == name
    assert (await console_site.site.client.get(f"/media/{name}")).content == b"again"
    console_site.site.clock.pass_time(seconds=GRACE_PERIOD.total_seconds())
    assert await purged(console_site) == []


class Sending:
    """A store in which the same file is saved again just before its bytes are deleted."""

    def __init__(self, store: Store, console_site: ConsoleSite) -> None:
        self._store = store
        self._desk = console_site

    def __getattr__(self, name: str) -> object:
        return getattr(self._store, name)

    async def delete_blob(self, room: Collection, digest: str) -> None:
        await kept(self._desk, b"race")
        await self._store.delete_blob(room, digest)

    async def write(self, room: Collection, writes: list[Write]) -> list[Outcome]:
        return await self._store.write(room, writes)


async def test_a_file_sent_again_at_that_very_moment_is_not_lost(console_site: ConsoleSite) -> None:
    name = await withdrawn(console_site, b"race")
    console_site.site.clock.pass_time(seconds=GRACE_PERIOD.total_seconds())
    store: Store = Sending(console_site.site.services.store, console_site)  # type: ignore[assignment]
    assert await purge_withdrawn(store, console_site.site.clock()) == []
    assert await console_site.site.services.store.get_blob(Collection.EDITIONS, name.partition(".")[0]) == Blob(
        digest(b"race"), "image/webp", b"race"
    )
    assert (await console_site.site.client.get(f"/media/{name}")).content == b"race"


async def test_the_daily_job_purges_and_writes_it_down(console_site: ConsoleSite) -> None:
    name = await withdrawn(console_site, b"old")
    console_site.site.clock.pass_time(seconds=GRACE_PERIOD.total_seconds())
    [purge] = [job for job in jobs.clean_up_jobs(console_site.site.services) if job.name == "purge-media"]
    assert await purge.turn() == jobs.DAY
    assert not await is_here(console_site, name)
    assert name in (await (await console_site.person(Role.ADMINISTRATOR)).get("/journal")).text
