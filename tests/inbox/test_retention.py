"""The daily clean-up of the inbox: submissions past their retention, invitations past their end."""

from __future__ import annotations

import pytest

from server.inbox.retention import drop_expired_invitations, erase_expired
from sync.store.contract import Collection
from sync.submissions.devices import Invitation, invite
from tests.support.inbox_site import RUMOUR_ANSWERS, SITE, VISIT_ANSWERS, InboxSite, submission_ids
from tests.support.phone_simulator import PhoneSimulator

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
