"""The inbox: submissions are stored once and durably, acknowledged with a receipt, or refused with a reason."""

from __future__ import annotations

import gzip
import json
from typing import Any

import pytest

from server.hubs.join import MEMBERSHIP_ID
from server.inbox.submit_endpoint import SMALL_BODY
from server.web.fair_queue import FairQueue
from sync.canonical import base64url_encode, digest
from sync.editions.signing import Signer
from sync.store.contract import Collection, Write
from sync.submissions.body_lines import SubmissionLine
from sync.submissions.devices import CODE_DAYS, CODE_LENGTH, revoke
from sync.submissions.inbox import Inbox
from sync.submissions.receipts import Receipt, is_receipt_valid
from sync.submissions.record_ids import submission_id_of
from tests.support.inbox_site import RUMOUR_ANSWERS, SITE, VISIT_ANSWERS, InboxSite, submission_ids
from tests.support.phone_simulator import DAY, PhoneSimulator, piece_lines
from tests.support.unsure_store import writes_not_durable

pytestmark = pytest.mark.anyio


async def test_a_report_is_kept_and_its_receipt_is_headquarters(inbox_site: InboxSite) -> None:
    filled = PhoneSimulator(SITE).fill(inbox_site.forms["rumeur"], RUMOUR_ANSWERS)
    [verdict] = await inbox_site.send(filled.line)
    assert (verdict["id"], verdict["verdict"]) == (filled.id, "accepted")
    assert is_receipt_valid(inbox_site.site.keys.signer.public_key, SITE, filled.id, Receipt(*verdict["receipt"]))
    [record] = await inbox_site.site.services.store.scan(Collection.FEEDBACK, "submission:", "submission;")
    assert submission_id_of(record.id) == filled.id
    assert record.body == {"text": filled.text}


async def test_a_repeat_is_kept_once_and_acknowledged_again(inbox_site: InboxSite) -> None:
    phone = await inbox_site.enrolled()
    filled = phone.fill(inbox_site.forms["visite"], VISIT_ANSWERS)
    again = phone.sign(json.loads(filled.text))
    verdicts = [*await inbox_site.send(filled.line, filled.line), *await inbox_site.send(again.line)]
    assert again.signature != filled.signature
    assert {verdict["verdict"] for verdict in verdicts} == {"accepted"}
    assert await submission_ids(inbox_site) == [filled.id]


async def test_neighbours_are_judged_alone_and_in_order(inbox_site: InboxSite) -> None:
    phone = PhoneSimulator(SITE)
    good = [phone.fill(inbox_site.forms["rumeur"], RUMOUR_ANSWERS) for _ in range(3)]
    bad = phone.fill(inbox_site.forms["rumeur"], {"message": ""})
    verdicts = await inbox_site.send(good[0].line, "{}\n", bad.line, good[1].line, '{"submission":"x"}\n', good[2].line)
    assert [verdict["verdict"] for verdict in verdicts] == [
        "accepted",
        "refused",
        "refused",
        "accepted",
        "refused",
        "accepted",
    ]
    assert verdicts[2]["answer"] == ["answer-form", "message"]
    assert sorted(await submission_ids(inbox_site)) == sorted(filled.id for filled in good)


async def test_gzip(inbox_site: InboxSite) -> None:
    filled = PhoneSimulator(SITE).fill(inbox_site.forms["rumeur"], RUMOUR_ANSWERS)
    answer = await inbox_site.client.post(
        "/inbox", content=gzip.compress(filled.line.encode()), headers={"content-encoding": "gzip"}
    )
    assert json.loads(answer.text)["verdict"] == "accepted"


async def test_a_device_signs_whatever_the_road(inbox_site: InboxSite) -> None:
    phone = await inbox_site.enrolled()
    thief = PhoneSimulator(SITE, 2, Signer.generate())
    honest = phone.fill(inbox_site.forms["visite"], VISIT_ANSWERS)
    unsigned = json.dumps({"submission": honest.text}) + "\n"
    changed = json.dumps({"submission": honest.text.replace("12", "13"), "signature": honest.signature}) + "\n"
    claimed = thief.sign(json.loads(honest.text) | {"device": phone.device}).line
    strange = thief.fill(inbox_site.forms["visite"], VISIT_ANSWERS).line
    nobody = PhoneSimulator(SITE, 3).fill(inbox_site.forms["visite"], VISIT_ANSWERS).line
    verdicts = await inbox_site.send(unsigned, changed, claimed, strange, nobody)
    assert [verdict["code"] for verdict in verdicts] == [
        "signature-false",
        "signature-false",
        "signature-false",
        "device-unknown",
        "device-missing",
    ]
    assert [verdict["verdict"] for verdict in await inbox_site.send(honest.line)] == ["accepted"]


