"""Records in any shape, of every kind that replication brings: each is set aside alone, and everything else goes on."""

from __future__ import annotations

import datetime
import logging

import pytest

from server.inbox.retention import erase_expired
from server.inbox.submission_index import SubmissionFilter
from sync.store.contract import Collection, Record, Write
from sync.submissions import related_records
from sync.submissions.admission import Admission
from sync.submissions.signatures import SignatureClaim
from tests.support.console_feedback import FeedbackConsole
from tests.support.inbox_site import RUMOUR_ANSWERS, SITE, VISIT_ANSWERS, InboxSite
from tests.support.malformed_records import FIELDS, ID, malformed_bodies, record_id
from tests.support.phone_simulator import FilledForm, PhoneSimulator
from tests.support.replication import replicate

pytestmark = pytest.mark.anyio
PAGES = (
    "/feedback",
    "/feedback/list",
    "/feedback/charts/visite",
    "/feedback/charts/rumeur",
    "/feedback/export/visite?kind=csv",
    "/feedback/export/visite?kind=xlsx",
    "/feedback/export/rumeur?kind=ndjson",
    "/feedback/sealed/visite",
    "/feedback/quarantine",
    "/hubs",
    "/",
)


async def honest(inbox_site: InboxSite) -> list[FilledForm]:
    phone, public = await inbox_site.enrolled(), PhoneSimulator(SITE, 8)
    filled = [
        phone.fill(inbox_site.forms["visite"], VISIT_ANSWERS),
        public.fill(inbox_site.forms["rumeur"], RUMOUR_ANSWERS),
    ]
    await inbox_site.send(*(submission.line for submission in filled))
    return filled


async def poison(inbox_site: InboxSite, kind: str, id: str, *, replace: bool = False) -> int:
    """Write malformed records of a kind, as replication would; return their number."""
    collection = Collection.JOURNAL if kind == "hub" else Collection.FEEDBACK
    store, bodies = inbox_site.site.services.store, malformed_bodies(kind)
    ids = [record_id(kind, id, number) for number in range(len(bodies))]
    if len(set(ids)) == 1:  # one record of this kind for each submission: other submissions have the others
        ids = [f"{kind}:{number:042}E" for number in range(len(bodies))]
        if replace:
            await store.write(collection, [Write(f"{kind}:{id}", bodies[0])])
    outcomes = await store.write(collection, [Write(name, body) for name, body in zip(ids, bodies, strict=True)])
    await inbox_site.site.services.inbox.node_cache._catch_up(Collection.FEEDBACK)
    return len(outcomes)


async def test_the_console_shows_the_others_whatever_records_contain(feedback: FeedbackConsole) -> None:
    filled = await honest(feedback.inbox_site)
    for kind in FIELDS:
        await poison(feedback.inbox_site, kind, ID)
        if kind != "erased":
            await poison(feedback.inbox_site, kind, filled[0].id, replace=True)
    for path in (*PAGES, f"/feedback/one/{filled[0].id}"):
        answer = await feedback.coordinator.get(path)
        assert answer.status_code == 200, (path, answer.text)
    assert "Envois : 2 ·" in (await feedback.coordinator.get("/feedback/list")).text
    quarantined = await feedback.inbox_site.site.services.submission_index.list_quarantined()
    kinds = {item.record_id.split(":")[0] for item in quarantined}
    assert kinds == {"submission", "received", "handling", "answer"}


async def test_receipts_and_retention_go_on_whatever_records_contain(
    inbox_site: InboxSite, caplog: pytest.LogCaptureFixture
) -> None:
    services = inbox_site.site.services
    filled = PhoneSimulator(SITE, 8).fill(inbox_site.forms["rumeur"], RUMOUR_ANSWERS)
    for kind in FIELDS:
        await poison(inbox_site, kind, ID)
    await services.store.write(
        Collection.FEEDBACK,
        [
            Write(f"submission:00000a:{filled.id}", {"text": filled.text}),
            Write(f"received:{filled.id}:kayes", {"day": "2026-11-24", "road": "direct"}),
        ],
    )
    await services.inbox.node_cache._catch_up(Collection.FEEDBACK)
    while await services.inbox.acknowledge_replicated() == 0.0:
        pass
    assert (await services.inbox.get_receipts([filled.id]))[filled.id]
    assert await services.store.get(Collection.FEEDBACK, f"receipt:{filled.id}")
    await services.inbox.node_cache._catch_up(Collection.FEEDBACK)
    today = services.clock().date() + datetime.timedelta(days=1000)
    assert await erase_expired(services.store, services.inbox, services.submission_index, today) == 1
    assert [record for record in caplog.records if record.levelno >= logging.ERROR] == []


async def test_an_error_of_this_program_in_one_record_holds_no_other_back(
    inbox_site: InboxSite, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    public = PhoneSimulator(SITE, 8)
    filled = [public.fill(inbox_site.forms["rumeur"], RUMOUR_ANSWERS, place=place) for place in ("ML-1", "ML-2")]

    def fail_in_one_place(claim: SignatureClaim, is_signature_valid: bool) -> None:
        if claim.submission.place == "ML-1":
            raise ZeroDivisionError

    monkeypatch.setattr(Admission, "check", staticmethod(fail_in_one_place))
    await replicate(inbox_site, *filled)
    services = inbox_site.site.services
    assert [summary.place for summary in await services.submission_index.find(SubmissionFilter())] == ["ML-2"]
    assert [item.code for item in await services.submission_index.list_quarantined()] == ["record-unreadable"]
    assert "ZeroDivisionError" in caplog.text


@pytest.mark.parametrize("value", ["\ud800", "2026-11-24\udc00", "a" * 43 + "\ud83d"])
def test_half_a_pair_of_surrogates_is_no_text(value: str) -> None:
    body = dict.fromkeys(("day", "text", "lang", "date", "state", "who", "when", "secret", "signature", "data"), value)
    body_with_day = body | {"day": "2026-11-24", "date": "2026-11-24", "when": "2026-11-24"}
    for fields in (body, body_with_day | {"epoch": 1}):
        assert related_records.answer_from_body(fields) is None
        assert related_records.handling_from_body(fields) is None
        assert related_records.note_from_body(fields) is None
        assert related_records.receipt_from_body(fields) is None
        assert related_records.piece_data(fields) is None
        assert related_records.withdrawal_from_record(Record(f"withdrawal:{ID}", "1", fields)) is None
    assert related_records.arrival_from_record(Record(f"received:{ID}:kayes", "1", body)) is None
