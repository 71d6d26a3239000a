"""Open texts: colleagues see them from every server of a site, for as long as somebody has them open."""

from __future__ import annotations

from pathlib import Path

import pytest

from server.writing.presence import EXPIRY, MAX_TEXTS, Presence
from sync.store.contract import Collection
from tests.support.small_site import running_site

pytestmark = pytest.mark.anyio
TEXT = "guide:argent:fr"


async def test_an_open_text_is_seen_by_others_until_it_is_left_or_forgotten(tmp_path: Path) -> None:
    async with running_site(tmp_path) as site:
        here, elsewhere = (Presence(site.services.store, site.clock) for _ in range(2))  # two servers on one store
        await here.note("awa", TEXT)
        await here.note("awa", "topics")
        assert await elsewhere.list_others("fanta", TEXT) == ["awa"]
        assert await elsewhere.list_others("awa", TEXT) == []
        await elsewhere.leave("awa", TEXT)
        assert await here.list_others("fanta", TEXT) == []
        assert await here.list_others("fanta", "topics") == ["awa"]
        site.clock.pass_time(seconds=EXPIRY.total_seconds() + 1)
        assert await here.list_others("fanta", "topics") == []


async def test_what_is_stored_never_grows_and_holds_names_of_texts_alone(tmp_path: Path) -> None:
    async with running_site(tmp_path) as site:
        presence = Presence(site.services.store, site.clock)
        for number in range(MAX_TEXTS + 9):
            await presence.note("awa", f"guide:{number}:fr")
        [record] = await site.services.store.scan(Collection.PEOPLE, "presence:", "presence;")
        assert record.id == "presence:awa"
        assert list(record.body) == ["texts"]
        assert len(record.body["texts"]) == MAX_TEXTS
