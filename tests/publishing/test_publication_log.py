"""The publication log has each edition once, whichever machines sign it and whatever the network does to the answer."""

from __future__ import annotations

import datetime
from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import pytest

from server.accounts.audit import AuditLog
from server.publishing.publication_log import PublicationLog, PublicationNote, get_entries
from sync.editions.delta import diff_manifests
from sync.editions.edition_statement import Statement
from sync.editions.feed import Edition
from sync.editions.manifest import build_manifest
from sync.editions.page import Page
from sync.editions.publishing import DownloadCost, PublicationPlan
from sync.store.contract import Collection, Store
from sync.store.open_store import open_store
from tests.support.faulty_couch_relay import cut_after_forwarding, running_relay
from tests.support.store_backends import fresh_prefix, pouchdb_server

pytestmark = pytest.mark.anyio

MOMENT = datetime.datetime(2026, 11, 24, 18, tzinfo=datetime.UTC)
MANIFEST = build_manifest([Page("index", "Accueil\n", "first")])
PLAN = PublicationPlan("fr-ML", None, MANIFEST, {}, diff_manifests(None, MANIFEST))
STATEMENT = Statement("essai", "fr-ML", 1, int(MOMENT.timestamp()), "2026-11-24", "", "A" * 43, *MANIFEST.digests)
NOTE = PublicationNote("chef", "La campagne du soir.", "abc")


@contextmanager
def address_through_cuts(folder: Path) -> Iterator[str]:
    """A CouchDB behind a relay that stores the first write of each collection and loses its answer."""
    with pouchdb_server(folder) as host, running_relay(host) as relay:
        relay.once(cut_after_forwarding)
        yield f"couchdb://test:se%2Fcr%40t@{relay.host}/{fresh_prefix()}"


@pytest.fixture(params=["sqlite", "pouchdb"])
async def machines(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[tuple[Store, Store]]:
    """The same store as two machines have it open."""
    if request.param == "sqlite":
        address = f"sqlite:///{tmp_path / 'shared.db'}"
        one, other = open_store(address), open_store(address)
        await one.prepare()
        yield one, other
        await one.close()
        await other.close()
        return
    with address_through_cuts(tmp_path) as address:
        one, other = open_store(address), open_store(address)
        await one.prepare()
        yield one, other
        await one.close()
        await other.close()


async def test_two_machines_that_sign_in_the_same_second_log_one_publication(machines: tuple[Store, Store]) -> None:
    """Signatures differ, the edition is the same, and so are its entries."""
    audits = [AuditLog(store, lambda: MOMENT) for store in machines]
    for number, (store, audit) in enumerate(zip(machines, audits, strict=True)):
        edition, cost = Edition(STATEMENT, f"signature {number}", "key", MANIFEST), DownloadCost(900, number, False)
        log = PublicationLog(store, audit)
        await log.store_entry(NOTE, PLAN, cost, edition, MOMENT)
        await log.enter_journal(NOTE, edition)
    entries = await get_entries(machines[0], [STATEMENT.id])
    assert [(each.who, each.update, each.changed) for each in entries.values()] == [("chef", 0, 1)]
    [entry] = await audits[0].list_recent(10)
    assert (entry.who, entry.what, entry.target) == ("chef", "published", "fr-ML")
    assert entry.detail == {"why": NOTE.why, "number": STATEMENT.number, "text": "abc"}


async def test_another_persons_publication_is_not_entered_as_ones_own(machines: tuple[Store, Store]) -> None:
    store, audit = machines[0], AuditLog(machines[0], lambda: MOMENT)
    log, edition = PublicationLog(store, audit), Edition(STATEMENT, "signature", "key", MANIFEST)
    await log.store_entry(NOTE, PLAN, DownloadCost(900, 0, False), edition, MOMENT)
    await log.complete_journal(replace(NOTE, who="autre"), edition)
    assert await store.scan(Collection.JOURNAL, "audit:", "audit;") == []
    await log.complete_journal(NOTE, edition)
    assert [entry.who for entry in await audit.list_recent(10)] == ["chef"]
