"""One judge for three roads: a submission by request, bundle or replication gets the same verdict, with its reason."""

from __future__ import annotations

import dataclasses
import json
import random
from collections.abc import Sequence
from typing import Any

import pytest

from server.inbox.bundle_intake import import_bundle
from server.inbox.submission_index import SubmissionFilter
from sync.canonical import canonical, digest
from sync.editions.signing import Signer
from sync.store.contract import Collection, Write
from sync.submissions.body_lines import SubmissionLine
from sync.submissions.bundle import write_bundle
from sync.submissions.devices import revoke
from sync.submissions.submission import signed_bytes
from tests.support.inbox_site import RUMOUR_ANSWERS, SITE, VISIT_ANSWERS, InboxSite
from tests.support.phone_simulator import FilledForm, PhoneSimulator

pytestmark = pytest.mark.anyio

ADMITTED = ""
JUNK: tuple[Any, ...] = (None, True, 0, 2, 2**53, 1.5, "", "x" * 300, "é", "\ud800", [], [[]], {}, {"a": {"b": []}})
PLAUSIBLE = (digest("x"), "autre", "2027-11-25", "2026-11-20", "ML-5", {"message": "Bien."}, [[digest("x"), 9, "a/b"]])


class Roads:
    """The verdict codes of one site, by road. Each road forgets what the one before it left."""

    def __init__(self, inbox_site: InboxSite) -> None:
        self.inbox_site = inbox_site
        self.services = inbox_site.site.services

    async def by_request(self, lines: Sequence[SubmissionLine]) -> list[str]:
        verdicts: list[dict[str, Any]] = []
        for start in range(0, len(lines), 50):
            verdicts += await self.inbox_site.send(*map(_request_line, lines[start : start + 50]))
        await self._forget()
        return [verdict.get("code", ADMITTED) for verdict in verdicts]

    async def by_bundle(self, lines: Sequence[SubmissionLine]) -> list[str]:
        body = "".join(map(_request_line, lines)).encode()
        verdicts = await import_bundle(self.services.inbox, write_bundle(SITE, body))
        await self._forget()
        return [verdict.error.code if verdict.error else ADMITTED for verdict in verdicts]

    async def by_replication(self, lines: Sequence[SubmissionLine]) -> list[str]:
        ids = [f"submission:{number:06}:{digest(line.text)}" for number, line in enumerate(lines)]
        bodies = [{"text": line.text, "signature": line.signature} for line in lines]
        writes = [Write(id, body) for id, body in zip(ids, bodies, strict=True)]
        await self.services.store.write(Collection.FEEDBACK, writes)
        await self.services.inbox.node_cache._catch_up(Collection.FEEDBACK)
        quarantine = {item.record_id: item.code for item in await self.services.submission_index.list_quarantined()}
        admitted = {summary.id for summary in await self.services.submission_index.find(SubmissionFilter())}
        hidden = [id for id in ids if id not in quarantine and digest_of(id) not in admitted]
        await self._forget()
        return ["erased" if id in hidden else quarantine.get(id, ADMITTED) for id in ids]

    async def _forget(self) -> None:
        for prefix in ("submission:", "received:"):
            records = await self.services.store.scan(Collection.FEEDBACK, prefix, f"{prefix[:-1]};", 10_000)
            await self.services.store.erase(Collection.FEEDBACK, [record.id for record in records])
            for record in records:
                self.services.inbox.node_cache.record_admission.drop_verdict(digest_of(record.id))
        await self.services.inbox.node_cache._catch_up(Collection.FEEDBACK)


def digest_of(record_id: str) -> str:
    return record_id.split(":")[-1]


def _request_line(line: SubmissionLine) -> str:
    return json.dumps({"submission": line.text, "signature": line.signature}) + "\n"


def _line(filled: FilledForm, **changes: Any) -> SubmissionLine:
    return dataclasses.replace(SubmissionLine(filled.text, filled.signature), **changes)


def _altered(filled: FilledForm, **changes: Any) -> SubmissionLine:
    """The submission with other values (None: without the key), and the signature it had."""
    value = {**json.loads(filled.text), **changes}
    return _line(filled, text=canonical({key: item for key, item in value.items() if item is not None}).decode())


