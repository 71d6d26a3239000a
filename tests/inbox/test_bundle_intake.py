"""Bundles: two couriers count once, altered lines are refused, receipts travel back, sealed content stays sealed."""

from __future__ import annotations

import base64
import json
import zlib
from collections import Counter
from pathlib import Path

import anyio
import pytest

from server.inbox.bundle_intake import BundleResult, import_bundle
from server.inbox.quota import Quota
from sync.errors import KunnafoniError, Refused
from sync.store.contract import Collection
from sync.submissions.bundle import read_receipts, write_bundle, write_receipts
from sync.submissions.receipts import is_receipt_valid
from sync.submissions.record_ids import submission_id_of
from sync.submissions.verdict import Verdict
from tests.support.bent_texts import TextBender
from tests.support.inbox_site import SITE, InboxSite, submission_ids
from tests.support.measured_figures import record_figure
from tests.support.phone_simulator import FilledForm, PhoneSimulator, piece_lines

pytestmark = pytest.mark.anyio

NEEDLE = "Kɔlɔnjugu Ɲɛnɛba Distinctive"


def bundle(*lines: str) -> str:
    return write_bundle(SITE, "".join(lines).encode())


async def take(inbox_site: InboxSite, text: str) -> BundleResult:
    carried = BundleResult()
    carried.add(await import_bundle(inbox_site.site.services.inbox, text))
    return carried


async def visits(inbox_site: InboxSite, count: int) -> tuple[PhoneSimulator, list[FilledForm]]:
    phone = await inbox_site.enrolled()
    return phone, [phone.fill(inbox_site.forms["visite"], {"paroles": f"parole {n}"}) for n in range(count)]


async def test_two_couriers_with_overlapping_bundles_one_altered(inbox_site: InboxSite) -> None:
    phone, filled = await visits(inbox_site, 6)
    first = await take(inbox_site, bundle(*(submission.line for submission in filled[:4])))
    altered = json.loads(filled[5].line)
    altered["submission"] = altered["submission"].replace("parole 5", "parole x")
    claimed = PhoneSimulator(SITE, 9, None).fill(inbox_site.forms["visite"], {"paroles": "voleur"}, device=phone.device)
    second = await take(
        inbox_site, bundle(*(submission.line for submission in filled[2:5]), json.dumps(altered) + "\n", claimed.line)
    )
    assert (first.counts["accepted"], second.counts["accepted"]) == (4, 3)
    assert second.refusals == ["signature-false", "signature-false"]
    records = await inbox_site.site.services.store.scan(Collection.FEEDBACK, "submission:", "submission;")
    assert sorted(submission_id_of(record.id) for record in records) == sorted(
        submission.id for submission in filled[:5]
    )
    back = read_receipts(write_receipts(SITE, first.receipts | second.receipts), SITE)
    assert all(
        is_receipt_valid(inbox_site.site.keys.signer.public_key, SITE, submission.id, back[submission.id])
        for submission in filled[:5]
    )
    assert [verdict["verdict"] for verdict in await inbox_site.send(filled[5].line)] == ["accepted"]


async def test_a_courier_cannot_give_a_receipt(inbox_site: InboxSite) -> None:
    _, filled = await visits(inbox_site, 1)
    carried = await take(inbox_site, bundle(filled[0].line))
    other = filled[0].id.swapcase()
    assert not is_receipt_valid(inbox_site.site.keys.signer.public_key, SITE, other, carried.receipts[filled[0].id])


async def test_a_bundle_carries_attachments_and_gets_the_receipt_at_once(inbox_site: InboxSite) -> None:
    phone, data = await inbox_site.enrolled(), bytes(range(256)) * 400
    filled = phone.fill(inbox_site.forms["photo"], {"vue": 0}, [data])
    carried = await take(inbox_site, bundle(filled.line, *piece_lines(data)))
    assert carried.counts == {"accepted": 1, "refused": 0, "later": 0}, "a form with its photo is one"
    assert carried.piece_counts["accepted"] == 3
    assert filled.id in carried.receipts and carried.is_complete
    early = await take(inbox_site, bundle(*piece_lines(bytes(100))))
    assert early.piece_counts["refused"] == 1 and not early.is_complete and not early.has_later


async def test_a_piece_that_has_to_come_later_makes_the_bundle_come_again() -> None:
    result = BundleResult()
    result.add([Verdict({"file": "x", "at": 0}, "later")])
    assert result.counts["later"] == 0 and result.has_later


async def test_what_has_to_wait_is_waited_for(inbox_site: InboxSite, monkeypatch: pytest.MonkeyPatch) -> None:
    _, filled = await visits(inbox_site, 3)
    pauses: list[tuple[float, int]] = []

    async def pass_time(seconds: float) -> None:
        inbox_site.site.services.inbox.node_cache._quota = Quota(lambda: 0.0)

    monkeypatch.setattr(anyio, "sleep", pass_time)
    inbox_site.site.services.inbox.node_cache._quota = Quota(lambda: 0.0, device=(1, 0.1))
    text = bundle(*(submission.line for submission in filled))
    verdicts = await import_bundle(inbox_site.site.services.inbox, text, 60, lambda *told: pauses.append(told))
    assert [verdict.verdict for verdict in verdicts] == ["accepted"] * 3
    assert [count for _, count in pauses] == [2] and all(0 < pause <= 60 for pause, _ in pauses)


