"""A hub that knows its site's web address downloads pages and media there as phones do, and proves them as they do."""

from __future__ import annotations

import gzip
import re
from collections.abc import AsyncIterator, Callable, Iterable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import ClassVar

import anyio
import brotli
import pytest

from server.app import create_services
from server.hubs.edition_download import EditionDownload, list_awaited
from server.hubs.join import MEMBERSHIP_ID
from server.hubs.replications import hub_replications
from server.hubs.site_client import check_site_url, decompress
from server.media import missing_media
from server.media.media_store import MediaStore
from server.media.missing_media import MissingMedia
from server.reader.current_editions import CurrentEditions
from server.services import Services
from sync.canonical import digest
from sync.content.stored import WITHDRAWN
from sync.editions.archive import Archive
from sync.errors import NotFound, NotProven, Refused, TooLarge, Unavailable
from sync.forms.form_pages import find_form
from sync.forms.version_store import load_stored_form
from sync.store.contract import Blob, Collection, Write
from sync.store.iteration import iterate_records
from tests.support.content_folder import FORM, write
from tests.support.small_site import APP, Clock, Site, rotate_keys, running_site, settings_for

pytestmark = pytest.mark.anyio
CHANNEL = "fr-ML"
EDIT = {"guides/argent/fr.md": "---\ntitle: Argent\n---\nGardez votre argent chez vous. Encore un mot.\n"}
MEDIUM = b"RIFF....WEBP, a picture"
NAME = f"{digest(MEDIUM)}.webp"
MEMBERSHIP = {"name": "kayes", "headquarters": "x", "prefix": "hq", "channels": [CHANNEL], "when": "", "site_url": "x"}


@dataclass
class SiteOverAsgi:
    """The site's own addresses without a socket. `forged`: answers in place of the site's, by the path's beginning."""

    site: Site
    asked: list[str] = field(default_factory=list)
    forged: dict[str, bytes] = field(default_factory=dict)
    is_cut: bool = False

    async def get(self, path: str, max_bytes: int) -> bytes:
        return await self._ask("GET", path, None, max_bytes)

    async def post(self, path: str, body: bytes, max_bytes: int) -> bytes:
        return await self._ask("POST", path, body, max_bytes)

    async def _ask(self, method: str, path: str, body: bytes | None, max_bytes: int) -> bytes:
        if self.is_cut:
            raise Unavailable("site-silent", "x")
        self.asked.append(path)
        for start, forgery in self.forged.items():
            if path.startswith(start):
                return forgery
        answer = await self.site.client.request(method, path, content=body)
        if answer.status_code in (404, 410):
            raise NotFound("site-lacks", "x")
        assert answer.status_code == 200
        assert len(answer.content) <= max_bytes
        return answer.content


@dataclass
class Hub:
    services: Services
    download: EditionDownload
    web: SiteOverAsgi

    @cached_property
    def media(self) -> MissingMedia:
        return MissingMedia(self.services.store, self.download.has_site, self.download.fetch_medium)

    async def receive(self) -> None:
        """Copy into `editions` what CouchDB would replicate, by the selector of this hub's replication."""
        pattern = hub_replications("k", "hq", "kayes", [CHANNEL], downloads=True)[0].id_pattern
        source, target = self.web.site.services.store, self.services.store
        async for record in iterate_records(source, Collection.EDITIONS):
            if re.search(pattern, record.id):
                current = await target.get(Collection.EDITIONS, record.id)
                await target.write(
                    Collection.EDITIONS, [Write(record.id, record.body, current.rev if current else None)]
                )
        await self.services.current_editions.load()

    async def follow(self) -> int:
        await self.receive()
        count = await self.download.turn()
        await self.services.current_editions.load()
        return count

    @property
    def edition_id(self) -> str:
        current = self.services.current_editions.find(CHANNEL)
        return current.edition.id if current else ""


@asynccontextmanager
async def running_hub(folder: Path) -> AsyncIterator[tuple[Site, Hub]]:
    async with running_site(folder / "headquarters") as site:
        write(folder / "hub" / "app", APP)
        services = create_services(settings_for(folder / "hub"), clock=Clock())
        await services.store.prepare()
        await services.store.write(Collection.JOURNAL, [Write(MEMBERSHIP_ID, MEMBERSHIP)])
        web = SiteOverAsgi(site)
        download = EditionDownload(services.store, services.archive, services.current_editions.find, lambda url: web)
        yield site, Hub(services, download, web)
        await services.store.close()


