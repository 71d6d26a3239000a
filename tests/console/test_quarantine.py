"""The console's quarantine: every record with its reason, its road and its text as text; erased as it was seen."""

from __future__ import annotations

import re

import pytest

from server.accounts.account import Role
from sync.editions.signing import Signer
from sync.store.contract import Collection, Write
from tests.support.console_feedback import FeedbackConsole
from tests.support.inbox_site import SITE, VISIT_ANSWERS, submission_ids
from tests.support.phone_simulator import PhoneSimulator
from tests.support.replication import replicate

pytestmark = pytest.mark.anyio
HOSTILE = "<script>alert(1)</script>"


def fields(html: str) -> dict[str, str]:
    return {name: re.findall(rf'name="{name}" value="([^"]+)"', html)[-1] for name in ("record", "seen")}


async def test_a_forged_record_is_shown_with_its_reason_and_erased_as_seen(feedback: FeedbackConsole) -> None:
    phone = await feedback.inbox_site.enrolled()
    forger = PhoneSimulator(SITE, 9, Signer.generate())
    forged = forger.fill(feedback.inbox_site.forms["visite"], {"paroles": HOSTILE}, device=phone.device)
    assert "/feedback/quarantine" not in (await feedback.coordinator.get("/feedback")).text
    await replicate(feedback.inbox_site, forged)
    assert "En quarantaine : 1" in (await feedback.coordinator.get("/feedback")).text
    page = (await feedback.coordinator.get("/feedback/quarantine")).text
    for shown in ("signature-false", "quelqu’un a changé cet envoi", "kayes", "aujourd’hui", "&lt;script&gt;"):
        assert shown in page
    assert HOSTILE not in page
    assert "Téléphone 1" not in page + (await feedback.coordinator.get("/feedback/list")).text
    stale = await feedback.coordinator.decide("/feedback/quarantine/erase", fields(page) | {"seen": "1-autre"})
    assert stale.status_code == 409
    assert await submission_ids(feedback.inbox_site) == [forged.id]
    done = await feedback.coordinator.decide("/feedback/quarantine/erase", fields(page))
    assert done.status_code == 303
    assert await submission_ids(feedback.inbox_site) == []
    assert "Rien n’est en quarantaine" in (await feedback.coordinator.get("/feedback/quarantine")).text
    administrator = await feedback.console_site.person(Role.ADMINISTRATOR)
    assert "a effacé une fiche en quarantaine" in (await administrator.get("/journal")).text
    analyst = await feedback.console_site.person(Role.ANALYST)
    assert (await analyst.get("/feedback/quarantine")).status_code == 403


async def test_an_admitted_submission_cannot_be_erased_as_quarantined(feedback: FeedbackConsole) -> None:
    phone = await feedback.inbox_site.enrolled()
    filled = phone.fill(feedback.inbox_site.forms["visite"], VISIT_ANSWERS)
    await feedback.inbox_site.send(filled.line)
    await feedback.catch_up()
    [record] = await feedback.inbox_site.site.services.store.scan(Collection.FEEDBACK, "submission:", "submission;")
    answer = await feedback.coordinator.decide("/feedback/quarantine/erase", {"record": record.id, "seen": record.rev})
    assert answer.status_code == 409
    assert await submission_ids(feedback.inbox_site) == [filled.id]


async def test_records_without_text_and_long_ones_are_shown_short(feedback: FeedbackConsole) -> None:
    store = feedback.inbox_site.site.services.store
    writes = [Write("submission:a:long", {"text": "x" * 100_000}), Write("submission:b:none", {"other": [1, "é"]})]
    await store.write(Collection.FEEDBACK, writes)
    await feedback.catch_up()
    page = (await feedback.coordinator.get("/feedback/quarantine")).text
    assert "x" * 10_000 not in page
    assert "&#34;é&#34;" in page


async def test_many_are_shown_page_by_page(feedback: FeedbackConsole) -> None:
    store = feedback.inbox_site.site.services.store
    await store.write(Collection.FEEDBACK, [Write(f"submission:a:{n:03}", {"text": "junk"}) for n in range(45)])
    await feedback.catch_up()
    pages = [(await feedback.coordinator.get(f"/feedback/quarantine?page={n}")).text for n in (1, 2, 3)]
    assert [page.count("<section>") for page in pages] == [20, 20, 5]
    assert [("La suite" in page) for page in pages] == [True, True, False]
