"""Lost submissions: a phone's receipt for what is gone here proves the loss, and nothing else does."""

from __future__ import annotations

import json
from typing import Any

import pytest

from sync.submissions.receipts import sign_receipt
from sync.submissions.submission import receipt_code
from tests.support.inbox_site import RUMOUR_ANSWERS, SITE, InboxSite
from tests.support.phone_simulator import DAY, FilledForm, PhoneSimulator

pytestmark = pytest.mark.anyio


def sign(inbox_site: InboxSite, filled: FilledForm) -> list[Any]:
    """The receipt that this site gave for a submission before it was restored from an older backup."""
    keys = inbox_site.site.services.publisher.keys
    assert keys
    return sign_receipt(keys, SITE, filled.id, DAY).as_json()


async def ask(inbox_site: InboxSite, filled: FilledForm, receipt: object) -> int:
    body = {"id": filled.id, "secret": filled.secret, "receipt": receipt}
    return (await inbox_site.client.post("/inbox/answers", json=body)).status_code


async def test_a_receipt_for_what_is_gone_is_counted_and_named(inbox_site: InboxSite) -> None:
    services = inbox_site.site.services
    phone = PhoneSimulator(SITE)
    gone, kept = (phone.fill(inbox_site.forms["rumeur"], RUMOUR_ANSWERS) for _ in range(2))
    await inbox_site.send(kept.line)
    day, epoch, signature = sign(inbox_site, gone)
    forged = [
        [day, epoch, signature[:-2] + "AA"],
        sign(inbox_site, kept),
        [day, epoch + 1, signature],
        [day],
        "x",
        None,
    ]
    for receipt in forged:
        assert await ask(inbox_site, gone, receipt) == 404
    assert await services.inbox.lost.list_ids() == []
    assert await ask(inbox_site, kept, sign(inbox_site, kept)) == 204
    for _ in range(2):
        assert await ask(inbox_site, gone, [day, epoch, signature]) == 404
    assert await services.inbox.lost.list_ids() == [gone.id]
    [finding] = [each for each in await services.doctor.examine() if each.code == "answers-lost"]
    assert finding.values == {"count": 1, "codes": receipt_code(gone.id)}


async def test_what_was_erased_or_came_back_is_not_lost(inbox_site: InboxSite) -> None:
    inbox = inbox_site.site.services.inbox
    phone = PhoneSimulator(SITE)
    erased, back = (phone.fill(inbox_site.forms["rumeur"], RUMOUR_ANSWERS) for _ in range(2))
    await inbox_site.send(erased.line)
    await inbox.withdraw(erased.id, erased.secret)
    for filled in (erased, back):
        assert await ask(inbox_site, filled, sign(inbox_site, filled)) == 404
    assert await inbox.lost.list_ids() == [back.id]
    [verdict] = await inbox_site.send(back.line)
    assert verdict["verdict"] == "accepted"
    assert await inbox.lost.list_ids() == []
    assert json.loads((await inbox_site.client.post("/inbox/receipts", json=[erased.id])).text)["erased"]