def head_id(site: Site) -> str:
    return site.services.current_editions.get(CHANNEL).edition.id


async def test_a_hub_downloads_an_edition_once_then_deltas(tmp_path: Path) -> None:
    async with running_hub(tmp_path) as (site, hub):
        assert await hub.follow() == 1
        assert hub.edition_id == head_id(site)
        first, edition = len(hub.web.asked), site.services.current_editions.get(CHANNEL)
        assert await hub.follow() == 0
        assert len(hub.web.asked) == first
        await site.publish(EDIT)
        assert await hub.follow() == 1
        assert hub.edition_id == head_id(site) != edition.edition.id
        assert hub.web.asked[-1] == f"/feed/{CHANNEL}?have={edition.edition.id}&to={head_id(site)}"
        held = hub.services.current_editions.get(CHANNEL)
        assert held.bodies == site.services.current_editions.get(CHANNEL).bodies


async def test_forms_are_checked_and_their_parts_shown_at_the_hub(tmp_path: Path) -> None:
    async with running_hub(tmp_path) as (site, hub):
        rows = "".join(f"|  | note | n{number} | {'Un texte. ' * 60}{number} |  |\n" for number in range(40))
        text = FORM.replace("\n| settings", f"{rows}\n| settings").replace("rumeur", "longue")
        enrolled = text.replace("longue", "poste").replace("public", "device")
        await site.publish({"forms/longue.md": text, "forms/poste.md": enrolled})
        await hub.follow()
        pages = hub.services.current_editions.get(CHANNEL)
        elements = {slug: find_form(f"forms/{slug}", pages.body(f"forms/{slug}") or "") for slug in ("longue", "poste")}
        assert elements["longue"] and elements["longue"].paths
        assert elements["poste"] and elements["poste"].apart
        for slug, element in elements.items():
            assert element
            form = await load_stored_form(hub.services.store, element.version)
            assert form and form.slug == slug
            assert await hub.services.archive.missing(element.apart) == set()


async def test_a_hub_without_a_link_goes_on_with_what_it_has(tmp_path: Path) -> None:
    """The head arrives, the link is cut, the box is started anew: phones still read the edition before."""
    async with running_hub(tmp_path) as (site, hub):
        await hub.follow()
        before = hub.edition_id
        await site.publish(EDIT)
        hub.web.is_cut = True
        assert await hub.follow() == 0
        assert hub.edition_id == before
        assert [channel for channel, _ in await list_awaited(hub.services.store, hub.services.archive, [])] == [CHANNEL]
        restarted = create_services(settings_for(tmp_path / "hub"), clock=Clock())
        await restarted.current_editions.load()
        assert restarted.current_editions.get(CHANNEL).edition.id == before
        assert restarted.current_editions.get(CHANNEL).freshness is None
        await restarted.store.close()
        hub.web.is_cut = False
        assert await hub.follow() == 1
        assert hub.edition_id == head_id(site)


class CountingArchive(Archive):
    """An archive that notes the digests of the pages that were asked of it."""

    asked: ClassVar[list[str]] = []

    async def bodies(self, digests: Iterable[str]) -> dict[str, str]:
        names = list(digests)
        self.asked.extend(names)
        return await super().bodies(names)


async def test_an_edition_that_lacks_a_page_is_read_once_until_the_page_is_here(tmp_path: Path) -> None:
    async with running_hub(tmp_path) as (_, hub):
        await hub.follow()
        store, id = hub.services.store, hub.edition_id
        names = sorted(hub.services.current_editions.get(CHANNEL).bodies)
        last = await store.get(Collection.EDITIONS, f"page:{names[-1]}")
        assert last
        await store.write(Collection.EDITIONS, [Write(last.id, None, last.rev)])
        archive = CountingArchive(store)
        editions = CurrentEditions(store, archive)
        await editions.load()
        assert editions.find(CHANNEL) is None
        assert set(archive.asked) == set(names)
        archive.asked.clear()
        for _ in range(3):
            await editions.load()
        assert archive.asked == []
        await store.write(Collection.EDITIONS, [Write(last.id, last.body)])
        await editions.load()
        assert editions.get(CHANNEL).edition.id == id


