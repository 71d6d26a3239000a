"""Publishing costs what changed, and what was kept changes no byte of an edition."""

from __future__ import annotations

import random
from collections.abc import AsyncIterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from server.keys.keyring import open_keyring
from server.publishing.publisher import Publisher
from sync.alerts.library_with_alerts import Library
from sync.content.intake import import_folder
from sync.content.stored import library_from_store
from sync.editions.archive import Archive
from sync.editions.manifest import build_manifest
from sync.editions.page import KeptPage, Page
from sync.editions.publishing import SigningKeys
from sync.errors import Unavailable
from sync.locale import Translator
from sync.rendering.page_cache import InputDigests, PageCache
from sync.rendering.render import Assets, render, render_changed
from sync.store.contract import Collection, Outcome, Record, Store, Write
from sync.store.copying import copy_store, summarize
from sync.store.iteration import iterate_records
from sync.store.sqlite.store import SqliteStore
from tests.support.content_edits import edit_document, edit_media
from tests.support.content_folder import AUTHORITIES, GOOD, SECOND, SITE, write
from tests.support.small_site import Clock

pytestmark = pytest.mark.anyio

REVIEWED = "reviewed: {by: Awa, date: 2026-11-01}"
FILES = {
    **GOOD,
    "site.yaml": SITE.replace("[fr-ML, bm-ML]", "[fr-ML, bm-ML, fr-BF]"),
    "authorities/BF.yaml": AUTHORITIES.replace("country: ML\nname: Mali", "country: BF\nname: Burkina Faso"),
    "guides/argent/bm.md": SECOND.replace("---\nGardez votre argent.", f"{REVIEWED}\n---\nI ka wari mara."),
}


class Bench:
    """A publisher over a store, beside renderings without any cache."""

    def __init__(self, store: Store, folder: Path) -> None:
        self.store = store
        self.folder = folder
        self.clock = Clock()
        ring = open_keyring(folder / "keys", create=True)
        assert ring
        self.keys: SigningKeys = ring.keys
        self.assets = Assets("body{}", ("/app/main.js",), Translator({"bm": {"Guides": "Ladiyalanw"}}))
        self.publisher = self.restart()

    def restart(self) -> Publisher:
        """A publisher as another process has it: with what is in the store alone."""
        self.publisher = Publisher(self.store, Archive(self.store), self.assets, self.folder / "keys", self.clock)
        return self.publisher

    async def expected(self) -> dict[str, list[Page]]:
        library = await library_from_store(self.store)
        return {channel: render(library, channel, self.assets) for channel in library.site.channels}

    async def publish_and_compare(self) -> None:
        """Publish, and compare editions and stored pages with renderings without a cache."""
        self.clock.pass_time(minutes=1)
        expected = await self.expected()
        published = await self.publisher.publish(self.keys)
        assert [each.plan.channel for each in published] == list(expected)
        for each, pages in zip(published, expected.values(), strict=True):
            assert each.edition
            assert each.edition.manifest == build_manifest(pages)
            bodies = {page.digest: page.body for page in pages}
            assert await self.publisher.archive.bodies(bodies) == bodies

    async def cache_records(self) -> list[Any]:
        return [record async for record in iterate_records(self.store, Collection.PUSH, "cache:")]


@pytest.fixture
async def bench(tmp_path: Path) -> AsyncIterator[Bench]:
    store = SqliteStore(tmp_path / "store.db")
    await store.prepare()
    await import_folder(store, write(tmp_path / "content", FILES))
    yield Bench(store, tmp_path)
    await store.close()


async def change_fields(store: Store, id: str, **changes: Any) -> dict[str, Any]:
    """Change fields of a document; return its former fields."""
    record = await store.get(Collection.CONTENT, id)
    assert record
    fields: dict[str, Any] = dict(record.body["fields"])
    await store.write(Collection.CONTENT, [Write(id, {**record.body, "fields": fields | changes}, record.rev)])
    return fields


