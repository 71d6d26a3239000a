"""Submissions as they are read: with their form, when they came, who signed, and their answers where they are not sealed."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from sync.errors import NotProven
from sync.forms.answer_checks import check_answers
from sync.forms.compiled_form import Form
from sync.forms.version_store import load_stored_form
from sync.store.contract import Collection, Store
from sync.store.iteration import iterate_pages, iterate_records
from sync.submissions.devices import Device, device_from_record
from sync.submissions.inbox import read_attachment
from sync.submissions.record_ids import submission_id_of
from sync.submissions.sealing import SealingKey, SealPlaintext, open_answers, open_attachment
from sync.submissions.submission import Submission, parse_submission

PAGE_SIZE = 200


@dataclass(frozen=True, slots=True)
class ReadSubmission:
    """`answers` None: sealed, and not opened here. `received`: the first day it was anywhere. `doubt`: a code that says why to look twice
    (`device-revoked`, `device-expired`, `answers-refused`, `seal-broken`), else "".
    """

    submission: Submission
    form: Form
    received_on: str
    device: str
    answers: Mapping[str, Any] | None
    plaintext: SealPlaintext | None = None
    warning: str = ""


class SubmissionReader:
    """Reads submissions of one store; forms and devices are asked once."""

    def __init__(self, store: Store, key: SealingKey | None = None) -> None:
        self._store = store
        self._key = key
        self._forms: dict[str, Form | None] = {}
        self._devices: dict[str, Device | None] = {}

    async def read_all(self, form: str = "") -> AsyncIterator[ReadSubmission]:
        """All of one form (or of every form), in the order of their records' names, which tells nothing."""
        received = await self._arrival_days()
        seen: set[str] = set()  # one that came by two roads may lie here twice for a moment
        async for page in iterate_pages(self._store, Collection.FEEDBACK, "submission:", page_size=PAGE_SIZE):
            new = {submission_id_of(record.id): record for record in page if submission_id_of(record.id) not in seen}
            seen.update(new)
            wanted = [parse_submission(record.body["text"]) for record in new.values()]
            for entry in await self.read_submissions([one for one in wanted if form in ("", one.form)], received):
                yield entry

    async def read_one(self, name: str) -> ReadSubmission | None:
        """That of the record so named."""
        record = await self._store.get(Collection.FEEDBACK, name)
        if record is None:
            return None
        id = submission_id_of(name)
        days = [
            str(one.body["day"]) async for one in iterate_records(self._store, Collection.FEEDBACK, f"received:{id}:")
        ]
        found = await self.read_submissions([parse_submission(record.body["text"])], {id: min(days)} if days else {})
        return found[0] if found else None

    async def read_submissions(
        self, submissions: Sequence[Submission], received: Mapping[str, str]
    ) -> list[ReadSubmission]:
        """Those whose form is known here. `received`: the day each came, where it is known."""
        made = []
        for submission in submissions:
            form = await self._form(submission.version)
            if form is None:
                continue
            day = received.get(submission.id, submission.day)
            device = await self._device(submission.device) if submission.device else None
            doubt = device.revoked and "device-revoked" if device else ""
            entry = ReadSubmission(
                submission, form, day, device.name if device else "", submission.answers, None, doubt or ""
            )
            made.append(self._unseal(entry) if self._key and submission.sealed else entry)
        return made

    async def read_attachment(self, entry: ReadSubmission, index: int) -> bytes | None:
        """An attachment, opened when it was sealed and the key is here; None: not all of it has come, or it stays sealed."""
        file = entry.submission.files[index]
        data = await read_attachment(self._store, file.digest, file.bytes)
        if data is None or entry.submission.sealed is None:
            return data
        return open_attachment(entry.plaintext, entry.submission, index, data) if entry.plaintext else None

    def _unseal(self, entry: ReadSubmission) -> ReadSubmission:
        """Sealed answers are checked where they are opened: nobody could before."""
        submission = entry.submission
        if self._key is None or self._key.id not in (submission.sealed or {}):
            return entry
        try:
            opened = open_answers(self._key, submission)
        except NotProven as error:
            return replace(entry, warning=error.code)
        failure = check_answers(entry.form, opened.answers, submission.day, len(submission.files))
        if failure and failure.code in ("answer-form", "answer-unknown"):
            return replace(entry, warning="answers-refused")
        return replace(
            entry, answers=opened.answers, plaintext=opened, warning="answers-refused" if failure else entry.warning
        )

    async def _arrival_days(self) -> dict[str, str]:
        """The first day each submission was anywhere."""
        found: dict[str, str] = {}
        async for record in iterate_records(self._store, Collection.FEEDBACK, "received:"):
            id, day = record.id.split(":")[1], str(record.body["day"])
            found[id] = min(day, found.get(id, day))
        return found

    async def _form(self, version: str) -> Form | None:
        if version not in self._forms:
            self._forms[version] = await load_stored_form(self._store, version)
        return self._forms[version]

    async def _device(self, id: str) -> Device | None:
        if id not in self._devices:
            record = await self._store.get(Collection.PEOPLE, f"device:{id}")
            self._devices[id] = device_from_record(record.id, record.body) if record else None
        return self._devices[id]