async def test_what_does_not_belong_here_is_refused_with_its_reason(inbox_site: InboxSite) -> None:
    phone, form = PhoneSimulator(SITE), inbox_site.forms["rumeur"]
    cases: dict[str, Any] = {
        "site-other": phone.fill(form, RUMOUR_ANSWERS, site="autre"),
        "form-unknown": phone.fill(form, RUMOUR_ANSWERS, version=digest("autre")),
        "version-unknown": phone.fill(form, RUMOUR_ANSWERS, v=2),
        "sealed-unexpected": phone.seal(form, RUMOUR_ANSWERS, [inbox_site.key.public_key]),
        "answers-refused": phone.fill(form, {"autre": "x"}),
    }
    verdicts = await inbox_site.send(*(filled.line for filled in cases.values()))
    assert [verdict["code"] for verdict in verdicts] == list(cases)
    assert all(verdict["sentence"] for verdict in verdicts)
    assert await submission_ids(inbox_site) == []


async def test_a_sealed_form_takes_sealed_answers_only(inbox_site: InboxSite) -> None:
    phone, form = await inbox_site.enrolled(), inbox_site.forms["plainte"]
    plain = phone.fill(form, {"nom": "Awa"})
    sealed = phone.seal(form, {"nom": "Awa"}, [inbox_site.key.public_key, inbox_site.recovery.public_key])
    assert [verdict.get("code", "") for verdict in await inbox_site.send(plain.line, sealed.line)] == [
        "sealed-missing",
        "",
    ]


async def test_attachments_come_in_pieces_in_any_order_and_the_receipt_when_all_are_here(inbox_site: InboxSite) -> None:
    phone, data = await inbox_site.enrolled(), bytes(range(256)) * 500
    filled = phone.fill(inbox_site.forms["photo"], {"vue": 0, "mot": "ici"}, [data])
    lines = piece_lines(data)
    assert [verdict["code"] for verdict in await inbox_site.send(lines[0])] == ["file-unknown"]
    [verdict] = await inbox_site.send(filled.line)
    assert verdict == {"id": filled.id, "verdict": "accepted", "missing": {digest(data): [0, 1, 2]}}
    assert [line_verdict["verdict"] for line_verdict in await inbox_site.send(lines[2], lines[0])] == [
        "accepted",
        "accepted",
    ]
    [verdict] = await inbox_site.send(filled.line)
    assert verdict["missing"] == {digest(data): [1]}
    assert await inbox_site.site.services.inbox.get_receipts([filled.id]) == {}
    assert [line_verdict["verdict"] for line_verdict in await inbox_site.send(lines[1], lines[1])] == [
        "accepted",
        "accepted",
    ]
    [verdict] = await inbox_site.send(filled.line)
    assert "receipt" in verdict


async def test_pieces_that_are_not_the_attachment_are_thrown_away_and_asked_for_again(inbox_site: InboxSite) -> None:
    phone, data = await inbox_site.enrolled(), bytes(range(256)) * 300
    filled = phone.fill(inbox_site.forms["photo"], {"vue": 0}, [data])
    await inbox_site.send(filled.line)
    wrong = json.dumps({"file": digest(data), "at": 0, "data": base64url_encode(bytes(49_152))}) + "\n"
    assert [line_verdict["verdict"] for line_verdict in await inbox_site.send(wrong, piece_lines(data)[1])] == [
        "accepted",
        "accepted",
    ]
    [verdict] = await inbox_site.send(filled.line)
    assert verdict["missing"] == {digest(data): [0, 1]}
    short = json.dumps({"file": digest(data), "at": 0, "data": base64url_encode(b"x")}) + "\n"
    assert [line_verdict["code"] for line_verdict in await inbox_site.send(short)] == ["file-piece"]


