"""Reading submissions with their form, day of arrival, device, and answers. Used by the console and exports."""

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
    """A submission with its context.

    `answers` None: sealed and not opened. `received_on`: first day of arrival on any node. `warning`: a code
    (`device-revoked`, `device-expired`, `answers-refused`, `seal-broken`) or "".
    """

    submission: Submission
    form: Form
    received_on: str
    device: str
    answers: Mapping[str, Any] | None
    plaintext: SealPlaintext | None = None
    warning: str = ""


class SubmissionReader:
    """Reads submissions of a store; forms and devices are cached."""

    def __init__(self, store: Store, key: SealingKey | None = None) -> None:
        self._store = store
        self._key = key
        self._forms: dict[str, Form | None] = {}
        self._devices: dict[str, Device | None] = {}

    async def read_all(self, form: str = "") -> AsyncIterator[ReadSubmission]:
        """All submissions of a form ("": of all forms), in the arbitrary order of their record ids."""
        received = await self._arrival_days()
        seen: set[str] = set()  # a submission that arrived at two nodes may have two records for a moment
        async for page in iterate_pages(self._store, Collection.FEEDBACK, "submission:", page_size=PAGE_SIZE):
            new = {submission_id_of(record.id): record for record in page if submission_id_of(record.id) not in seen}
            seen.update(new)
            submissions = [parse_submission(record.body["text"]) for record in new.values()]
            selected = [submission for submission in submissions if form in ("", submission.form)]
            for entry in await self.read_submissions(selected, received):
                yield entry

    async def read_one(self, name: str) -> ReadSubmission | None:
        """Read one submission by record id; None if it does not exist or its form is unknown."""
        record = await self._store.get(Collection.FEEDBACK, name)
        if record is None:
            return None
        id = submission_id_of(name)
        arrivals = iterate_records(self._store, Collection.FEEDBACK, f"received:{id}:")
        days = [str(arrival.body["day"]) async for arrival in arrivals]
        entries = await self.read_submissions([parse_submission(record.body["text"])], {id: min(days)} if days else {})
        return entries[0] if entries else None

    async def read_submissions(
        self, submissions: Sequence[Submission], received: Mapping[str, str]
    ) -> list[ReadSubmission]:
        """Read the submissions whose form is known. `received`: day of arrival by id, if different from their own."""
        entries = []
        for submission in submissions:
            form = await self._form(submission.version)
            if form is None:
                continue
            day = received.get(submission.id, submission.day)
            device = await self._device(submission.device) if submission.device else None
            warning = "device-revoked" if device and device.revoked else ""
            entry = ReadSubmission(
                submission, form, day, device.name if device else "", submission.answers, None, warning
            )
            entries.append(self._unseal(entry) if self._key and submission.sealed else entry)
        return entries

    async def read_attachment(self, entry: ReadSubmission, index: int) -> bytes | None:
        """An attachment's bytes, decrypted if sealed; None if pieces are missing or it cannot be opened."""
        file = entry.submission.files[index]
        data = await read_attachment(self._store, file.digest, file.bytes)
        if data is None or entry.submission.sealed is None:
            return data
        return open_attachment(entry.plaintext, entry.submission, index, data) if entry.plaintext else None

    def _unseal(self, entry: ReadSubmission) -> ReadSubmission:
        """Open and check sealed answers, which could not be checked on arrival."""
        submission = entry.submission
        if self._key is None or self._key.id not in (submission.sealed or {}):
            return entry
        try:
            plaintext = open_answers(self._key, submission)
        except NotProven as error:
            return replace(entry, warning=error.code)
        failure = check_answers(entry.form, plaintext.answers, submission.day, len(submission.files))
        if failure and failure.code in ("answer-form", "answer-unknown"):
            return replace(entry, warning="answers-refused")
        return replace(
            entry,
            answers=plaintext.answers,
            plaintext=plaintext,
            warning="answers-refused" if failure else entry.warning,
        )

    async def _arrival_days(self) -> dict[str, str]:
        """First day of arrival on any node, by submission id."""
        days: dict[str, str] = {}
        async for record in iterate_records(self._store, Collection.FEEDBACK, "received:"):
            id, day = record.id.split(":")[1], str(record.body["day"])
            days[id] = min(day, days.get(id, day))
        return days

    async def _form(self, version: str) -> Form | None:
        if version not in self._forms:
            self._forms[version] = await load_stored_form(self._store, version)
        return self._forms[version]

    async def _device(self, id: str) -> Device | None:
        if id not in self._devices:
            record = await self._store.get(Collection.PEOPLE, f"device:{id}")
            self._devices[id] = device_from_record(record.id, record.body) if record else None
        return self._devices[id]
