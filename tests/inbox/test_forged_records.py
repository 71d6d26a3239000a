"""Records of a stolen hub under another's id displace nothing, erase nothing, and are read by nobody as genuine."""

from __future__ import annotations

import json

import pytest

from server.inbox.submission_index import SubmissionFilter
from sync.canonical import canonical, digest
from sync.store.contract import Body, Collection, ConflictedRecord, Record, Saved, Write
from tests.support.inbox_site import RUMOUR_ANSWERS, SITE, VISIT_ANSWERS, InboxSite, submission_ids
from tests.support.phone_simulator import FilledForm, PhoneSimulator

pytestmark = pytest.mark.anyio
FIRST, LAST = "submission:000000:", "submission:zzzzzz:"
FORGER_SECRET = "Z" * 43


async def put(inbox_site: InboxSite, id: str, body: dict[str, str]) -> None:
    """Write a record as replication would, over another one too."""
    store = inbox_site.site.services.store
    record = await store.get(Collection.FEEDBACK, id)
    await store.write(Collection.FEEDBACK, [Write(id, body, record.rev if record else None)])
    await inbox_site.site.services.inbox.node_cache._catch_up(Collection.FEEDBACK)


def altered(filled: FilledForm, **changes: str) -> str:
    return canonical({**json.loads(filled.text), **changes}).decode()


async def listed(inbox_site: InboxSite) -> list[str]:
    return [summary.id for summary in await inbox_site.site.services.submission_index.find(SubmissionFilter())]


async def quarantined(inbox_site: InboxSite) -> dict[str, str]:
    items = await inbox_site.site.services.submission_index.list_quarantined()
    return {item.record_id: item.code for item in items}


@pytest.mark.parametrize("start", [FIRST, LAST])
async def test_another_text_under_a_known_id_does_not_displace_the_submission(
    inbox_site: InboxSite, start: str
) -> None:
    phone = await inbox_site.enrolled()
    filled = phone.fill(inbox_site.forms["visite"], VISIT_ANSWERS)
    await inbox_site.send(filled.line)
    await put(inbox_site, start + filled.id, {"text": altered(filled, place="ML-9"), "signature": filled.signature})
    assert len(await submission_ids(inbox_site)) == 2, "the honest record is not dropped as a duplicate"
    assert await listed(inbox_site) == [filled.id]
    assert await quarantined(inbox_site) == {start + filled.id: "submission-id"}
    services = inbox_site.site.services
    [entry] = [entry async for entry in services.inbox.open_reader().read_all()]
    assert entry.submission.text == filled.text
    assert (await services.inbox.get_submission(filled.id)).text == filled.text
    await services.inbox.erase(filled.id, "asked")
    assert await submission_ids(inbox_site) == [], "an erasure takes both"


async def test_the_same_text_with_a_false_signature_does_not_displace_it_either(inbox_site: InboxSite) -> None:
    phone = await inbox_site.enrolled()
    filled = phone.fill(inbox_site.forms["visite"], VISIT_ANSWERS)
    await inbox_site.send(filled.line)
    await put(inbox_site, FIRST + filled.id, {"text": filled.text, "signature": "A" * 86})
    assert await listed(inbox_site) == [filled.id]
    assert await quarantined(inbox_site) == {FIRST + filled.id: "signature-false"}


async def test_a_text_changed_after_its_admission_is_read_by_nobody(inbox_site: InboxSite) -> None:
    phone = await inbox_site.enrolled()
    filled = phone.fill(inbox_site.forms["visite"], VISIT_ANSWERS)
    await inbox_site.send(filled.line)
    assert await listed(inbox_site) == [filled.id]
    record_id = inbox_site.site.services.inbox.node_cache.find_record_id(filled.id)
    assert record_id
    await put(inbox_site, record_id, {"text": altered(filled, place="ML-9"), "signature": filled.signature})
    assert await listed(inbox_site) == []
    assert await quarantined(inbox_site) == {record_id: "submission-id"}
    assert [entry async for entry in inbox_site.site.services.inbox.open_reader().read_all()] == []


