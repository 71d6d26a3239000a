"""The daily clean-up of the inbox: submissions past their retention, invitations past their end."""

from __future__ import annotations

import pytest

from server.app import create_services
from server.inbox.retention import drop_expired_invitations, erase_expired
from server.inbox.submission_index import SubmissionFilter
from server.services import Services
from sync.store.contract import Collection, Write
from sync.submissions.devices import Invitation, invite, revoke
from tests.support.inbox_site import (
    RUMOUR_ANSWERS,
    SITE,
    VISIT_ANSWERS,
    InboxSite,
    submission_ids,
)
from tests.support.phone_simulator import PhoneSimulator
from tests.support.replication import replicate

pytestmark = pytest.mark.anyio


async def test_what_was_kept_long_enough_is_erased(inbox_site: InboxSite) -> None:
    filled = PhoneSimulator(SITE).fill(inbox_site.forms["rumeur"], RUMOUR_ANSWERS)
    await inbox_site.send(filled.line)
    services = inbox_site.site.services
    assert await erase_expired(services.store, services.inbox, services.submission_index, services.clock().date()) == 0
    inbox_site.site.clock.pass_time(days=inbox_site.forms["rumeur"].retention_days + 1)
    assert await erase_expired(services.store, services.inbox, services.submission_index, services.clock().date()) == 1
    assert await submission_ids(inbox_site) == []
    assert [verdict["code"] for verdict in await inbox_site.send(filled.line)] == ["erased"]


async def retain(inbox_site: InboxSite) -> int:
    """One night: receipts for hubs, then retention."""
    services = inbox_site.site.services
    services.inbox.receipts.monotonic_clock = lambda: float("inf")
    while await services.inbox.acknowledge_replicated() == 0.0:
        pass
    await services.inbox.node_cache._catch_up(Collection.FEEDBACK)
    return await erase_expired(services.store, services.inbox, services.submission_index, services.clock().date())


@pytest.mark.parametrize("road", ["request", "hub", "hub that notes no arrival", "hub before headquarters started"])
async def test_clocks_that_are_years_off_lose_nothing_and_keep_nothing_longer(inbox_site: InboxSite, road: str) -> None:
    keep = inbox_site.forms["rumeur"].retention_days
    for seed, day in enumerate(("2023-11-24", "2029-11-24")):
        filled = PhoneSimulator(SITE, seed).fill(inbox_site.forms["rumeur"], RUMOUR_ANSWERS, day=day)
        if road == "request":
            await inbox_site.send(filled.line)
        else:
            await replicate(inbox_site, filled, day=day, node="" if road == "hub that notes no arrival" else "kayes")
    first = inbox_site.site.services
    if road == "hub before headquarters started":
        inbox_site.site.services = await restarted(inbox_site)
    assert await retain(inbox_site) == 0
    inbox_site.site.clock.pass_time(days=keep)
    assert await retain(inbox_site) == 0
    assert len(await submission_ids(inbox_site)) == 2
    inbox_site.site.clock.pass_time(days=1)
    assert await retain(inbox_site) == 2
    assert await submission_ids(inbox_site) == []
    if inbox_site.site.services is not first:
        await inbox_site.site.services.store.close()
        inbox_site.site.services = first


async def restarted(inbox_site: InboxSite) -> Services:
    """The services of another process of headquarters over the same store."""
    services = create_services(inbox_site.site.services.settings, clock=inbox_site.site.clock)
    services.sign_with(inbox_site.site.keys)
    await services.inbox.node_cache.ensure_loaded()
    return services


async def test_what_an_earlier_release_acknowledged_counts_from_its_receipt(inbox_site: InboxSite) -> None:
    services, keep = inbox_site.site.services, inbox_site.forms["rumeur"].retention_days
    filled = PhoneSimulator(SITE).fill(inbox_site.forms["rumeur"], RUMOUR_ANSWERS, day="2023-11-24")
    receipt = {"date": "2026-11-20", "epoch": 1, "signature": "A" * 86}
    await services.store.write(Collection.FEEDBACK, [Write(f"receipt:{filled.id}", receipt)])
    await replicate(inbox_site, filled, day="2023-11-24", node="hub")
    assert await retain(inbox_site) == 0
    inbox_site.site.clock.pass_time(days=keep - 4)
    assert await retain(inbox_site) == 0
    inbox_site.site.clock.pass_time(days=1)
    assert await retain(inbox_site) == 1


async def test_a_phone_revoked_later_takes_nothing_back_that_was_admitted(inbox_site: InboxSite) -> None:
    services, phone = inbox_site.site.services, await inbox_site.enrolled()
    ahead = phone.fill(inbox_site.forms["visite"], VISIT_ANSWERS, day="2026-12-24")
    late = phone.fill(inbox_site.forms["visite"], VISIT_ANSWERS, day="2026-12-24")
    await inbox_site.send(ahead.line)
    await revoke(services.store, phone.device, "2026-11-30")
    inbox_site.site.clock.pass_time(days=20)
    await replicate(inbox_site, late)
    await services.inbox.node_cache._catch_up(Collection.PEOPLE)
    assert [summary.id for summary in await services.submission_index.find(SubmissionFilter())] == [ahead.id]
    [item] = await services.submission_index.list_quarantined()
    assert (item.code, item.record_id.split(":")[-1]) == ("device-revoked", late.id)
    [entry] = [entry async for entry in services.inbox.open_reader().read_all()]
    assert entry.warning == "device-revoked"


async def test_codes_that_ended_long_ago_are_forgotten_and_their_phones_stay(inbox_site: InboxSite) -> None:
    phone = await inbox_site.enrolled(expires="2026-11-30")
    services = inbox_site.site.services
    await invite(services.store, "ZZZZZ99999", Invitation("Awa", "", "2099-12-31", "2026-12-01", "test"))
    await invite(services.store, "YYYYY88888", Invitation("Ali", "", "2099-12-31", "2099-12-31", "test"))
    assert await drop_expired_invitations(services.store, services.clock().date()) == 0
    inbox_site.site.clock.pass_time(days=60)
    assert await drop_expired_invitations(services.store, services.clock().date()) == 2
    records = await services.store.scan(Collection.PEOPLE, "enrolment:", "enrolment;", 10)
    assert [record.body["name"] for record in records] == ["Ali"]
    [verdict] = await inbox_site.send(phone.fill(inbox_site.forms["visite"], VISIT_ANSWERS).line)
    assert verdict["verdict"] == "accepted"
