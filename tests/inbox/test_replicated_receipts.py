"""Receipts for what hubs received: only for what a request would have been accepted with, and no submission holds up
another.
"""

from __future__ import annotations

import base64

import pytest

from server.inbox.replicated_receipts import INTERVAL, LONGEST_WAIT
from sync.canonical import digest
from sync.editions.signing import Signer
from sync.errors import Unavailable
from sync.store.contract import Collection, Write
from sync.submissions.receipts import Receipt, is_receipt_valid
from sync.submissions.submission import Submission
from tests.support.inbox_site import RUMOUR_ANSWERS, SITE, VISIT_ANSWERS, InboxSite
from tests.support.phone_simulator import FilledForm, PhoneSimulator
from tests.support.replication import replicate

pytestmark = pytest.mark.anyio


class Elapsed:
    """A monotonic clock that moves when told."""

    def __init__(self) -> None:
        self.seconds = 0.0

    def __call__(self) -> float:
        return self.seconds


async def acknowledge(inbox_site: InboxSite) -> None:
    while await inbox_site.site.services.inbox.acknowledge_replicated() == 0.0:
        pass


async def has_receipt(inbox_site: InboxSite, filled: FilledForm) -> bool:
    record = await inbox_site.site.services.store.get(Collection.FEEDBACK, f"receipt:{filled.id}")
    if record is None:
        return False
    receipt = Receipt(record.body["date"], record.body["epoch"], record.body["signature"])
    return is_receipt_valid(inbox_site.site.keys.signer.public_key, SITE, filled.id, receipt)


async def test_a_false_signature_gets_no_receipt_and_its_neighbours_do(inbox_site: InboxSite) -> None:
    phone = await inbox_site.enrolled()
    good = [phone.fill(inbox_site.forms["visite"], VISIT_ANSWERS) for _ in range(3)]
    forged = PhoneSimulator(SITE, 9, Signer.generate()).fill(
        inbox_site.forms["visite"], {"paroles": "Inventé."}, device=phone.device
    )
    await replicate(inbox_site, good[0], forged, *good[1:])
    await acknowledge(inbox_site)
    assert [await has_receipt(inbox_site, filled) for filled in (*good, forged)] == [True, True, True, False]
    services = inbox_site.site.services
    [item] = await services.submission_index.list_quarantined()
    assert (item.code, item.record_id.split(":")[-1]) == ("signature-false", forged.id)
    assert {entry.submission.id async for entry in services.inbox.open_reader().read_all()} == {
        filled.id for filled in good
    }
    assert await services.inbox.get_receipts([forged.id]) == {}


async def test_headquarters_notes_its_own_day_of_arrival(inbox_site: InboxSite) -> None:
    filled = PhoneSimulator(SITE).fill(inbox_site.forms["rumeur"], RUMOUR_ANSWERS, day="2023-11-24")
    await replicate(inbox_site, filled, day="2023-11-25")
    await acknowledge(inbox_site)
    record = await inbox_site.site.services.store.get(Collection.FEEDBACK, f"received:{filled.id}:hq")
    assert record
    assert record.body["day"] == "2026-11-24"


async def test_one_that_waits_for_its_phone_gets_its_receipt_when_the_phone_is_known(inbox_site: InboxSite) -> None:
    services = inbox_site.site.services
    services.inbox.receipts.monotonic_clock = services.submission_index.monotonic_clock = elapsed = Elapsed()
    phone = PhoneSimulator(SITE, 1, Signer.generate())
    filled = phone.fill(inbox_site.forms["visite"], VISIT_ANSWERS)
    await replicate(inbox_site, filled)
    await acknowledge(inbox_site)
    assert [item.code for item in await services.submission_index.list_quarantined()] == ["device-unknown"]
    await inbox_site.enrolled()  # another phone: this one stays unknown
    device = await services.store.get(Collection.PEOPLE, f"device:{phone.device}")
    assert device is None
    body = {
        "key": phone.signer.public_key if phone.signer else "",
        "name": "Kayes",
        "place": "ML-1",
        "until": "2027-11-24",
        "made": "2026-11-24",
    }
    await services.store.write(Collection.PEOPLE, [Write(f"device:{phone.device}", body)])
    elapsed.seconds += 120
    await acknowledge(inbox_site)
    assert await has_receipt(inbox_site, filled)
    assert await services.submission_index.list_quarantined() == []


async def test_an_unexpected_error_of_one_holds_no_other_back_and_never_spins(
    inbox_site: InboxSite, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    public = PhoneSimulator(SITE)
    filled = [public.fill(inbox_site.forms["rumeur"], RUMOUR_ANSWERS) for _ in range(20)]
    receipts = inbox_site.site.services.inbox.receipts
    receipts.monotonic_clock = elapsed = Elapsed()
    make_receipt = receipts.make_receipt

    async def fail_for_one(submission: Submission) -> Receipt | None:
        if submission.id == filled[7].id:
            raise ZeroDivisionError
        return await make_receipt(submission)

    monkeypatch.setattr(receipts, "make_receipt", fail_for_one)
    await replicate(inbox_site, *filled)
    assert await receipts.turn() == INTERVAL
    assert [await has_receipt(inbox_site, one) for one in filled] == [number != 7 for number in range(20)]
    assert await receipts.turn() == INTERVAL
    assert len([record for record in caplog.records if "ZeroDivisionError" in record.message]) == 1, "it waits"
    for _ in range(12):
        elapsed.seconds += LONGEST_WAIT
        await receipts.turn()
    monkeypatch.undo()
    elapsed.seconds += LONGEST_WAIT
    await receipts.turn()
    assert await has_receipt(inbox_site, filled[7])


async def test_while_the_store_does_not_answer_all_wait(inbox_site: InboxSite, monkeypatch: pytest.MonkeyPatch) -> None:
    filled = PhoneSimulator(SITE).fill(inbox_site.forms["rumeur"], RUMOUR_ANSWERS)
    await replicate(inbox_site, filled)
    store = inbox_site.site.services.store

    async def unavailable(*arguments: object) -> None:
        raise Unavailable("store-later", "Plus tard.")

    monkeypatch.setattr(store, "get_many", unavailable)
    with pytest.raises(Unavailable):
        await inbox_site.site.services.inbox.acknowledge_replicated()
    monkeypatch.undo()
    await acknowledge(inbox_site)
    assert await has_receipt(inbox_site, filled)


async def test_an_attachment_that_a_hub_only_claims_to_be_whole_gives_no_receipt(inbox_site: InboxSite) -> None:
    services = inbox_site.site.services
    services.inbox.receipts.monotonic_clock = elapsed = Elapsed()
    data = b"une photo" * 100
    filled = (await inbox_site.enrolled()).fill(inbox_site.forms["photo"], {"vue": 0}, [data])
    piece = f"piece:{digest(data)}:000"
    await services.store.write(
        Collection.FEEDBACK,
        [
            Write(f"file:{digest(data)}", {"bytes": len(data), "whole": True}),
            Write(piece, {"data": base64.b64encode(data[::-1]).decode()}),
        ],
    )
    await replicate(inbox_site, filled)
    await acknowledge(inbox_site)
    assert not await has_receipt(inbox_site, filled)
    await services.store.write(Collection.FEEDBACK, [Write(piece, {"data": base64.b64encode(data).decode()})])
    elapsed.seconds += 60
    await acknowledge(inbox_site)
    assert await has_receipt(inbox_site, filled)