async def test_an_edition_other_than_the_announced_one_is_refused(tmp_path: Path) -> None:
    async with running_hub(tmp_path) as (site, hub):
        old = (await site.client.get(f"/feed/{CHANNEL}?to={head_id(site)}")).content
        await site.publish(EDIT)
        for answer in (old, gzip.compress(old), old.replace(b"argent", b"Argent"), b""):
            hub.web.forged = {"/feed": answer}
            with pytest.raises(NotProven):
                await hub.follow()
        assert hub.edition_id == ""


async def test_a_channel_that_is_refused_keeps_no_other_back(tmp_path: Path) -> None:
    async with running_hub(tmp_path) as (site, hub):
        await hub.receive()
        membership = await hub.services.store.get(Collection.JOURNAL, MEMBERSHIP_ID)
        assert membership
        await hub.services.store.write(
            Collection.JOURNAL, [Write(MEMBERSHIP_ID, {**MEMBERSHIP, "channels": []}, membership.rev)]
        )
        await hub.services.store.write(Collection.EDITIONS, [Write("head:aa-ML", {"edition": "x"})])
        hub.web.forged = {"/feed/aa-ML": b""}
        with pytest.raises(NotProven):
            await hub.download.turn()
        await hub.services.current_editions.load()
        assert hub.edition_id == head_id(site)


async def test_a_rotated_key_is_followed_and_a_key_that_was_not_announced_is_not(tmp_path: Path) -> None:
    async with running_hub(tmp_path) as (site, hub):
        await hub.follow()
        rotate_keys(site)
        await site.publish(EDIT)
        assert await hub.follow() == 1
        held = hub.services.current_editions.get(CHANNEL)
        assert held.edition.statement.epoch == 2
        key = await hub.services.store.get(Collection.EDITIONS, "key:2")
        first = await hub.services.store.get(Collection.EDITIONS, "key:1")
        assert key
        assert first
        forged = {**key.body, "key": first.body["key"]}
        await hub.services.store.write(Collection.EDITIONS, [Write("key:2", forged, key.rev)])
        await site.publish({"guides/argent/fr.md": "---\ntitle: Argent\n---\nAutrement.\n"})
        head = await site.services.store.get(Collection.EDITIONS, f"head:{CHANNEL}")
        current = await hub.services.store.get(Collection.EDITIONS, f"head:{CHANNEL}")
        assert head
        assert current
        await hub.services.store.write(Collection.EDITIONS, [Write(head.id, head.body, current.rev)])
        with pytest.raises(NotProven):
            await hub.download.turn()


async def test_a_medium_is_fetched_when_it_is_asked_for(tmp_path: Path) -> None:
    async with running_hub(tmp_path) as (site, hub):
        body = {"name": NAME, "bytes": len(MEDIUM), "state": "shown"}
        for services in (site.services, hub.services):
            await services.store.write(Collection.CONTENT, [Write(f"media:{NAME}", body)])
        await site.services.store.put_blob(Collection.EDITIONS, Blob(digest(MEDIUM), "image/webp", MEDIUM))
        media = MediaStore(hub.services.store, hub.media.get)
        async with _downloading_media(hub):
            hub.web.is_cut = True
            with pytest.raises(Unavailable):
                await media.read_bytes(NAME)
            hub.web.is_cut = False
            hub.web.forged = {"/media": b"something else"}
            with pytest.raises(NotProven):
                await media.read_bytes(NAME)
            hub.web.forged = {}
            assert await media.read_bytes(NAME) == MEDIUM
            hub.web.is_cut = True
            assert await MediaStore(hub.services.store, hub.media.get).read_bytes(NAME) == MEDIUM
        record = await hub.services.store.get(Collection.CONTENT, f"media:{NAME}")
        assert record
        await hub.services.store.write(
            Collection.CONTENT, [Write(record.id, {**record.body, "state": WITHDRAWN}, record.rev)]
        )
        await hub.download.clean_up(0)
        assert await hub.services.store.get_blob(Collection.EDITIONS, digest(MEDIUM)) is None


