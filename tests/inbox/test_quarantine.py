"""Quarantined records: noted on the day headquarters sees them, erased in the end, and free once they pass."""

from __future__ import annotations

import base64

import pytest

from server.inbox import quarantine
from sync.canonical import digest
from sync.errors import Conflict
from sync.store.contract import Collection, Write
from tests.support.inbox_site import SITE, VISIT_ANSWERS, InboxSite, submission_ids
from tests.support.phone_simulator import FilledForm, PhoneSimulator
from tests.support.replication import replicate

pytestmark = pytest.mark.anyio


async def forged(inbox_site: InboxSite, files: list[bytes] | None = None) -> FilledForm:
    """A submission of an enrolled phone that another one made."""
    phone = await inbox_site.enrolled()
    form = inbox_site.forms["photo" if files else "visite"]
    answers = {"vue": 0} if files else VISIT_ANSWERS
    return PhoneSimulator(SITE, 9).fill(form, answers, files, device=phone.device)


async def expire(inbox_site: InboxSite) -> int:
    services = inbox_site.site.services
    await services.inbox.node_cache._catch_up(Collection.FEEDBACK)
    return await quarantine.expire(services.store, services.submission_index, services.clock().date())


async def notes(inbox_site: InboxSite) -> list[str]:
    records = await inbox_site.site.services.store.scan(Collection.FEEDBACK, "quarantine:", "quarantine;")
    return [str(record.body["day"]) for record in records]


async def test_a_record_is_noted_and_erased_after_its_days(inbox_site: InboxSite) -> None:
    filled = await forged(inbox_site)
    await replicate(inbox_site, filled)
    assert await expire(inbox_site) == 0
    assert await notes(inbox_site) == ["2026-11-24"]
    inbox_site.site.clock.pass_time(days=quarantine.QUARANTINE_DAYS)
    assert await expire(inbox_site) == 0
    inbox_site.site.clock.pass_time(days=1)
    assert await expire(inbox_site) == 1
    assert (await submission_ids(inbox_site), await notes(inbox_site)) == ([], [])
    services = inbox_site.site.services
    await services.inbox.node_cache._catch_up(Collection.FEEDBACK)
    assert await services.submission_index.list_quarantined() == []
    assert await services.store.get(Collection.FEEDBACK, f"erased:{filled.id}") is None, "an honest one may still come"


async def test_a_record_that_passes_leaves_and_its_note_goes(inbox_site: InboxSite) -> None:
    services, phone = inbox_site.site.services, await inbox_site.enrolled()
    filled = phone.fill(inbox_site.forms["visite"], VISIT_ANSWERS)
    record = await services.store.get(Collection.PEOPLE, f"device:{phone.device}")
    assert record
    await services.store.erase(Collection.PEOPLE, [record.id])
    await services.inbox.node_cache._catch_up(Collection.PEOPLE)
    await replicate(inbox_site, filled)
    assert await expire(inbox_site) == 0
    assert len(await notes(inbox_site)) == 1
    await services.store.write(Collection.PEOPLE, [Write(record.id, record.body)])
    await services.inbox.node_cache._catch_up(Collection.PEOPLE)
    services.submission_index.monotonic_clock = lambda: float("inf")
    assert await expire(inbox_site) == 0
    assert (await notes(inbox_site), await submission_ids(inbox_site)) == ([], [filled.id])


async def test_an_erasure_needs_the_record_that_was_seen(inbox_site: InboxSite) -> None:
    services, filled = inbox_site.site.services, await forged(inbox_site)
    await replicate(inbox_site, filled)
    [row] = await quarantine.load_rows(services.store, await services.submission_index.list_quarantined())
    with pytest.raises(Conflict):
        await quarantine.erase(services.store, services.submission_index, row.record_id, "1-other")
    with pytest.raises(Conflict):
        await quarantine.erase(services.store, services.submission_index, "submission:x:y", row.rev)
    assert len(await submission_ids(inbox_site)) == 1
    await quarantine.erase(services.store, services.submission_index, row.record_id, row.rev)
    assert await submission_ids(inbox_site) == []


async def test_an_erasure_leaves_attachments_that_another_submission_names(inbox_site: InboxSite) -> None:
    shared, own = b"commune" * 50, b"seule" * 50
    services, filled = inbox_site.site.services, await forged(inbox_site, [shared, own])
    phone = PhoneSimulator(SITE, 9)
    await replicate(inbox_site, filled, phone.fill(inbox_site.forms["photo"], {"vue": 0}, [shared]))
    writes = [Write(f"piece:{digest(data)}:000", {"data": base64.b64encode(data).decode()}) for data in (shared, own)]
    await services.store.write(Collection.FEEDBACK, writes)
    items = await services.submission_index.list_quarantined()
    row = next(row for row in await quarantine.load_rows(services.store, items) if row.record_id.endswith(filled.id))
    await quarantine.erase(services.store, services.submission_index, row.record_id, row.rev)
    pieces = await services.store.scan(Collection.FEEDBACK, "piece:", "piece;")
    assert [piece.id for piece in pieces] == [f"piece:{digest(shared)}:000"]
