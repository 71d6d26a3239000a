"""Headquarters and a hub with real CouchDBs: editions down, submissions up, receipts down; they converge after a
cut.
"""

from __future__ import annotations

import time
from pathlib import Path

import anyio

from server.keys.keyring import open_keyring
from sync.store.contract import Collection, Store
from sync.store.open_store import open_store
from sync.submissions.receipts import Receipt, is_receipt_valid
from tests.support.feed_reader import FeedReader
from tests.support.measured_figures import record_figure
from tests.support.phone_simulator import PhoneSimulator as Reporter
from tests.support.server_process import ServerProcess
from tests.support.store_backends import REAL_COUCHDB
from tests.support.two_sites import (
    CHANNEL,
    NAME,
    SITE,
    TwoSites,
    post_lines,
    publish,
    pulls,
    read_form,
    read_receipt,
    read_statement,
    running_two_sites,
    wait_until,
)


def scanned(address: str, room: Collection) -> list[str]:
    async def run() -> list[str]:
        store: Store = open_store(address)
        try:
            return [record.id for record in await store.scan(room, "", "~")]
        finally:
            await store.close()

    return anyio.run(run)


if REAL_COUCHDB:

    def test_two_sites_keep_in_step_and_converge_after_a_cut(tmp_path: Path) -> None:
        with running_two_sites(tmp_path) as sites, sites.headquarters.serve() as first:
            first.get("")
            sites.join(CHANNEL)
            with sites.hub.serve(KUNNAFONI_PUBLISHER="0") as hub:
                _story(sites, first, hub)

    def _story(sites: TwoSites, headquarters: ServerProcess, hub: ServerProcess) -> None:
        wait_until(
            lambda: read_statement(hub) == read_statement(headquarters) != "", "the hub has headquarters' edition"
        )
        phone = FeedReader(None)  # type: ignore[arg-type]
        assert anyio.run(pulls, phone, hub.url) == 2  # everything, then nothing new
        assert anyio.run(pulls, phone, headquarters.url) == 1  # only what is new
        form = read_form(sites.headquarters.store)
        reporter = Reporter(SITE)
        first_report = reporter.fill(form, {"mot": "bonjour"})
        [verdict] = post_lines(hub, "inbox", first_report.line.encode())
        assert (verdict["verdict"], verdict.get("carrier")) == ("accepted", NAME)
        signed = wait_until(lambda: read_receipt(hub, first_report), "headquarters' receipt comes back to the hub")
        ring = open_keyring(sites.headquarters.folder / "data" / "keys", create=False)
        assert ring
        assert is_receipt_valid(ring.keys.signer.public_key, SITE, first_report.id, Receipt(*signed))

        sites.link.cut()
        publish(sites, "Publié pendant la coupure.")
        wait_until(
            lambda: "coupure" in headquarters.get(f"{CHANNEL}/guides/argent").decode(),
            "headquarters shows what it published",
        )
        assert read_statement(hub) != read_statement(headquarters)
        second_report = reporter.fill(form, {"mot": "pendant la coupure"})
        [verdict] = post_lines(hub, "inbox", second_report.line.encode())
        assert verdict["verdict"] == "accepted"
        assert read_receipt(headquarters, second_report) is None
        wait_until(
            lambda: "coupé (l’autre machine ne répond pas)" in sites.hub.run("hub", "status"),
            "the status says that the link is cut",
        )
        sites.link.mend()
        mended = time.monotonic()
        wait_until(lambda: read_statement(hub) == read_statement(headquarters), "the hub catches up", 300)
        wait_until(lambda: read_receipt(hub, second_report), "what was sent meanwhile gets its receipt", 300)
        record_figure(f"two sites: converged {time.monotonic() - mended:.0f} s after the link was mended")
        assert anyio.run(pulls, phone, headquarters.url) == 2
        assert anyio.run(pulls, phone, hub.url) == 1
        assert all(id.startswith("device:") for id in scanned(sites.hub.store, Collection.PEOPLE))
        assert {id.partition(":")[0] for id in scanned(sites.hub.store, Collection.PUSH)} <= {"cache"}  # its own
        assert "à jour" in sites.hub.run("hub", "status")
        assert "dernier contact" in sites.headquarters.run("hub", "status")
