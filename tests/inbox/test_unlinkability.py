"""Reports of one phone that is not enrolled cannot be linked by any stored or logged field.

A field that is not in this list fails the test: whoever adds one says here why it does not tell phones apart.
"""

from __future__ import annotations

import json
import re
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from sync.store.contract import Collection
from sync.submissions.record_ids import submission_id_of
from tests.support.inbox_site import SITE, InboxSite
from tests.support.phone_simulator import DAY, PhoneSimulator, padded_body

pytestmark = pytest.mark.anyio

WHY = {
    "submission.text.v": "the same for everyone",
    "submission.text.nonce": "random, new for each report",
    "submission.text.site": "the same for everyone",
    "submission.text.form": "the form, which everyone may fill",
    "submission.text.version": "the form's version, the same for everyone who has that edition",
    "submission.text.day": "a day: coarse, and shared by all who report that day",
    "submission.text.lang": "the channel's language, shared by all who read in it",
    "submission.text.place": "a region that the person chose in the form, or nothing",
    "submission.text.answers": "what the person chose to write",
    "submission.text.answer": "the digest of a random secret, new for each report",
    "received.day": "only where it came on another day than it was filled: a day, shared by all who were late that day",
    "received.road": "straight, or in a bundle: no more than that",
}
COLUMNS = {
    "seq": "the order of all arrivals; each report leaves its phone alone, after a random delay",
    "room": "the same for every report",
    "id": "the digest of the report, with a random nonce; before it a random name shared by 64 reports in sequence",
    "rev": "a digest of the record",
    "body": "the fields above, and nothing beside them",
}
LOGGED: dict[str, str] = {}  # an accepted report leaves no log line
TELLING = {
    "user-agent": "Telephone-Tres-Particulier/7",
    "accept-language": "ff-Latn-GN",
    "x-forwarded-for": "41.73.0.99",
    "cookie": "a=unique",
    "referer": "https://exemple.ml/fr-ML/forms/rumeur",
}


RUN = re.compile(r"submission:[0-9a-f]{6}:[A-Za-z0-9_-]{43}")
OF_THE_TEST = ("httpx", "httpcore", "asyncio")  # the test's own client and loop


def columns(file: Path) -> set[str]:
    with closing(sqlite3.connect(file)) as connection:
        return {row[1] for row in connection.execute("PRAGMA table_info(record)")}


def fields(kind: str, body: dict[str, Any]) -> Iterator[str]:
    for name, value in body.items():
        if kind == "submission" and name == "text":
            yield from (f"{kind}.text.{inner}" for inner in json.loads(value))
        else:
            yield f"{kind}.{name}"


async def test_every_field_that_is_kept_of_a_report_and_why_it_links_nothing(
    inbox_site: InboxSite, caplog: pytest.LogCaptureFixture, capfd: pytest.CaptureFixture[str]
) -> None:
    caplog.set_level("DEBUG")
    store = inbox_site.site.services.store
    before = {room: {record.id for record in await store.scan(room, "", "~", 10_000)} for room in Collection}
    phone = PhoneSimulator(SITE)
    days = (DAY, DAY, "2026-11-23")
    reports = [
        phone.fill(inbox_site.forms["rumeur"], {"message": f"On dit que {n}"}, day=day) for n, day in enumerate(days)
    ]
    caplog.clear()
    capfd.readouterr()
    for report in reports:
        answer = await inbox_site.client.post("/inbox", content=padded_body(report.line, packed=True), headers=TELLING)
        assert json.loads(answer.text)["verdict"] == "accepted"
        await inbox_site.client.post("/inbox/receipts", json=[report.id], headers=TELLING)
        await inbox_site.client.post("/inbox/answers", json={"id": report.id, "secret": report.secret}, headers=TELLING)
    ids = {sent_report.id for sent_report in reports}
    stored: set[str] = set()
    for room in Collection:
        for record in await store.scan(room, "", "~", 10_000):
            if record.id not in before[room]:
                assert room is Collection.FEEDBACK
                kind = record.id.split(":")[0]
                stored |= set(fields(kind, dict(record.body)))
                assert submission_id_of(record.id) in ids
                assert RUN.fullmatch(record.id) or record.id == f"received:{submission_id_of(record.id)}:hq"
    assert stored == WHY.keys()
    values = [json.loads(report.text) for report in reports]
    for name in ("nonce", "answer"):
        assert len({value[name] for value in values}) == len(reports)
    assert columns(inbox_site.site.services.settings.data / "kunnafoni.db") == COLUMNS.keys()
    shared = {"v", "site", "form", "version", "lang", "place"}
    assert all(values[0][name] == value[name] for value in values for name in shared)
    assert {record.name for record in caplog.records if not record.name.startswith(OF_THE_TEST)} == LOGGED.keys()
    logged = caplog.text + "".join(capfd.readouterr())
    data = inbox_site.site.services.settings.data
    files = b"".join(path.read_bytes() for path in data.rglob("*") if path.is_file())
    for telling in TELLING.values():
        assert telling not in logged
        assert telling.encode() not in files
    assert not re.search(r"\b(?:\d{1,3}\.){3}\d{1,3}\b", logged.replace("127.0.0.1", ""))
    assert not any(report.id in logged or report.secret in logged for report in reports)