async def run_random_story(bench: Bench, rng: random.Random, steps: int) -> None:
    """Edits of everything a page is made of, damage of what is kept, other processes: each time the same bytes."""
    await bench.publish_and_compare()
    for _ in range(steps):
        for _ in range(rng.randrange(1, 4)):
            await rng.choice((edit_document, edit_document, edit_document, edit_media))(bench.store, rng)
        deed = rng.randrange(8)
        if deed == 0:
            bench.assets = replace(bench.assets, css=f"body{{margin:{rng.randrange(3)}}}")
        elif deed == 1:
            bench.assets = replace(bench.assets, translator=Translator({"bm": {"Guides": f"W{rng.randrange(3)}"}}))
        elif deed == 2:
            await damage(bench, rng)
        elif deed == 3:
            await bench.publisher.make_plans()  # a look at the plan, with no publication
        if deed < 5:
            bench.restart()
        await bench.publish_and_compare()


async def damage(bench: Bench, rng: random.Random) -> None:
    record = rng.choice(await bench.cache_records())
    content = dict(record.body["content"])
    values: Any = dict.fromkeys(content, "A" * 43)
    bodies: tuple[Any, ...] = (
        None,
        {},
        {"content": 1},
        {**record.body, "content": values},
        {**record.body, "sum": "x"},
    )
    await bench.store.write(Collection.PUSH, [Write(record.id, rng.choice(bodies), record.rev)])


@pytest.mark.parametrize("seed", range(2))
async def test_editions_are_the_same_bytes_with_what_was_kept_and_without(bench: Bench, seed: int) -> None:
    await run_random_story(bench, random.Random(seed), 4)


@pytest.mark.soak
@pytest.mark.parametrize("seed", range(100, 140))
async def test_editions_are_the_same_bytes_over_long_stories(bench: Bench, seed: int) -> None:
    await run_random_story(bench, random.Random(seed), 25)


async def test_only_what_depends_on_a_change_is_rendered(bench: Bench) -> None:
    """A text changes its page; a title also the pages that list it; a withdrawn guide those that link to it."""
    library = await library_from_store(bench.store)
    cache = PageCache("1")
    render_changed(library, "fr-ML", bench.assets, cache)

    def rendered(changed: Any, renderer: str = "1", assets: Assets = bench.assets) -> set[str]:
        pages = render_changed(changed, "fr-ML", assets, PageCache(renderer, cache.used, InputDigests()))
        return {page.path for page in pages if not isinstance(page, KeptPage)} - {"_shell"}

    guide = library.guides["argent", "fr"]
    assert rendered(library) == set()
    changed = {("argent", "fr"): replace(guide, body="Autre texte.")}
    assert rendered(replace(library, guides=library.guides | changed)) == {"guides/argent"}
    changed = {("argent", "fr"): replace(guide, title="Autre titre")}
    assert rendered(replace(library, guides=library.guides | changed)) == {
        "guides/argent",
        "guides",
        "topics/sans-theme",
    }
    others = {key: each for key, each in library.guides.items() if key[0] != "argent"}
    assert "guides/compte" in rendered(replace(library, guides=others))
    assert rendered(replace(library, site=replace(library.site, contact="Autre"))) == {"about"}
    assert len(rendered(library, renderer="2")) == len(render(library, "fr-ML", bench.assets)) - 1
    english = replace(bench.assets, translator=Translator({"en": {"Guides": "Guides"}}))
    assert rendered(library, assets=english) == set()