async def test_receipts_answers_and_withdrawal_by_secret(inbox_site: InboxSite) -> None:
    phone = PhoneSimulator(SITE)
    filled, other = (phone.fill(inbox_site.forms["rumeur"], RUMOUR_ANSWERS) for _ in range(2))
    await inbox_site.send(filled.line, other.line)
    answer = await inbox_site.client.post("/inbox/receipts", json=[other.id, digest("x"), filled.id])
    assert [json.loads(line)["id"] for line in answer.text.splitlines()] == [other.id, filled.id]
    mine = {"id": filled.id, "secret": filled.secret}
    assert (await inbox_site.client.post("/inbox/answers", json=mine)).status_code == 204
    assert (await inbox_site.client.post("/inbox/answers", json=mine | {"secret": other.secret})).status_code == 404
    assert (await inbox_site.client.post("/inbox/withdrawals", json=mine | {"secret": other.secret})).status_code == 404
    assert (await inbox_site.client.post("/inbox/withdrawals", json=mine)).json() == {"erased": True}
    assert await submission_ids(inbox_site) == [other.id]
    answer = await inbox_site.client.post("/inbox/receipts", json=[filled.id])
    assert json.loads(answer.text) == {"id": filled.id, "erased": True}
    assert [verdict["code"] for verdict in await inbox_site.send(filled.line)] == ["erased"]
    assert (await inbox_site.client.post("/inbox/withdrawals", json=mine)).json() == {"erased": True}


@pytest.mark.parametrize("unsure", ["withdrawal:", "erased:"])
async def test_what_is_taken_back_is_said_so_only_once_it_is_sure(inbox_site: InboxSite, unsure: str) -> None:
    """On a hub, which leaves a withdrawal for headquarters."""
    phone, store = PhoneSimulator(SITE), inbox_site.site.services.store
    filled = phone.fill(inbox_site.forms["rumeur"], RUMOUR_ANSWERS)
    await inbox_site.send(filled.line)
    joined = {
        "name": "kayes",
        "headquarters": "http://siege",
        "prefix": "k",
        "channels": ["fr-ML"],
        "when": "2026-11-24",
    }
    await store.write(Collection.JOURNAL, [Write(MEMBERSHIP_ID, joined)])
    mine = {"id": filled.id, "secret": filled.secret}
    with writes_not_durable(unsure):
        for _ in range(2):
            assert (await inbox_site.client.post("/inbox/withdrawals", json=mine)).status_code == 503
            assert await submission_ids(inbox_site) == [filled.id]
    assert (await inbox_site.client.post("/inbox/withdrawals", json=mine)).json() == {"erased": True}
    assert await submission_ids(inbox_site) == []
    assert [record.id for record in await store.scan(Collection.FEEDBACK, "withdrawal:", "withdrawal;")] == [
        f"withdrawal:{filled.id}"
    ]


async def test_a_device_is_enrolled_once_and_a_lost_answer_is_no_lost_device(inbox_site: InboxSite) -> None:
    phone = await inbox_site.enrolled(code="ABCDE01234")
    again = await inbox_site.client.post("/devices", json=phone.enrolment("abcde-01234".upper().replace("-", "")))
    assert (again.status_code, again.json()["device"]) == (201, phone.device)
    other = await inbox_site.client.post("/devices", json=PhoneSimulator(SITE, 2).enrolment("ABCDE01234"))
    assert (other.status_code, other.json()["code"]) == (410, "code-used")
    unknown = await inbox_site.client.post("/devices", json=PhoneSimulator(SITE, 2).enrolment("ZZZZZ01234"))
    assert (unknown.status_code, unknown.json()["code"]) == (404, "code-unknown")
    stolen = phone.enrolment("ABCDE01234") | {"key": Signer.generate().public_key}
    assert (await inbox_site.client.post("/devices", json=stolen)).status_code == 400


async def test_a_code_ends_and_so_does_a_device(inbox_site: InboxSite) -> None:
    with pytest.raises(AssertionError, match="code-expired"):
        await inbox_site.enrolled(3, code="00000AAAAA", expires="2026-11-23")
    phone = await inbox_site.enrolled(4, code="00000BBBBB", until="2026-11-20")
    form = inbox_site.forms["visite"]
    verdicts = await inbox_site.send(
        phone.fill(form, VISIT_ANSWERS).line, phone.fill(form, VISIT_ANSWERS, day="2026-11-19").line
    )
    assert [verdict.get("code", verdict["verdict"]) for verdict in verdicts] == ["device-expired", "accepted"]


async def test_a_revoked_device_may_only_bring_what_was_finished_before(inbox_site: InboxSite) -> None:
    phone, form = await inbox_site.enrolled(), inbox_site.forms["visite"]
    await revoke(inbox_site.site.services.store, phone.device, "2026-11-22")
    await inbox_site.site.services.inbox.node_cache._catch_up(Collection.PEOPLE)
    verdicts = await inbox_site.send(
        phone.fill(form, VISIT_ANSWERS, day=DAY).line, phone.fill(form, VISIT_ANSWERS, day="2026-11-21").line
    )
    assert [verdict.get("code", verdict["verdict"]) for verdict in verdicts] == ["device-revoked", "accepted"]


