"""Bundles: two couriers count once, nobody can alter, replace or claim, receipts travel back, and no carrier can read what is sealed."""

from __future__ import annotations

import base64
import json
import zlib
from pathlib import Path

import pytest

from server.inbox.bundle_intake import BundleResult, import_bundle
from sync.errors import Refused
from sync.store.contract import Collection
from sync.submissions.bundle import read_receipts, write_bundle, write_receipts
from sync.submissions.receipts import is_receipt_valid
from sync.submissions.record_ids import submission_id_of
from tests.support.inbox_site import SITE, Office
from tests.support.phone_simulator import Filled, Phone, pieces

pytestmark = pytest.mark.anyio

NEEDLE = "Kɔlɔnjugu Ɲɛnɛba Distinctive"


def bundle(*lines: str) -> str:
    return write_bundle(SITE, "".join(lines).encode())


async def take(office: Office, text: str) -> BundleResult:
    carried = BundleResult()
    carried.add(await import_bundle(office.site.services.desk, text))
    return carried


async def visits(office: Office, count: int) -> tuple[Phone, list[Filled]]:
    phone = await office.enrolled()
    return phone, [phone.fill(office.forms["visite"], {"paroles": f"parole {n}"}) for n in range(count)]


async def test_two_couriers_with_overlapping_bundles_one_altered(office: Office) -> None:
    phone, filled = await visits(office, 6)
    first = await take(office, bundle(*(submission.line for submission in filled[:4])))
    altered = json.loads(filled[5].line)
    altered["submission"] = altered["submission"].replace("parole 5", "parole x")
    claimed = Phone(SITE, 9, None).fill(office.forms["visite"], {"paroles": "voleur"}, device=phone.device)
    second = await take(
        office, bundle(*(submission.line for submission in filled[2:5]), json.dumps(altered) + "\n", claimed.line)
    )
    assert (first.counts["accepted"], second.counts["accepted"]) == (4, 3)
    assert second.refusals == ["signature-false", "signature-false"]
    records = await office.site.services.store.scan(Collection.FEEDBACK, "submission:", "submission;")
    assert sorted(submission_id_of(record.id) for record in records) == sorted(
        submission.id for submission in filled[:5]
    )
    back = read_receipts(write_receipts(SITE, first.receipts | second.receipts), SITE)
    assert all(
        is_receipt_valid(office.site.keys.signer.public_key, SITE, submission.id, back[submission.id])
        for submission in filled[:5]
    )
    assert [verdict["verdict"] for verdict in await office.send(filled[5].line)] == ["accepted"]


async def test_a_courier_cannot_give_a_receipt(office: Office) -> None:
    _, filled = await visits(office, 1)
    carried = await take(office, bundle(filled[0].line))
    other = filled[0].id.swapcase()
    assert not is_receipt_valid(office.site.keys.signer.public_key, SITE, other, carried.receipts[filled[0].id])


async def test_a_bundle_carries_attachments_and_gets_the_receipt_at_once(office: Office) -> None:
    phone, data = await office.enrolled(), bytes(range(256)) * 400
    filled = phone.fill(office.forms["photo"], {"vue": 0}, [data])
    carried = await take(office, bundle(filled.line, *pieces(data)))
    assert carried.counts == {"accepted": 4, "refused": 0, "later": 0}
    assert filled.id in carried.receipts


async def test_many_lines_are_taken_in_portions(office: Office) -> None:
    _, filled = await visits(office, 250)
    assert (await take(office, bundle(*(submission.line for submission in filled)))).counts["accepted"] == 250


async def test_another_sites_bundle_is_refused(office: Office) -> None:
    with pytest.raises(Refused):
        await take(office, write_bundle("autre", b"{}\n"))


def found_in(data: bytes, needle: str) -> bool:
    """The words as UTF-8, as UTF-16, as JSON escapes them, or within base64 of either alphabet."""
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
    """How the bytes look inside longer base64, wherever they begin: without the signs that their neighbours share."""
    forms = []
    for before in range(3):
        whole = base64.b64encode(bytes(before) + raw)
        forms.append(whole[4 if before else 0 : len(whole) // 4 * 4 - 4])
    return forms + [form.translate(bytes.maketrans(b"+/", b"-_")) for form in forms]


def everything(folder: Path) -> bytes:
    """All files of the data folder, the database and its log among them."""
    return b"\n".join(path.read_bytes() for path in sorted(folder.rglob("*")) if path.is_file())


async def test_nothing_of_a_sealed_submission_is_found_on_its_way(
    office: Office, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level("DEBUG")
    phone = await office.enrolled()
    sealed = phone.seal(office.forms["plainte"], {"nom": NEEDLE}, [office.key.public_key, office.recovery.public_key])
    text = bundle(sealed.line)
    assert (await take(office, text)).counts["accepted"] == 1
    data = everything(office.site.services.settings.data)
    inside = zlib.decompress(base64.b64decode("".join(text.splitlines()[1:])), zlib.MAX_WBITS | 16)
    assert [found_in(part, NEEDLE) for part in (text.encode(), inside, data, caplog.text.encode())] == [False] * 4


async def test_the_same_search_finds_what_is_not_sealed(office: Office) -> None:
    """The control run: a search that finds nothing anywhere proves nothing."""
    phone = await office.enrolled()
    plain = phone.fill(office.forms["visite"], {"paroles": NEEDLE})
    text = bundle(plain.line)
    assert (await take(office, text)).counts["accepted"] == 1
    inside = zlib.decompress(base64.b64decode("".join(text.splitlines()[1:])), zlib.MAX_WBITS | 16)
    assert found_in(inside, NEEDLE)
    assert all(found_in(base64.urlsafe_b64encode(b"x" * before + inside), NEEDLE) for before in range(3))
    assert found_in(everything(office.site.services.settings.data), NEEDLE)


async def test_what_is_erased_is_in_no_file_any_more(office: Office) -> None:
    phone = await office.enrolled()
    plain = phone.fill(office.forms["visite"], {"paroles": NEEDLE})
    await office.send(plain.line)
    assert found_in(everything(office.site.services.settings.data), NEEDLE)
    await office.site.services.desk.erase(plain.id, "asked")
    assert not found_in(everything(office.site.services.settings.data), NEEDLE)