async def test_a_guide_for_another_country_costs_the_other_channels_no_look(
    bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    guide = {"essential": False, "countries": ["BF"]}
    await change_fields(bench.store, "guide:argent:fr", **guide)
    await bench.publish_and_compare()
    await change_fields(bench.store, "guide:argent:fr", **guide, body="Un mot.")
    rendered: list[str] = []

    def note_channel(library: Library, channel: str, *rest: Any) -> list[Page | KeptPage]:
        rendered.append(channel)
        return render_changed(library, channel, *rest)

    monkeypatch.setattr("server.publishing.publisher.render_changed", note_channel)
    bench.restart()
    await bench.publish_and_compare()
    assert rendered == ["fr-BF"]
    bench.restart()
    await bench.publish_and_compare()
    assert rendered == ["fr-BF"], "a plan of the same inputs is known to another process too"


async def test_a_second_look_reads_no_document_and_measures_nothing(
    bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    await bench.publish_and_compare()
    before = await change_fields(bench.store, "guide:compte:fr", title="Un autre titre")
    first = await bench.publisher.publish(bench.keys, dry_run=True)
    scan, read = bench.store.scan, []

    async def note_scan(collection: Collection, *bounds: Any) -> list[Record]:
        read.append(collection)
        return await scan(collection, *bounds)

    def refuse(*inputs: Any) -> None:
        raise AssertionError("computed again")

    with monkeypatch.context() as patch:
        patch.setattr(bench.store, "scan", note_scan)
        patch.setattr("server.publishing.publisher.render_changed", refuse)
        patch.setattr("server.publishing.publisher.measure_cost", refuse)
        assert await bench.publisher.publish(bench.keys, dry_run=True) == first
    assert Collection.CONTENT not in read
    await change_fields(bench.store, "guide:compte:fr", **before)
    assert all(each.plan.is_unchanged for each in await bench.publisher.publish(bench.keys, dry_run=True))


async def test_a_kept_page_whose_body_is_gone_is_rendered_again(bench: Bench) -> None:
    await bench.publish_and_compare()
    library = await library_from_store(bench.store)
    lost = next(page for page in render(library, "fr-ML", bench.assets) if page.path == "guides/compte")
    record = await bench.store.get(Collection.EDITIONS, f"page:{lost.digest}")
    assert record
    await bench.store.write(Collection.EDITIONS, [Write(record.id, None, record.rev)])
    bench.assets = replace(bench.assets, css="p{}")
    bench.restart()
    await bench.publish_and_compare()


async def test_what_is_kept_is_in_no_copy_of_the_store(bench: Bench, tmp_path: Path) -> None:
    await bench.publish_and_compare()
    assert await bench.cache_records()
    target = SqliteStore(tmp_path / "copy.db")
    await target.prepare()
    copied = await copy_store(bench.store, target)
    assert not any(id.startswith("cache:") for _, id in copied.records)
    assert [record async for record in iterate_records(target, Collection.PUSH, "cache:")] == []
    assert (await summarize(target)).digest == (await summarize(bench.store)).digest
    await target.close()


async def test_what_was_kept_for_former_channels_is_dropped(bench: Bench) -> None:
    await bench.publish_and_compare()
    assert await bench.publisher.cache.records.drop_unused(["fr-ML"]) == 6
    assert {record.id for record in await bench.cache_records()} == {
        "cache:documents",
        "cache:forms",
        "cache:pages:fr-ML",
        "cache:plan:fr-ML",
        "cache:size:fr-ML",
    }


async def test_a_store_that_keeps_nothing_is_published_all_the_same(
    bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    write_records = bench.store.write

    async def refuse_cache(collection: Collection, writes: Sequence[Write]) -> list[Outcome]:
        if any(each.id.startswith("cache:") for each in writes):
            raise Unavailable("store-full", "Le disque est plein.")
        return await write_records(collection, writes)

    monkeypatch.setattr(bench.store, "write", refuse_cache)
    await bench.publish_and_compare()
    assert await bench.cache_records() == []


async def test_the_price_of_an_update_is_exact_and_a_new_phones_price_says_about(bench: Bench) -> None:
    [first, *_] = await bench.publisher.publish(bench.keys)
    assert not first.cost.is_exact
    assert first.edition
    bench.clock.pass_time(minutes=1)
    exact = await bench.publisher.cache.load_size("fr-ML")
    assert exact
    await bench.publisher.cache.save_size("fr-ML", replace(exact, bytes=5000, is_exact=True))
    [unchanged, *_] = await bench.publisher.publish(bench.keys, dry_run=True)
    assert (unchanged.cost.new_phone, unchanged.cost.update, unchanged.cost.is_exact) == (5000, 0, True)
    await import_folder(
        bench.store, write(bench.folder / "content", {"guides/argent/fr.md": "---\ntitle: Argent\n---\nUn mot.\n"})
    )
    [changed, *_] = await bench.publisher.publish(bench.keys)
    assert changed.cost.update > 0
    assert (changed.cost.new_phone, changed.cost.is_exact) == (5000 + changed.cost.update, False)
    [later, *_] = await bench.publisher.publish(bench.keys, dry_run=True)
    assert (later.cost.new_phone, later.cost.is_exact) == (changed.cost.new_phone, False)
