"""Sealed answers as they are read with a key: bound ones plainly, those of the older kind with a mark or not at all."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from sync.editions.signing import Signer
from sync.forms.compiled_form import Form
from sync.forms.compiler import compile_markdown
from sync.forms.version_store import store_versions
from sync.store.contract import Collection, Store, Write
from sync.store.open_store import open_store
from sync.submissions.arrival_days import read_arrival_days
from sync.submissions.devices import Device
from sync.submissions.record_admission import RecordAdmission
from sync.submissions.sealing import SealingKey
from sync.submissions.submission_reader import ReadSubmission, SubmissionReader
from tests.support.inbox_site import FILES, SITE
from tests.support.phone_simulator import FilledForm, PhoneSimulator
from tests.support.unbound_seal import seal_unbound

pytestmark = pytest.mark.anyio

FORM = Form(compile_markdown("plainte", FILES["forms/plainte.md"]))
KEY = SealingKey.generate()
SIGNER = Signer.generate()


class EnrolledPhones:
    """A node that knows the form, and every device by one key. `revoked`: the day of revocation, or ""."""

    def __init__(self, revoked: str) -> None:
        self._revoked = revoked

    async def form(self, version: str) -> Form | None:
        return FORM if version == FORM.version else None

    async def device(self, id: str) -> Device | None:
        return Device(id, SIGNER.public_key, "Radio", "", "2099-01-01", "2026-01-01", self._revoked)

    def is_erased(self, id: str) -> bool:
        return False


async def site() -> str | None:
    return SITE


@pytest.fixture
async def store(tmp_path: Path) -> AsyncIterator[Store]:
    store = open_store(f"sqlite:///{tmp_path / 'kunnafoni.db'}")
    await store.prepare()
    await store_versions(store, [dict(FORM.json)])
    yield store
    await store.close()


def older(name: str, day: str) -> FilledForm:
    phone = PhoneSimulator(SITE, len(name), SIGNER)
    return phone.seal(FORM, {"nom": name}, [KEY.public_key], seal_unbound, day=day)


def newer(name: str, day: str) -> FilledForm:
    return PhoneSimulator(SITE, len(name), SIGNER).seal(FORM, {"nom": name}, [KEY.public_key], day=day)


async def keep(store: Store, filled: FilledForm, **arrivals: str) -> None:
    """Store a submission; `arrivals`: days by node, `receipt` for the day on a stored receipt."""
    writes = [Write(f"submission:a:{filled.id}", {"text": filled.text, "signature": filled.signature})]
    for node, day in arrivals.items():
        if node == "receipt":
            writes.append(Write(f"receipt:{filled.id}", {"date": day, "epoch": 1, "signature": ""}))
        else:
            writes.append(Write(f"received:{filled.id}:{node}", {"day": day, "road": "direct"}))
    await store.write(Collection.FEEDBACK, writes)


async def read(store: Store, *, late: bool = False, revoked: str = "") -> dict[str, ReadSubmission]:
    reader = SubmissionReader(store, RecordAdmission(EnrolledPhones(revoked), site), KEY, opens_late_unbound=late)
    return {entry.submission.id: entry async for entry in reader.read_all("plainte")}


async def test_what_is_bound_carries_no_mark(store: Store) -> None:
    filled = newer("Awa", "2026-11-24")
    await keep(store, filled)
    entry = (await read(store))[filled.id]
    assert (entry.answers, entry.warning) == ({"nom": "Awa"}, "")


async def test_the_older_kind_opens_with_a_mark_before_the_first_bound_one(store: Store) -> None:
    before, bound = older("Awa", "2026-11-20"), newer("Binta", "2026-11-24")
    await keep(store, before)
    await keep(store, bound)
    entries = await read(store)
    assert (entries[before.id].answers, entries[before.id].warning) == ({"nom": "Awa"}, "seal-unbound")
    assert entries[bound.id].warning == ""


async def test_a_late_one_stays_closed_with_its_attachments_until_asked_for(store: Store) -> None:
    late, bound = older("Awa", "2026-11-20"), newer("Binta", "2026-11-24")
    await keep(store, late, hq="2026-11-25")
    await keep(store, bound)
    closed = (await read(store))[late.id]
    assert (closed.answers, closed.plaintext, closed.warning) == (None, None, "seal-unbound-late")
    asked = (await read(store, late=True))[late.id]
    assert (asked.answers, asked.warning) == ({"nom": "Awa"}, "seal-unbound-late")


async def test_only_headquarters_day_counts(store: Store) -> None:
    """A hub that copied a seal may write any day of arrival of its own."""
    copied, receipted, bound = older("Awa", "2026-11-20"), older("Fanta", "2026-11-19"), newer("Binta", "2026-11-24")
    await keep(store, copied, kita="2026-11-20")
    await keep(store, receipted, kita="2026-11-19", receipt="2026-11-23")
    await keep(store, bound)
    entries = await read(store)
    assert entries[copied.id].warning == "seal-unbound-late"
    assert entries[receipted.id].warning == "seal-unbound"
    assert entries[receipted.id].received_on == "2026-11-19"


async def test_a_bound_one_that_headquarters_has_not_received_closes_nothing(store: Store) -> None:
    before, bound = older("Awa", "2026-11-24"), newer("Binta", "2026-11-20")
    await keep(store, before)
    await keep(store, bound, kita="2026-11-20")
    assert (await read(store))[before.id].warning == "seal-unbound"


async def test_the_marks_of_a_revoked_phone_and_of_its_seal_stand_side_by_side(store: Store) -> None:
    filled = older("Awa", "2026-11-24")
    await keep(store, filled)
    assert (await read(store, revoked="2026-11-25"))[filled.id].warning == "device-revoked seal-unbound"


async def test_days_of_arrival_are_the_earliest_of_each_kind(store: Store) -> None:
    filled = newer("Awa", "2026-11-24")
    await keep(store, filled, hq="2026-11-26", kita="2026-11-25", receipt="2026-11-27")
    for days in (await read_arrival_days(store), await read_arrival_days(store, filled.id)):
        assert (days.first, days.headquarters) == ({filled.id: "2026-11-25"}, {filled.id: "2026-11-26"})