async def _vectors(inbox_site: InboxSite) -> list[tuple[str, SubmissionLine, str]]:
    """Name, line and expected code."""
    forms, services = inbox_site.forms, inbox_site.site.services
    phone, public = await inbox_site.enrolled(), PhoneSimulator(SITE, 5)
    revoked = await inbox_site.enrolled(2, "BBBBB22222")
    ended = await inbox_site.enrolled(3, "CCCCC33333", until="2026-11-20")
    await revoke(services.store, revoked.device, "2026-11-24")
    await services.inbox.node_cache._catch_up(Collection.PEOPLE)
    keys = [inbox_site.key.public_key, inbox_site.recovery.public_key]
    visit = [phone.fill(forms["visite"], VISIT_ANSWERS) for _ in range(12)]
    stranger = PhoneSimulator(SITE, 6, Signer.generate())
    thief = dataclasses.replace(visit[0], signature=stranger.fill(forms["visite"], VISIT_ANSWERS).signature)
    erased = public.fill(forms["rumeur"], RUMOUR_ANSWERS)
    await inbox_site.send(erased.line)
    await services.inbox.erase(erased.id, "asked")
    rumour = public.fill(forms["rumeur"], RUMOUR_ANSWERS)
    large = public.fill(forms["rumeur"], {"message": "x" * 300_000})
    return [
        ("of an enrolled phone", _line(visit[1]), ADMITTED),
        ("public", _line(rumour), ADMITTED),
        ("sealed", _line(phone.seal(forms["plainte"], {"nom": "Awa"}, keys)), ADMITTED),
        ("revoked, of before", _line(revoked.fill(forms["visite"], VISIT_ANSWERS)), ADMITTED),
        ("revoked, of after", _line(revoked.fill(forms["visite"], VISIT_ANSWERS, day="2026-11-25")), "device-revoked"),
        ("of an ended phone", _line(ended.fill(forms["visite"], VISIT_ANSWERS)), "device-expired"),
        ("of an unknown phone", _line(stranger.fill(forms["visite"], VISIT_ANSWERS)), "device-unknown"),
        ("without a phone", _line(public.fill(forms["visite"], VISIT_ANSWERS)), "device-missing"),
        ("signed by a thief", _line(thief), "signature-false"),
        ("not signed", _line(visit[2], signature=""), "signature-false"),
        ("signed with no base64", _line(visit[3], signature="é\ud800"), "signature-false"),
        ("with another text", _altered(visit[4], place="ML-1"), "signature-false"),
        ("of another site", _line(phone.fill(forms["visite"], VISIT_ANSWERS, site="autre")), "site-other"),
        ("of another version", _altered(rumour, version=digest("x")), "form-unknown"),
        ("of another form's version", _altered(rumour, form="visite"), "form-unknown"),
        ("of a later app", _altered(rumour, v=2), "version-unknown"),
        ("with other answers", _altered(rumour, answers={"message": 5}), "answers-refused"),
        ("with unknown answers", _altered(rumour, answers={"autre": "x"}), "answers-refused"),
        ("not sealed", _line(phone.fill(forms["plainte"], {"nom": "Awa"})), "sealed-missing"),
        ("sealed in vain", _line(phone.seal(forms["visite"], VISIT_ANSWERS, keys)), "sealed-unexpected"),
        ("too large", _line(large), "submission-too-large"),
        ("erased", _line(erased), "erased"),
        ("not canonical", _line(rumour, text=f"{rumour.text} "), "submission-malformed"),
        ("no JSON", _line(rumour, text="junk"), "submission-malformed"),
        ("nothing", _line(rumour, text=""), "submission-malformed"),
        ("another kind of JSON", _line(rumour, text="[]"), "submission-malformed"),
        ("deeply nested", _line(rumour, text="[" * 100_000), "submission-malformed"),
        ("with a key too many", _altered(rumour, more="x"), "submission-malformed"),
        *(
            (f"without {key}", _altered(rumour, **{key: None}), "submission-malformed")
            for key in json.loads(rumour.text)
        ),
    ]


async def test_each_road_gives_the_same_verdict(inbox_site: InboxSite) -> None:
    vectors = await _vectors(inbox_site)
    roads = Roads(inbox_site)
    lines = [line for _, line, _ in vectors]
    expected = {name: code for name, _, code in vectors}
    assert dict(zip(expected, await roads.by_request(lines), strict=True)) == expected
    assert dict(zip(expected, await roads.by_bundle(lines), strict=True)) == expected
    storable = [(name, line, code) for name, line, code in vectors if not _has_surrogate(line)]
    codes = await roads.by_replication([line for _, line, _ in storable])
    assert {name: code for (name, _, _), code in zip(storable, codes, strict=True)} == {
        name: code for name, _, code in storable
    }


async def test_chance_finds_no_line_that_two_roads_judge_differently(inbox_site: InboxSite) -> None:
    phone, public, chance = await inbox_site.enrolled(), PhoneSimulator(SITE, 5), random.Random(20261124)
    seeds = [
        *(phone.fill(inbox_site.forms["visite"], VISIT_ANSWERS) for _ in range(20)),
        *(public.fill(inbox_site.forms["rumeur"], RUMOUR_ANSWERS) for _ in range(20)),
    ]
    lines = [_mutated(chance.choice(seeds), phone, chance) for _ in range(300)]
    lines = list({line.text: line for line in lines if not _has_surrogate(line)}.values())
    roads = Roads(inbox_site)
    codes = await roads.by_request(lines)
    assert len(set(codes)) > 5, "the mutations reach several reasons"
    assert await roads.by_bundle(lines) == codes
    assert await roads.by_replication(lines) == codes


def _has_surrogate(line: SubmissionLine) -> bool:
    """True for half a pair in text or signature, which no store keeps."""
    return any(0xD800 <= ord(letter) <= 0xDFFF for letter in line.text + line.signature)


def _mutated(filled: FilledForm, phone: PhoneSimulator, chance: random.Random) -> SubmissionLine:
    """A line with one value, one letter or the signature changed; some are signed again by the phone."""
    if chance.random() < 0.2:
        at = chance.randrange(len(filled.text))
        return _line(filled, text=filled.text[:at] + chance.choice('"{}[]\\0é ') + filled.text[at + 1 :])
    if chance.random() < 0.1:
        return _line(filled, signature=filled.signature.swapcase())
    value = json.loads(filled.text)
    holder = chance.choice([value, value, value["answers"]])
    holder[chance.choice([*holder, "more"])] = chance.choice([*JUNK, *PLAUSIBLE, *PLAUSIBLE])
    text = json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    if filled.signature and chance.random() < 0.7 and not _has_surrogate(SubmissionLine(text, "")):
        assert phone.signer
        return SubmissionLine(text, phone.signer.sign(signed_bytes(SITE, digest(text))))
    return _line(filled, text=text)