@asynccontextmanager
async def _downloading_media(hub: Hub) -> AsyncIterator[None]:
    async def download() -> None:
        while True:
            await hub.media.turn()

    async with anyio.create_task_group() as tasks:
        tasks.start_soon(download)
        yield
        tasks.cancel_scope.cancel()


async def test_a_reader_waits_a_little_for_a_medium_and_its_download_goes_on(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(missing_media, "PATIENCE", 0.01)
    async with running_hub(tmp_path) as (site, hub):
        for services in (site.services, hub.services):
            await services.store.write(Collection.CONTENT, [Write(f"media:{NAME}", {"name": NAME})])
        await site.services.store.put_blob(Collection.EDITIONS, Blob(digest(MEDIUM), "image/webp", MEDIUM))
        media = MediaStore(hub.services.store, hub.media.get)
        for _ in range(2):
            with pytest.raises(Unavailable) as raised:
                await media.read_bytes(NAME)
            assert raised.value.code == "medium-on-its-way"
        await hub.media.turn()
        assert hub.web.asked == [f"/media/{NAME}"]
        assert await media.read_bytes(NAME) == MEDIUM


async def test_each_turn_fetches_one_medium_in_the_order_in_which_they_were_asked_for(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(missing_media, "PATIENCE", 0.01)
    async with running_hub(tmp_path) as (site, hub):
        media = [bytes([number]) * 100 for number in range(3)]
        names = [f"{digest(data)}.webp" for data in media]
        for data in media:
            await site.services.store.put_blob(Collection.EDITIONS, Blob(digest(data), "image/webp", data))
        for name in names:
            await site.services.store.write(Collection.CONTENT, [Write(f"media:{name}", {"name": name})])
            with pytest.raises(Unavailable):
                await hub.media.get(name)
        for count in range(1, 4):
            await hub.media.turn()
            assert hub.web.asked == [f"/media/{name}" for name in names[:count]]
        kept = [await hub.services.store.get_blob(Collection.EDITIONS, digest(data)) for data in media]
        assert [blob and blob.data for blob in kept] == media


async def test_other_machines_download_and_delete_nothing(tmp_path: Path) -> None:
    async with running_hub(tmp_path) as (_, hub):
        record = await hub.services.store.get(Collection.JOURNAL, MEMBERSHIP_ID)
        assert record
        await hub.services.store.write(
            Collection.JOURNAL, [Write(MEMBERSHIP_ID, {**MEMBERSHIP, "site_url": ""}, record.rev)]
        )
        assert await hub.follow() == 0
        assert await hub.media.get(NAME) is None
        assert hub.web.asked == []


@pytest.mark.parametrize(
    ("address", "url"),
    [
        ("https://example.org/", "https://example.org"),
        ("http://127.0.0.1:8000", "http://127.0.0.1:8000"),
        ("https://[2001:db8::1]", "https://[2001:db8::1]"),
    ],
)
def test_a_sites_address_is_read(address: str, url: str) -> None:
    assert check_site_url(address) == url


@pytest.mark.parametrize(
    "address",
    ["example.org", "ftp://example.org", "https://", "https://a:b@example.org", "https://e.org/fr", "https://e.org:x"],
)
def test_what_is_no_sites_address_is_refused(address: str) -> None:
    with pytest.raises(Refused) as raised:
        check_site_url(address)
    assert raised.value.code == "hub-site"


@pytest.mark.parametrize(("encoding", "compress"), [("br", brotli.compress), ("gzip", gzip.compress)])
def test_a_compressed_answer_is_read_within_its_limit(encoding: str, compress: Callable[[bytes], bytes]) -> None:
    data = b"page " * 20_000
    body = compress(data)
    assert decompress(body, encoding, len(data)) == data
    with pytest.raises(TooLarge):
        decompress(body, encoding, len(data) - 1)
    for broken in (body[:-3], b"\xff" + body, data):
        with pytest.raises(Unavailable):
            decompress(broken, encoding, len(data))
    with pytest.raises(Unavailable):
        decompress(body, "zstd", len(data))
