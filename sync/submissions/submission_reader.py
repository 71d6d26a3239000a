"""Reading admitted submissions with form, day of arrival, device, and answers. Used by the console and exports.

Twin for sealed answers: pwa/src/console/sealing/decrypt-submission.ts.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Container, Mapping
from dataclasses import dataclass, replace
from typing import Any

from sync.errors import NotProven
from sync.forms.answer_checks import check_answers
from sync.forms.compiled_form import Form
from sync.store.contract import Collection, Record, Store
from sync.store.iteration import iterate_pages
from sync.submissions.arrival_days import ArrivalDays, read_arrival_days
from sync.submissions.attachments import read_attachment
from sync.submissions.record_admission import AdmittedRecord, RecordAdmission
from sync.submissions.record_ids import submission_id_of
from sync.submissions.sealing import SealingKey, SealPlaintext, open_answers, open_attachment, opens_unbound
from sync.submissions.submission import Submission

PAGE_SIZE = 200


@dataclass(frozen=True, slots=True)
class ReadSubmission:
    """A submission with its context.

    `answers` None: sealed and not opened. `received_on`: first day of arrival on any node. `arrived_on`: headquarters'
    own day of arrival, "" if unknown. `warning`: codes (`device-revoked`, `answers-refused`, `seal-broken`,
    `seal-unbound`, `seal-unbound-late`) separated by a space, or "".
    """

    submission: Submission
    form: Form
    received_on: str
    device: str
    answers: Mapping[str, Any] | None
    plaintext: SealPlaintext | None = None
    warning: str = ""
    arrived_on: str = ""


class SubmissionReader:
    """Reads the admitted submissions of a store.

    `key` opens sealed answers in `read_all`. `opens_late_unbound`: also those of kind 1 that arrived at headquarters
    when it had the form's first of kind 2.
    """

    def __init__(
        self,
        store: Store,
        admission: RecordAdmission,
        key: SealingKey | None = None,
        *,
        opens_late_unbound: bool = False,
    ) -> None:
        self._store = store
        self._admission = admission
        self._key = key
        self._opens_late_unbound = opens_late_unbound

    async def read_all(self, form: str = "", ids: Container[str] | None = None) -> AsyncIterator[ReadSubmission]:
        """All submissions of a form ("": of all forms), in arbitrary order; with `ids` only these."""
        arrivals = await read_arrival_days(self._store)
        unbound: list[ReadSubmission] = []  # judged once the day of the form's first bound one is known
        first_bound: dict[str, str] = {}
        pages = self._iterate_pages(form)
        seen: set[str] = set()  # a submission that arrived at two nodes may have two records for a moment
        async for verdicts in self._admission.judge_pages(pages, arrivals.headquarters):
            for verdict in verdicts:
                if not isinstance(verdict, AdmittedRecord) or verdict.submission.id in seen:
                    continue
                seen.add(verdict.submission.id)
                if form not in ("", verdict.submission.form) or (ids is not None and verdict.submission.id not in ids):
                    continue
                entry = self._unseal(await self._read(verdict, arrivals))
                if entry.plaintext and not entry.plaintext.is_bound:
                    unbound.append(entry)
                    continue
                if entry.plaintext and (day := entry.arrived_on):
                    first_bound[entry.form.slug] = min(day, first_bound.get(entry.form.slug, day))
                yield entry
        for entry in unbound:
            yield self._judge_unbound(entry, first_bound.get(entry.form.slug, ""))

    async def _iterate_pages(self, form: str) -> AsyncIterator[list[Record]]:
        async for page in iterate_pages(self._store, Collection.FEEDBACK, "submission:", page_size=PAGE_SIZE):
            yield [record for record in page if _may_be_of(record, form)]

    async def read_one(self, name: str) -> ReadSubmission | None:
        """Read one submission by record id, without opening it; None if it does not exist or is not admitted."""
        record = await self._store.get(Collection.FEEDBACK, name)
        if record is None:
            return None
        arrivals = await read_arrival_days(self._store, submission_id_of(name))
        [verdict] = await self._admission.judge([record], arrivals.headquarters)
        return await self._read(verdict, arrivals) if isinstance(verdict, AdmittedRecord) else None

    async def _read(self, admitted: AdmittedRecord, arrivals: ArrivalDays) -> ReadSubmission:
        submission = admitted.submission
        device = await self._admission.device(submission.device) if submission.device else None
        return ReadSubmission(
            submission,
            admitted.form,
            arrivals.first_day(submission),
            device.name if device else "",
            submission.answers,
            warning="device-revoked" if device and device.revoked else "",
            arrived_on=arrivals.headquarters_day(submission),
        )

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
        entry = replace(entry, answers=plaintext.answers, plaintext=plaintext)
        return _with_warning(entry, "answers-refused") if failure else entry

    def _judge_unbound(self, entry: ReadSubmission, first_bound_on: str) -> ReadSubmission:
        """Mark an opened entry of kind 1; close it again if it arrived too late and late ones were not asked for."""
        if opens_unbound(entry.arrived_on, first_bound_on):
            return _with_warning(entry, "seal-unbound")
        if self._opens_late_unbound:
            return _with_warning(entry, "seal-unbound-late")
        return replace(entry, answers=None, plaintext=None, warning="seal-unbound-late")


def _with_warning(entry: ReadSubmission, code: str) -> ReadSubmission:
    return replace(entry, warning=f"{entry.warning} {code}".lstrip())


def _may_be_of(record: Record, form: str) -> bool:
    """False only if the record's text cannot be a submission of this form: its canonical JSON would name it."""
    return not form or f'"form":"{form}"' in str(record.body.get("text"))