async def test_wrong_codes_stop_nobody_and_guessing_takes_too_long(inbox_site: InboxSite) -> None:
    for number in range(40):
        answer = await inbox_site.client.post("/devices", json=PhoneSimulator(SITE, 9).enrolment(f"00000{number:05}"))
        assert answer.status_code == 404
    await inbox_site.enrolled(code="FGHJK56789")
    codes, open_codes, guesses_a_week = 32**CODE_LENGTH, 100, 1000 * 86_400 * CODE_DAYS
    assert open_codes * guesses_a_week / codes < 1 / 18_000


@pytest.mark.parametrize(
    ("body", "status"),
    [(b"", 400), (b"x", 400), (b"\x1f\x8bxx", 400), (b"x" * 1_100_000, 413), (b"{}\n" * 101, 413)],
    ids=["nothing", "no line end", "broken gzip", "too many bytes", "too many lines"],
)
async def test_a_request_that_is_none_is_answered_as_a_whole(inbox_site: InboxSite, body: bytes, status: int) -> None:
    answer = await inbox_site.client.post("/inbox", content=body)
    assert (answer.status_code, set(answer.json())) == (status, {"code", "sentence", "hint"})


async def test_any_origin_may_send_and_no_cookie_is_set(inbox_site: InboxSite) -> None:
    for path in ("/inbox", "/inbox/receipts", "/inbox/answers", "/inbox/withdrawals"):
        answer = await inbox_site.client.options(path)
        assert (answer.status_code, answer.headers["access-control-allow-origin"]) == (204, "*")
        assert "set-cookie" not in answer.headers


async def test_a_hub_carries_and_headquarters_acknowledges(inbox_site: InboxSite) -> None:
    desk = inbox_site.site.services.inbox
    hub = Inbox(inbox_site.site.services.store, desk.node_cache, "kayes", None)
    hub.carrier = "kayes"
    filled = PhoneSimulator(SITE).fill(inbox_site.forms["rumeur"], RUMOUR_ANSWERS)
    [verdict] = await hub.receive([SubmissionLine(filled.text, "")], SITE, DAY)
    assert verdict.as_json() == {"id": filled.id, "verdict": "accepted", "carrier": "kayes"}
    await desk.node_cache._catch_up(Collection.FEEDBACK)
    await desk.receipts.write([filled.id])
    record = await inbox_site.site.services.store.get(Collection.FEEDBACK, f"receipt:{filled.id}")
    assert record and is_receipt_valid(
        inbox_site.site.keys.signer.public_key,
        SITE,
        filled.id,
        Receipt(record.body["date"], record.body["epoch"], record.body["signature"]),
    )


async def test_what_an_old_replica_brings_back_is_erased_again(inbox_site: InboxSite) -> None:
    filled = PhoneSimulator(SITE).fill(inbox_site.forms["rumeur"], RUMOUR_ANSWERS)
    await inbox_site.send(filled.line)
    await inbox_site.site.services.inbox.erase(filled.id, "asked")
    await inbox_site.site.services.store.write(
        Collection.FEEDBACK, [Write(f"submission:{filled.id}", {"text": filled.text})]
    )
    await inbox_site.site.services.inbox.node_cache._catch_up(Collection.FEEDBACK)
    assert await submission_ids(inbox_site) == []


async def test_large_requests_take_turns_and_small_ones_do_not_wait(inbox_site: InboxSite) -> None:
    inbox_site.site.services.inbox.large_requests = FairQueue(1, 0)
    phone = PhoneSimulator(SITE)
    small = phone.fill(inbox_site.forms["rumeur"], RUMOUR_ANSWERS)
    bomb = gzip.compress((b'{"a":[' + b"1," * (2 * SMALL_BODY) + b"1]}\n") * 8)
    assert len(bomb) < 8192
    async with inbox_site.site.services.inbox.large_requests.turn("somebody"):
        assert (await inbox_site.client.post("/inbox", content=bomb)).status_code == 503
        assert [verdict["verdict"] for verdict in await inbox_site.send(small.line)] == ["accepted"]
    answer = await inbox_site.client.post("/inbox", content=bomb)
    assert [json.loads(line)["code"] for line in answer.text.splitlines()] == ["submission-malformed"] * 8
    many = [phone.fill(inbox_site.forms["rumeur"], {"message": "é" * 400}) for _ in range(90)]
    verdicts = await inbox_site.send(*(submission.line for submission in many))
    assert {verdict["verdict"] for verdict in verdicts} == {"accepted"}
