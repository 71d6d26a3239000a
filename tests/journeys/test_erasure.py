"""What was erased is in no file of headquarters nor of a hub, and neither a late courier nor a replication begun anew brings it back.

And what a hub's account may do at headquarters: what a thief of the box would have.
"""

from __future__ import annotations

import json
from pathlib import Path

import anyio
import pytest

from server.app import create_services
from server.hubs import replications, staging_cleanup, submission_withdrawals
from server.settings import Settings
from sync.errors import KunnafoniError
from sync.store.contract import Collection, Write
from sync.store.open_store import open_couch_admin, open_store
from tests.support.phone_simulator import Phone
from tests.support.server_process import Served
from tests.support.store_backends import REAL
from tests.support.submission_record_ids import names_in
from tests.support.two_sites import CHANNEL, NAME, SITE, Side, Sites, form_of, head, post, receipt, two_sites, until

WORD = "Kɔlɔnjugu-Ɲɛnɛba-4711"


def emptied(side: Side) -> int:
    """What the server does every few minutes."""

    async def run() -> int:
        store = open_store(side.store)
        try:
            async with open_couch_admin(side.store) as place:
                return await staging_cleanup.clean_up(place, store, (await names_in(store)).find)
        finally:
            await store.close()

    return anyio.run(run)


def taken_back(side: Side) -> int:
    """What the server does with withdrawals every few minutes."""

    async def run() -> int:
        folder = side.folder
        services = create_services(
            Settings(data=folder / "data", content=folder / "content", app=folder / "app", store=side.store)
        )
        try:
            return await submission_withdrawals.apply_withdrawals(services.store, services.desk, "2026-11-24")
        finally:
            await services.store.close()

    return anyio.run(run)


def holding(side: Side) -> list[str]:
    # In a document's text the letters stand as they are or as JSON escapes; the digits stand in both.
    return [file.name for file in side.couch.files_holding(side.prefix, WORD.rpartition("-")[2])]


if REAL:

    def test_an_erased_answer_is_in_no_file_and_does_not_come_back(tmp_path: Path) -> None:
        with two_sites(tmp_path) as sites, sites.headquarters.serve() as headquarters:
            headquarters.get("")
            address = sites.join(CHANNEL)
            with sites.hub.serve(KUNNAFONI_PUBLISHER="0") as hub:
                _erased(sites, headquarters, hub, address)

    def _erased(sites: Sites, headquarters: Served, hub: Served, address: str) -> None:
        until(lambda: head(hub), "the hub serves")
        form = form_of(sites.headquarters.store)
        phone = Phone(SITE)
        report, other_report = phone.fill(form, {"mot": f"Je m’appelle {WORD}"}), phone.fill(form, {"mot": "à garder"})
        for submission in (report, other_report):
            assert post(hub, "inbox", submission.line.encode())[0]["verdict"] == "accepted"
            until(lambda submission=submission: receipt(hub, submission), "the receipt comes back")  # type: ignore[misc]
        assert holding(sites.headquarters)
        assert holding(sites.hub)
        post(headquarters, "inbox/withdrawals", json.dumps({"id": report.id, "secret": report.secret}).encode())
        until(lambda: emptied(sites.headquarters) == 0, "the boxes are empty")
        until(lambda: not holding(sites.headquarters), "no file of headquarters holds it")
        until(lambda: not holding(sites.hub), "no file of the hub holds it")

        [late] = post(hub, "inbox", report.line.encode())
        assert (late["verdict"], late["code"]) == ("refused", "erased")
        sites.hub.run("hub", "leave")
        sites.hub.run("hub", "join", address, "--channel", CHANNEL)
        after = phone.fill(form, {"mot": "après"})
        post(hub, "inbox", after.line.encode())
        until(lambda: receipt(hub, after), "what comes after passes")
        assert receipt(headquarters, other_report)
        until(lambda: emptied(sites.headquarters) == 0, "the boxes are empty")
        assert (holding(sites.headquarters), holding(sites.hub)) == ([], [])

    def test_what_is_taken_back_at_a_hub_is_erased_at_headquarters_too(tmp_path: Path) -> None:
        with two_sites(tmp_path) as sites, sites.headquarters.serve() as headquarters:
            headquarters.get("")
            sites.join(CHANNEL)
            with sites.hub.serve(KUNNAFONI_PUBLISHER="0") as hub:
                until(lambda: head(hub), "the hub serves")
                report = Phone(SITE).fill(form_of(sites.headquarters.store), {"mot": WORD})
                post(hub, "inbox", report.line.encode())
                until(lambda: receipt(hub, report), "the receipt comes back")
                post(hub, "inbox/withdrawals", json.dumps({"id": report.id, "secret": report.secret}).encode())
                until(lambda: not holding(sites.hub), "no file of the hub holds it")
                until(lambda: taken_back(sites.headquarters) == 1, "headquarters hears of it")
                until(lambda: emptied(sites.headquarters) == 0, "the boxes are empty")
                until(lambda: not holding(sites.headquarters), "no file of headquarters holds it")

    def test_what_a_stolen_box_gives_away(tmp_path: Path) -> None:
        with two_sites(tmp_path) as sites:
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
                        replications.up_database(prefix, NAME), "submission:one", {"text": "x"}
                    )
                    return outcomes

            assert anyio.run(try_all) == {"editions": "reads"}
            sites.headquarters.run("hub", "remove", NAME)

            async def after() -> None:
                async with open_couch_admin(address) as thief:
                    await thief.require_access(replications.collection_database(prefix, Collection.EDITIONS))

            with pytest.raises(KunnafoniError):
                anyio.run(after)
