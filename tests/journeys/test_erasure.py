"""Erased submissions are in no file of headquarters or hub, and neither a late courier nor a new replication restores
them.

And what a hub's account may do at headquarters: what a thief of the box would have.
"""

from __future__ import annotations

import json
from functools import partial
from pathlib import Path

import anyio
import pytest

from server.app import create_services
from server.hubs import replications, staging_cleanup, withdrawals_from_hubs
from server.settings import Settings
from sync.canonical import digest
from sync.errors import KunnafoniError
from sync.store.contract import Collection, Write
from sync.store.open_store import open_couch_admin, open_store
from tests.support.phone_simulator import PhoneSimulator
from tests.support.server_process import ServerProcess
from tests.support.store_backends import REAL_COUCHDB
from tests.support.submission_record_ids import names_in
from tests.support.two_sites import (
    CHANNEL,
    NAME,
    SITE,
    SiteNode,
    TwoSites,
    post_lines,
    read_form,
    read_receipt,
    read_statement,
    running_two_sites,
    wait_until,
)

WORD = "Kɔlɔnjugu-Ɲɛnɛba-4711"


def emptied(side: SiteNode) -> int:
    """Run the purge that the server runs every few minutes."""

    async def run() -> int:
        store = open_store(side.store)
        try:
            async with open_couch_admin(side.store) as place:
                return await staging_cleanup.clean_up(place, store, (await names_in(store)).find)
        finally:
            await store.close()

    return anyio.run(run)


def taken_back(side: SiteNode) -> int:
    """Process withdrawals, as the server does every few minutes."""

    async def run() -> int:
        folder = side.folder
        services = create_services(
            Settings(data=folder / "data", content=folder / "content", app=folder / "app", store=side.store)
        )
        try:
            return await withdrawals_from_hubs.apply_withdrawals(services.store, services.inbox, "2026-11-24")
        finally:
            await services.store.close()

    return anyio.run(run)


def holding(side: SiteNode) -> list[str]:
    # In a document's text the letters stand as they are or as JSON escapes; the digits stand in both.
    return [file.name for file in side.couch.files_holding(side.prefix, WORD.rpartition("-")[2])]


if REAL_COUCHDB:

    def test_an_erased_answer_is_in_no_file_and_does_not_come_back(tmp_path: Path) -> None:
        with running_two_sites(tmp_path) as sites, sites.headquarters.serve() as headquarters:
            headquarters.get("")
            address = sites.join(CHANNEL)
            with sites.hub.serve(KUNNAFONI_PUBLISHER="0") as hub:
                _erased(sites, headquarters, hub, address)

    def _erased(sites: TwoSites, headquarters: ServerProcess, hub: ServerProcess, address: str) -> None:
        wait_until(lambda: read_statement(hub), "the hub serves")
        form = read_form(sites.headquarters.store)
        phone = PhoneSimulator(SITE)
        report, other_report = phone.fill(form, {"mot": f"Je m’appelle {WORD}"}), phone.fill(form, {"mot": "à garder"})
        for submission in (report, other_report):
            assert post_lines(hub, "inbox", submission.line.encode())[0]["verdict"] == "accepted"
            wait_until(partial(read_receipt, hub, submission), "the receipt comes back")
        assert holding(sites.headquarters)
        assert holding(sites.hub)
        post_lines(headquarters, "inbox/withdrawals", json.dumps({"id": report.id, "secret": report.secret}).encode())
        wait_until(lambda: emptied(sites.headquarters) == 0, "the boxes are empty")
        wait_until(lambda: not holding(sites.headquarters), "no file of headquarters holds it")
        wait_until(lambda: not holding(sites.hub), "no file of the hub holds it")

        [late] = post_lines(hub, "inbox", report.line.encode())
        assert (late["verdict"], late["code"]) == ("refused", "erased")
        sites.hub.run("hub", "leave")
        sites.hub.run("hub", "join", address, "--channel", CHANNEL)
        after = phone.fill(form, {"mot": "après"})
        post_lines(hub, "inbox", after.line.encode())
        wait_until(lambda: read_receipt(hub, after), "what comes after passes")
        assert read_receipt(headquarters, other_report)
        wait_until(lambda: emptied(sites.headquarters) == 0, "the boxes are empty")
        assert (holding(sites.headquarters), holding(sites.hub)) == ([], [])

    def test_what_is_taken_back_at_a_hub_is_erased_at_headquarters_too(tmp_path: Path) -> None:
        with running_two_sites(tmp_path) as sites, sites.headquarters.serve() as headquarters:
            headquarters.get("")
            sites.join(CHANNEL)
            with sites.hub.serve(KUNNAFONI_PUBLISHER="0") as hub:
                wait_until(lambda: read_statement(hub), "the hub serves")
                report = PhoneSimulator(SITE).fill(read_form(sites.headquarters.store), {"mot": WORD})
                post_lines(hub, "inbox", report.line.encode())
                wait_until(lambda: read_receipt(hub, report), "the receipt comes back")
                post_lines(hub, "inbox/withdrawals", json.dumps({"id": report.id, "secret": report.secret}).encode())
                wait_until(lambda: not holding(sites.hub), "no file of the hub holds it")
                wait_until(lambda: taken_back(sites.headquarters) == 1, "headquarters hears of it")
                wait_until(lambda: emptied(sites.headquarters) == 0, "the boxes are empty")
                wait_until(lambda: not holding(sites.headquarters), "no file of headquarters holds it")

    def test_what_a_stolen_box_gives_away(tmp_path: Path) -> None:
        with running_two_sites(tmp_path) as sites:
            store = sites.headquarters.store

            async def fill() -> None:
                opened_store = open_store(store)
                await opened_store.prepare()
                await opened_store.write(Collection.PEOPLE, [Write("account:awa", {"password": "…"})])
                await opened_store.close()

            anyio.run(fill)
            address = sites.join()
            prefix = sites.headquarters.prefix

            async def try_all() -> dict[str, str]:
                async with open_couch_admin(address) as thief:
                    outcomes = {}
                    for room in Collection:
                        name = replications.collection_database(prefix, room)
                        try:
                            await thief.require_access(name)
                            outcomes[room.value] = "reads"
                            await thief.put_document(name, "page:forged", {"body": "x"})
                            outcomes[room.value] = "writes"
                        except KunnafoniError:
                            pass
                    with pytest.raises(KunnafoniError):
                        await thief.put_document(replications.down_database(prefix), "device:forged", {"key": "x"})
                    with pytest.raises(KunnafoniError):
                        await thief.put_document(replications.up_database(prefix, NAME), "erased:everything", {})
                    assert await thief.put_document(
                        replications.up_database(prefix, NAME), f"submission:{digest('one')}", {"text": "x"}
                    )
                    return outcomes

            assert anyio.run(try_all) == {"editions": "reads"}
            sites.headquarters.run("hub", "remove", NAME)

            async def after() -> None:
                async with open_couch_admin(address) as thief:
                    await thief.require_access(replications.collection_database(prefix, Collection.EDITIONS))

            with pytest.raises(KunnafoniError):
                anyio.run(after)
