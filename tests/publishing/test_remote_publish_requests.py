"""Publication requests: nodes without the key leave them in the store and read the result."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from server.keys.keyring import open_keyring
from server.publishing.remote_publish_requests import PublishRequestState
from sync.content.intake import import_folder
from sync.errors import NotFound
from tests.support.content_folder import GOOD, write
from tests.support.server_process import PATIENCE, run_command, running_server
from tests.support.small_site import APP, Site, running_site
from tests.support.store_backends import fresh_prefix, pouchdb_server

OTHER = {"guides/argent/fr.md": "---\ntitle: Un nouveau titre\n---\nGardez votre argent chez vous.\n"}


async def taken_in(site: Site) -> None:
    write(site.content, OTHER)
    await import_folder(site.services.store, site.content)


@pytest.mark.anyio
async def test_what_is_asked_is_published_once_and_the_asker_learns_it(tmp_path: Path) -> None:
    async with running_site(tmp_path) as site:
        before = site.services.current_editions.get("fr-ML").edition.id
        await taken_in(site)
        request = await site.services.publish_requests.create_request("awa", ["fr-ML"])
        assert request.state is PublishRequestState.WAITING
        assert await site.services.publish_requests.process_pending(site.keys) == 1
        assert await site.services.publish_requests.process_pending(site.keys) == 0
        status = await site.services.publish_requests.get_request(request.id)
        head = await site.services.archive.head("fr-ML")
        assert head
        assert (status.state, status.who, status.editions) == (PublishRequestState.PUBLISHED, "awa", {"fr-ML": head.id})
        assert head.id != before
        assert [listed.id for listed in await site.services.publish_requests.list_recent()] == [request.id]


@pytest.mark.anyio
async def test_a_refusal_is_handed_back_as_it_would_be_on_the_publishing_node(tmp_path: Path) -> None:
    async with running_site(tmp_path) as site:
        unknown = await site.services.publish_requests.create_request("", ["xx-XX"])
        ring = open_keyring(tmp_path / "others", create=True)
        assert ring
        await site.services.publish_requests.process_pending(site.keys)
        refused = (await site.services.publish_requests.get_request(unknown.id)).error
        assert refused
        assert (refused.code, refused.values) == ("channel-unknown", {"channel": "xx-XX"})
        foreign = await site.services.publish_requests.create_request("")
        await taken_in(site)
        await site.services.publish_requests.process_pending(ring.keys)
        other = (await site.services.publish_requests.get_request(foreign.id)).error
        assert other
        assert other.code == "key-not-this-stores"


@pytest.mark.anyio
async def test_old_requests_go(tmp_path: Path) -> None:
    async with running_site(tmp_path) as site:
        request = await site.services.publish_requests.create_request("")
        await site.services.publish_requests.process_pending(site.keys)
        site.clock.pass_time(days=8)
        await site.services.publish_requests.process_pending(site.keys)
        with pytest.raises(NotFound):
            await site.services.publish_requests.get_request(request.id)


@pytest.mark.anyio
async def test_two_who_ask_at_once_are_two_requests(tmp_path: Path) -> None:
    async with running_site(tmp_path) as site:
        first, second = (
            await site.services.publish_requests.create_request("a"),
            await site.services.publish_requests.create_request("b"),
        )
        assert first.id != second.id
        assert await site.services.publish_requests.process_pending(site.keys) == 2


@pytest.fixture(params=["sqlite", "pouchdb"])
def shared(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """The address of a store that several processes share."""
    if request.param == "sqlite":
        yield f"sqlite:///{tmp_path / 'shared.db'}"
        return
    with pouchdb_server(tmp_path) as host:
        yield f"couchdb://test:se%2Fcr%40t@{host}/{fresh_prefix()}"


def test_a_second_machine_asks_and_both_serve_what_the_first_published(tmp_path: Path, shared: str) -> None:
    for name in ("one", "two"):
        write(tmp_path / name / "content", GOOD)
        write(tmp_path / name / "app", APP)
    store = ("--store", shared)
    with running_server(tmp_path / "one", *store) as first, running_server(tmp_path / "two", *store) as second:
        first.get("")
        assert not (tmp_path / "two" / "data" / "keys").exists()
        assert "ne publie pas" in second.said
        write(tmp_path / "two" / "content", OTHER)
        run_command(tmp_path / "two", "import", str(tmp_path / "two" / "content"), *store)
        assert "C’est publié." in run_command(tmp_path / "two", "publish", *store)
        end = time.monotonic() + PATIENCE
        for server in (first, second):
            while "Un nouveau titre" not in server.get("fr-ML/guides/argent").decode():
                assert time.monotonic() < end
                time.sleep(0.1)
        heads = {json.loads(server.get("feed/fr-ML/manifest"))["statement"] for server in (first, second)}
        assert len(heads) == 1