async def test_many_lines_are_taken_in_portions(inbox_site: InboxSite) -> None:
    _, filled = await visits(inbox_site, 250)
    assert (await take(inbox_site, bundle(*(submission.line for submission in filled)))).counts["accepted"] == 250


async def test_another_sites_bundle_is_refused(inbox_site: InboxSite) -> None:
    with pytest.raises(Refused):
        await take(inbox_site, write_bundle("autre", b"{}\n"))


@pytest.mark.parametrize("count", [100, pytest.param(10_000, marks=pytest.mark.soak)])
async def test_bent_bundles_are_read_or_refused_and_bring_nothing_but_what_phones_signed(
    inbox_site: InboxSite, count: int
) -> None:
    """Files whose lines, armour or both are bent; any other error than a refusal fails the test."""
    phone, filled = await visits(inbox_site, 5)
    inbox_site.site.services.inbox.node_cache._quota = Quota(lambda: 0.0, device=(10.0 * count, 1.0))
    data = bytes(range(256)) * 4
    lines = [*(one.line for one in filled), *piece_lines(data), phone.fill(inbox_site.forms["photo"], {"vue": 0}).line]
    bender, outcomes = TextBender(20261124), Counter[str]()
    for _ in range(count):
        body = "".join(bender.random.sample(lines, bender.random.randrange(1, 4)))
        text = write_bundle(SITE, bender.maybe_bent(body).encode())
        try:
            outcomes.update((await take(inbox_site, bender.mostly(text, bender.bent(text)))).counts)
        except KunnafoniError as error:
            outcomes[error.code] += 1
    assert set(await submission_ids(inbox_site)) <= {one.id for one in filled}
    assert outcomes["accepted"] > 0 and outcomes["refused"] > 0 and outcomes["bundle-broken"] > 0, outcomes
    record_figure(f"{count:,} bent bundles: {dict(outcomes)}")


def found_in(data: bytes, needle: str) -> bool:
    """True if the data has the words as UTF-8, UTF-16, JSON escapes or base64 of either alphabet."""
    raw = needle.encode()
    forms = [
        raw,
        needle.encode("utf-16-le"),
        json.dumps(needle)[1:-1].encode(),
        needle.split()[-1].encode(),
        *in_base64(raw),
    ]
    return any(form in data for form in forms)


def in_base64(raw: bytes) -> list[bytes]:
    """The forms of the bytes inside longer base64, without characters shared with neighbours."""
    forms = []
    for before in range(3):
        whole = base64.b64encode(bytes(before) + raw)
        forms.append(whole[4 if before else 0 : len(whole) // 4 * 4 - 4])
    return forms + [form.translate(bytes.maketrans(b"+/", b"-_")) for form in forms]


def everything(folder: Path) -> bytes:
    """The bytes of all files of the data folder."""
    return b"\n".join(path.read_bytes() for path in sorted(folder.rglob("*")) if path.is_file())


async def test_nothing_of_a_sealed_submission_is_found_on_its_way(
    inbox_site: InboxSite, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level("DEBUG")
    phone = await inbox_site.enrolled()
    sealed = phone.seal(
        inbox_site.forms["plainte"], {"nom": NEEDLE}, [inbox_site.key.public_key, inbox_site.recovery.public_key]
    )
    text = bundle(sealed.line)
    assert (await take(inbox_site, text)).counts["accepted"] == 1
    data = everything(inbox_site.site.services.settings.data)
    inside = zlib.decompress(base64.b64decode("".join(text.splitlines()[1:])), zlib.MAX_WBITS | 16)
    assert [found_in(part, NEEDLE) for part in (text.encode(), inside, data, caplog.text.encode())] == [False] * 4


async def test_the_same_search_finds_what_is_not_sealed(inbox_site: InboxSite) -> None:
    """The control: the search must find what is not sealed."""
    phone = await inbox_site.enrolled()
    plain = phone.fill(inbox_site.forms["visite"], {"paroles": NEEDLE})
    text = bundle(plain.line)
    assert (await take(inbox_site, text)).counts["accepted"] == 1
    inside = zlib.decompress(base64.b64decode("".join(text.splitlines()[1:])), zlib.MAX_WBITS | 16)
    assert found_in(inside, NEEDLE)
    assert all(found_in(base64.urlsafe_b64encode(b"x" * before + inside), NEEDLE) for before in range(3))
    assert found_in(everything(inbox_site.site.services.settings.data), NEEDLE)


async def test_what_is_erased_is_in_no_file_any_more(inbox_site: InboxSite) -> None:
    phone = await inbox_site.enrolled()
    plain = phone.fill(inbox_site.forms["visite"], {"paroles": NEEDLE})
    await inbox_site.send(plain.line)
    assert found_in(everything(inbox_site.site.services.settings.data), NEEDLE)
    await inbox_site.site.services.inbox.erase(plain.id, "asked")
    assert not found_in(everything(inbox_site.site.services.settings.data), NEEDLE)