@pytest.mark.parametrize("signature", ["A" * 86, None])
async def test_a_forged_record_does_not_keep_the_submission_out(inbox_site: InboxSite, signature: str | None) -> None:
    phone = await inbox_site.enrolled()
    filled = phone.fill(inbox_site.forms["visite"], VISIT_ANSWERS)
    body = {"text": filled.text, "signature": signature} if signature else {"text": "junk"}
    await put(inbox_site, FIRST + filled.id, body)
    [verdict] = await inbox_site.send(filled.line)
    assert (verdict["verdict"], "receipt" in verdict) == ("accepted", True)
    await inbox_site.site.services.inbox.node_cache._catch_up(Collection.FEEDBACK)
    assert await listed(inbox_site) == [filled.id]
    assert await quarantined(inbox_site) == {}


async def test_a_forger_withdraws_nothing_with_a_secret_of_his_own(inbox_site: InboxSite) -> None:
    filled = PhoneSimulator(SITE).fill(inbox_site.forms["rumeur"], RUMOUR_ANSWERS)
    await inbox_site.send(filled.line)
    await put(inbox_site, FIRST + filled.id, {"text": altered(filled, answer=digest(FORGER_SECRET))})
    answer = await inbox_site.client.post("/inbox/withdrawals", json={"id": filled.id, "secret": FORGER_SECRET})
    assert answer.status_code == 404
    assert await listed(inbox_site) == [filled.id]
    answer = await inbox_site.client.post("/inbox/withdrawals", json={"id": filled.id, "secret": filled.secret})
    assert answer.status_code == 200


async def test_of_two_versions_of_a_record_the_admitted_one_stays(
    inbox_site: InboxSite, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A replicated text under the very record id of the submission, whose revision wins."""
    services, phone = inbox_site.site.services, await inbox_site.enrolled()
    filled = phone.fill(inbox_site.forms["visite"], VISIT_ANSWERS)
    await inbox_site.send(filled.line)
    [honest] = await services.store.scan(Collection.FEEDBACK, "submission:", "submission;")
    forged = Record(honest.id, "9-f", {"text": altered(filled, place="ML-9"), "signature": filled.signature})
    other = Record("submission:a:x", "1-a", {"text": "junk"})
    conflicts = [ConflictedRecord(other.id, (other, other)), ConflictedRecord(honest.id, (forged, honest))]
    kept: list[tuple[str, Body, list[str]]] = []

    async def list_conflicts(collection: Collection) -> list[ConflictedRecord]:
        return conflicts

    async def resolve_conflict(collection: Collection, id: str, body: Body, revs: list[str]) -> Saved:
        kept.append((id, body, revs))
        return Saved(id, "10-a")

    monkeypatch.setattr(services.store, "conflicts", list_conflicts)
    monkeypatch.setattr(services.store, "resolve_conflict", resolve_conflict)
    services.inbox.receipts.monotonic_clock = lambda: float("inf")
    await services.inbox.acknowledge_replicated()
    assert kept == [(honest.id, honest.body, ["9-f", honest.rev])]


async def test_a_size_that_a_hub_invented_does_not_keep_an_attachment_out(inbox_site: InboxSite) -> None:
    phone, data = await inbox_site.enrolled(), b"une photo" * 100
    filled = phone.fill(inbox_site.forms["photo"], {"vue": 0}, [data])
    for body in ({"bytes": 5, "whole": True}, {"x": 1}):
        await inbox_site.site.services.store.erase(Collection.FEEDBACK, [f"file:{digest(data)}"])
        await inbox_site.site.services.store.write(Collection.FEEDBACK, [Write(f"file:{digest(data)}", body)])
        [verdict] = await inbox_site.send(filled.line)
        assert verdict["missing"] == {digest(data): [0]}
    record = await inbox_site.site.services.store.get(Collection.FEEDBACK, f"file:{digest(data)}")
    assert record
    assert record.body == {"bytes": len(data)}
