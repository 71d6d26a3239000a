"""The doctor about push: an empty address, refusals with their reason, nothing delivered."""

from __future__ import annotations

import dataclasses
from pathlib import Path

import pytest

from server.maintenance.push_check import check_push
from server.push.fanout_records import Shard
from server.push.refusal_reasons import WORDS, count_name
from sync.content.schemas import to_fields
from sync.store.contract import Collection, Write
from tests.support.sample_alerts import ALERT
from tests.support.small_site import Site, running_site

pytestmark = pytest.mark.anyio


async def store_deliveries(site: Site, **counts: int) -> None:
    """An alert that was sent now, and what its one shard counted."""
    store = site.services.store
    slug = f"alerte-{sum(counts.values())}"
    alert = dataclasses.replace(ALERT, slug=slug, sent=f"{site.clock():%Y-%m-%dT%H:%M:%SZ}")
    await store.write(
        Collection.CONTENT, [Write(f"alert:{slug}", {"kind": "alert", "fields": to_fields("alert", alert)})]
    )
    by_name = {name.replace("refused_", "refused:"): count for name, count in counts.items()}
    await store.write(Collection.PUSH, [Shard(slug, "a", counts={"fr": by_name}).as_write])


async def test_refusals_are_told_with_their_reason_until_they_are_rare_or_old(tmp_path: Path) -> None:
    async with running_site(tmp_path) as site:
        settings, store = site.services.settings, site.services.store
        assert await check_push(settings, store, site.clock()) == []
        await store_deliveries(site, refused=4, refused_403=3, refused_413=1)
        [finding] = await check_push(settings, store, site.clock())
        assert (finding.code, finding.is_problem, finding.hint) == ("push-none-delivered", True, WORDS["403"])
        await store_deliveries(site, delivered=100)
        [finding] = await check_push(settings, store, site.clock())
        assert (finding.code, finding.values) == ("push-refused", {"refused": 4, "count": 104})
        await store_deliveries(site, delivered=500)
        assert await check_push(settings, store, site.clock()) == []
        await store_deliveries(site, refused=400, **{count_name("403").replace(":", "_"): 400})
        assert len(await check_push(settings, store, site.clock())) == 1
        site.clock.pass_time(days=31)
        assert await check_push(settings, store, site.clock()) == []


async def test_an_empty_address_is_said_and_is_no_problem(tmp_path: Path) -> None:
    async with running_site(tmp_path) as site:
        settings = dataclasses.replace(site.services.settings, url="")
        [finding] = await check_push(settings, site.services.store, site.clock())
        assert (finding.code, finding.is_problem) == ("url-missing", False)
