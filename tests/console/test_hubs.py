"""Hubs and conflicting versions in the console: shown to administrators, nothing lost before a choice."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from html import unescape
from pathlib import Path
from urllib.parse import quote

import pytest

from server.accounts.account import Role
from server.hubs import hub_administration
from server.maintenance.backup_status import note_success
from server.maintenance.conflicts import list_conflicts
from server.program import VERSION
from server.web.health import DISK_FULL
from sync.store.contract import Collection, Write
from sync.store.open_store import open_couch_admin
from tests.support.console_client import running_console_site
from tests.support.console_steps import seen_in
from tests.support.content_folder import GOOD
from tests.support.couch_database import couch_database
from tests.support.couch_operator import CouchOperator
from tests.support.store_backends import (
    REAL_COUCHDB,
    drop_databases,
    fresh_prefix,
    pouchdb_server,
    real_couchdb_address,
)
from tests.support.two_sites import NAME, SiteNode, remove_databases

pytestmark = pytest.mark.anyio
ID = "guide:deux:fr"


@pytest.fixture(scope="module")
def pouchdb(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    with pouchdb_server(tmp_path_factory.mktemp("pouchdb")) as host:
        yield host


@pytest.fixture(params=("pouchdb", "couchdb") if REAL_COUCHDB else ("pouchdb",))
def address(request: pytest.FixtureRequest) -> Iterator[str]:
    prefix = fresh_prefix()
    if request.param == "pouchdb":
        yield f"couchdb://test:se%2Fcr%40t@{request.getfixturevalue('pouchdb')}/{prefix}"
    else:
        yield real_couchdb_address(prefix)
        drop_databases(prefix)


def left_apart(address: str, room: Collection, id: str, *texts: str) -> None:
    rooms = couch_database(address).resource.url.rpartition("-")[0]
    resource = couch_database(address).resource
    resource.url = f"{rooms}-{room.value}"
    for n, text in enumerate(texts, 1):
        body = {"kind": "guide", "fields": {"title": text, "body": "Pareil."}, "password": "x" * 40}
        resource.post_json(
            "_bulk_docs", {"new_edits": False, "docs": [{"_id": id, "_rev": f"1-{str(n) * 32}", **body}]}
        )


async def test_versions_are_shown_side_by_side_and_one_is_kept(tmp_path: Path, address: str) -> None:
    async with running_console_site(tmp_path, store=address) as console_site:
        left_apart(address, Collection.CONTENT, ID, "De Kayes", "De Bamako")
        left_apart(
            address, Collection.FEEDBACK, "received:x:hub", "1", "2"
        )  # equal in every version: not offered as a choice
        person = await console_site.person(Role.COORDINATOR)
        listed = (await person.get("/hubs")).text
        assert ID in listed
        assert "received:x" not in listed
        page = await person.get(f"/hubs/split?room=content&id={quote(ID)}")
        assert "Kayes" in page.text
        assert "Bamako" in page.text
        chosen = next(rev for rev in re.findall(r'name="rev" value="([^"]+)"', page.text) if rev.endswith("1"))
        fields = {"room": "content", "id": ID, "rev": chosen}
        stale = await person.post("/hubs/split", {**fields, "seen": chosen})
        assert stale.status_code == 409
        [(room, split)] = await list_conflicts(console_site.site.services.store)
        assert (room, len(split.versions)) == (Collection.CONTENT, 2)
        answer = await person.post("/hubs/split", {**fields, "seen": seen_in(page.text)})
        assert answer.status_code == 303
        record = await console_site.site.services.store.get(Collection.CONTENT, ID)
        assert record
        assert record.body["fields"]["title"] == "De Kayes"
        assert await list_conflicts(console_site.site.services.store) == []
        assert (await person.get(f"/hubs/split?room=content&id={quote(ID)}")).status_code == 404


async def test_secrets_of_people_are_not_shown(tmp_path: Path, address: str) -> None:
    async with running_console_site(tmp_path, store=address) as console_site:
        left_apart(address, Collection.PEOPLE, "account:zoe", "un", "deux")
        person = await console_site.person(Role.ADMINISTRATOR)
        page = await person.get("/hubs/split?room=people&id=account%3Azoe")
        assert page.status_code == 200
        assert "x" * 40 not in page.text


async def test_fields_bear_their_names_and_what_only_machines_read_is_left_out(tmp_path: Path, address: str) -> None:
    async with running_console_site(tmp_path, store=address) as console_site:
        left_apart(address, Collection.CONTENT, ID, "De Kayes", "De Bamako")
        person = await console_site.person(Role.COORDINATOR)
        page = unescape((await person.get(f"/hubs/split?room=content&id={quote(ID)}")).text)
        assert "Titre : De" in page
        assert "fields.title" not in page
        assert "kind :" not in page


async def test_each_hub_that_the_site_names_has_a_sign_for_its_wall(tmp_path: Path) -> None:
    hub = "https://kayes.example.org"
    files = {**GOOD, "site.yaml": GOOD["site.yaml"] + f"\nhubs: ['{hub}']\n"}
    async with running_console_site(tmp_path, files) as console_site:
        person = await console_site.person(Role.COORDINATOR)
        services = console_site.site.services
        pages = []
        for url in ("", "https://site.example.org/"):
            services.settings = replace(services.settings, url=url)
            services.install(console_site.site.app.state)
            pages.append((await person.get("/hubs")).text)
        without_address, page = pages
        assert "#hub=" not in without_address
        assert f"https://site.example.org/fr-ML/phone#hub={hub}" in unescape(page)
        assert '<div class="qr"><svg' in page


async def test_a_site_in_a_file_says_that_it_has_no_hubs(tmp_path: Path) -> None:
    async with running_console_site(tmp_path) as console_site:
        person = await console_site.person(Role.ADMINISTRATOR)
        assert "dans un fichier" in unescape((await person.get("/hubs")).text)
        for query in ("", "?room=content&id=x", "?room=nowhere&id=x"):
            assert (await person.get(f"/hubs/split{query}")).status_code == 404


if REAL_COUCHDB:

    async def test_a_hub_is_listed_with_its_last_word(tmp_path: Path) -> None:
        store = real_couchdb_address(fresh_prefix())
        try:
            async with running_console_site(tmp_path, store=store) as console_site, open_couch_admin(store) as place:
                await hub_administration.add_hub(place, NAME, "https://couch.example.org")
                person = await console_site.person(Role.COORDINATOR)
                before = unescape((await person.get("/hubs")).text)
                assert NAME in before
                assert "jamais" in before
                note = {
                    "when": "2026-11-22T12:00:00+00:00",
                    "contact": "2026-11-22T11:00:00+00:00",
                    "channels": ["fr-ML"],
                    "roads": {},
                }
                await console_site.site.services.store.write(Collection.JOURNAL, [Write(f"hub:{NAME}", note)])
                after = unescape((await person.get("/hubs")).text)
                assert "il y a 2 jours" in after
                assert "suit fr-ML" in after
        finally:
            remove_databases(SiteNode(CouchOperator(REAL_COUCHDB), tmp_path, store))


async def test_a_site_of_one_machine_sees_how_that_machine_is(tmp_path: Path) -> None:
    async with running_console_site(tmp_path, GOOD) as console_site:
        person = await console_site.person(Role.ADMINISTRATOR)
        site = console_site.site
        page = unescape((await person.get("/hubs")).text)
        assert "Cette machine" in page and VERSION in page and "jamais" in page and "Tout marche" in page
        ready = site.app.state.readiness
        site.app.state.readiness = replace(ready, has_disk_space=lambda: False)
        page = unescape((await person.get("/hubs")).text)
        assert DISK_FULL in page and "Tout marche" not in page
        site.app.state.readiness = ready
        note_success(site.services.settings.data, site.clock())
        page = unescape((await person.get("/hubs")).text)
        assert "Tout marche" in page and "jamais" not in page
        site.clock.pass_time(days=3)
        person = await console_site.person(Role.ADMINISTRATOR)
        assert unescape((await person.get("/hubs")).text).count("status doubt") == page.count("status doubt") + 1
