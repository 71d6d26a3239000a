"""The addresses that a supervisor asks: alive, and ready, which means all that a server is for."""

from __future__ import annotations

from pathlib import Path
from typing import Any, Never

import pytest

from server.supervision.job_state import JOB_FAILING
from server.supervision.supervisor import BackgroundJob
from server.web import disk_space
from sync.errors import Unavailable
from sync.store.contract import Collection, Write
from sync.store.identity import open_identified
from sync.store.sqlite.store import SqliteStore
from tests.support.small_site import Site, running_site

pytestmark = pytest.mark.anyio
ALLOWANCE = 60.0


async def readiness(site: Site) -> tuple[int, dict[str, Any]]:
    answer = await site.client.get("/readyz")
    assert answer.headers["cache-control"] == "no-store"
    return answer.status_code, answer.json()


def watching(site: Site) -> BackgroundJob:
    return BackgroundJob("store", site.services.store_watch.turn, ALLOWANCE, is_vital=True)


async def test_health_says_up_and_ready(tmp_path: Path) -> None:
    async with running_site(tmp_path) as site:
        site.services.store_watch.identity = identity = await open_identified(site.services.store, "")
        assert (await site.client.get("/healthz")).text == "ok\n"
        channels = site.services.current_editions.channels
        assert await readiness(site) == (200, {"ready": True, "channels": channels, "store": identity[:8]})


async def test_a_job_that_fails_makes_a_server_unready_until_it_works_again(tmp_path: Path) -> None:
    async def fail() -> Never:
        raise KeyError("Aminata")

    async with running_site(tmp_path) as site:
        async with site.services.supervisor.running([BackgroundJob("receipts", fail, ALLOWANCE)]):
            await site.services.supervisor.wait_for_first_turns(["receipts"])
            status, body = await readiness(site)
            assert (status, body["ready"], body["code"]) == (503, False, JOB_FAILING)
            assert body["problems"] == [{"code": JOB_FAILING, "job": "receipts", "failures": 1, "seconds": 0}]
            assert (await site.client.get("/healthz")).status_code == 200
        assert (await readiness(site))[0] == 200


@pytest.mark.parametrize("name", ["kunnafoni.db", "kunnafoni.db-wal"])
async def test_a_store_that_goes_away_while_it_is_served(tmp_path: Path, name: str) -> None:
    async with running_site(tmp_path) as site:
        site.services.store_watch.identity = await open_identified(site.services.store, "")
        (tmp_path / "data" / name).unlink()
        async with site.services.supervisor.running([watching(site)]):
            await site.services.supervisor.wait_for_first_turns(["store"])
            status, body = await readiness(site)
            assert (status, body["code"]) == (503, "store-replaced")
            assert str(tmp_path) not in str(body)
        assert (await site.client.get("/fr-ML/guides/compte")).status_code == 200  # readers go on from memory
        assert not (tmp_path / "data" / name).exists()


async def test_another_store_at_the_address_is_not_this_one(tmp_path: Path) -> None:
    async with running_site(tmp_path) as site:
        await open_identified(site.services.store, "")
        site.services.store_watch.identity = "another"
        async with site.services.supervisor.running([watching(site)]):
            await site.services.supervisor.wait_for_first_turns(["store"])
            assert (await readiness(site))[1]["code"] == "store-part-foreign"


async def test_a_write_that_failed_counts_until_one_is_durable(tmp_path: Path) -> None:
    async with running_site(tmp_path) as site:
        store = site.services.store
        assert isinstance(store, SqliteStore)
        await store.write(Collection.PUSH, [Write("a", {})])
        store._writer.status.record_failure(Unavailable("store-full", "Le disque est plein."))
        assert (await readiness(site))[1]["problems"] == [{"code": "store-full"}]
        await store.write(Collection.PUSH, [Write("b", {})])
        assert (await readiness(site))[0] == 200


async def test_a_full_disk_is_said(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    async with running_site(tmp_path) as site:
        monkeypatch.setattr(disk_space, "MIN_FREE_BYTES", 2**80)
        assert (await readiness(site))[1]["problems"] == [{"code": "disk-full"}]


async def test_a_site_without_any_edition_is_not_ready(tmp_path: Path) -> None:
    async with running_site(tmp_path) as site:
        site.services.current_editions._by_channel.clear()
        status, body = await readiness(site)
        assert (status, body["channels"], body["code"]) == (503, [], "nothing-published")
