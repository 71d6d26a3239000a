"""Replications restart as soon as headquarters answers, long before CouchDB would retry."""

from __future__ import annotations

import socket
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any, cast

import anyio
import pytest

from server.hubs import replication_status
from server.hubs.join import HubMembership, expected_replications, get_membership
from server.hubs.replication_retry import is_reachable, load_link_states, restart_cut
from server.hubs.replication_status import ReplicationHealth
from server.hubs.replications import Replication, hub_replications
from sync.store.administration import CouchAdmin
from sync.store.open_store import open_couch_admin, open_store
from tests.support.measured_figures import record_figure
from tests.support.store_backends import REAL_COUCHDB
from tests.support.two_sites import running_two_sites

pytestmark = pytest.mark.anyio
AT_ONCE = (
    20.0  # seconds; by itself CouchDB would let pass a minute after the third failure, eight hours after the tenth
)


async def test_an_address_where_nobody_listens_does_not_answer() -> None:
    assert not await is_reachable("http://127.0.0.1:9")


class RunningCouch:
    """A CouchDB whose scheduler says that every replication runs."""

    def __init__(self, expected: Sequence[Replication]) -> None:
        self.documents = {one.document_id: {"selector": one.selector} for one in expected}

    async def get_document(self, database: str, id: str) -> dict[str, Any] | None:
        return self.documents.get(id)

    async def get_json(self, path: str) -> dict[str, Any]:
        return {"state": "running", "info": {"changes_pending": 0}}


async def test_no_road_is_up_to_date_while_headquarters_takes_no_connection() -> None:
    expected = hub_replications("k", "hq", "kayes", [])
    couch = cast("CouchAdmin", RunningCouch(expected))
    cut = HubMembership("kayes", "http://127.0.0.1:9", "hq", (), "")
    assert {state.health for state in await load_link_states(couch, cut, expected)} == {ReplicationHealth.CUT}
    assert {state.reason for state in await load_link_states(couch, cut, expected)} == {replication_status.SILENT}
    with socket.create_server(("127.0.0.1", 0)) as listening:
        mended = HubMembership("kayes", f"http://127.0.0.1:{listening.getsockname()[1]}", "hq", (), "")
        assert {state.health for state in await load_link_states(couch, mended, expected)} == {
            ReplicationHealth.CURRENT
        }


if REAL_COUCHDB:

    async def test_replications_start_anew_when_headquarters_answers_again(tmp_path: Path) -> None:
        with running_two_sites(tmp_path) as sites:
            sites.headquarters.run("import", str(sites.headquarters.folder / "content"))
            sites.hub.run("hub", "status")
            sites.join()
            store = open_store(sites.hub.store)
            async with open_couch_admin(sites.hub.store) as place:
                joined = await get_membership(store)
                assert joined
                roads = expected_replications(place.prefix, joined)

                async def healths() -> set[ReplicationHealth]:
                    return {state.health for state in await replication_status.load_states(place, roads)}

                async def until(expected: set[ReplicationHealth], patience: float) -> float:
                    start = time.monotonic()
                    while not await healths() <= expected:
                        assert time.monotonic() - start < patience, await healths()
                        await anyio.sleep(0.5)
                    return time.monotonic() - start

                well = {ReplicationHealth.CURRENT, ReplicationHealth.BEHIND}
                await until(well, 120)
                sites.link.cut()
                await until({ReplicationHealth.CUT}, 120)
                await anyio.sleep(95)  # the third failure: the next try is a minute away
                assert await restart_cut(place, joined, roads) == 0
                news = "head:fr-ML:news"
                assert (
                    sites.headquarters.couch.ask("PUT", f"/{sites.headquarters.prefix}-editions/{news}", {})[0] == 201
                )
                sites.link.mend()
                mended, started = time.monotonic(), 0
                while sites.hub.couch.ask("GET", f"/{sites.hub.prefix}-editions/{news}")[0] != 200:
                    started += await restart_cut(
                        place, joined, roads
                    )  # one that was being tried at that very moment is seen at the next look
                    assert time.monotonic() - mended < AT_ONCE
                    await anyio.sleep(0.2)
                record_figure(f"hub: news was there {time.monotonic() - mended:.1f} s after the link was back")
                assert started
                await until(well, AT_ONCE)
                assert await restart_cut(place, joined, roads) == 0
            await store.close()
