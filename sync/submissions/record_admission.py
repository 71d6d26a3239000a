"""Admission of stored records: what replication brought is judged by the rules of a request before anybody reads it.

Every reader of submissions asks here: receipts, index, charts, exports, erasure. A record is judged alone and again on
each reading, so no stored verdict can be forged, and a record whose form or device arrives later passes by itself. What
is not admitted is quarantined: nothing counts it, and the console shows it with its reason.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass

from sync.canonical import digest
from sync.errors import KunnafoniError, Refused
from sync.forms.compiled_form import Form
from sync.store.contract import Record
from sync.submissions.admission import Admission, SubmissionRegistry
from sync.submissions.body_lines import SubmissionLine, submission_line
from sync.submissions.devices import Device
from sync.submissions.record_ids import submission_id_of
from sync.submissions.signatures import SignatureChecker, SignatureClaim
from sync.submissions.submission import Submission, parse_checked, parse_submission

log = logging.getLogger("kunnafoni.inbox")

ERASED = "erased"  # code of a record that waits for its erasure: hidden, and no case for the quarantine


@dataclass(frozen=True, slots=True)
class AdmittedRecord:
    record: Record
    submission: Submission
    form: Form


@dataclass(frozen=True, slots=True)
class RefusedRecord:
    """A record with the reason why it is not admitted."""

    record: Record
    error: Refused


JudgedRecord = AdmittedRecord | RefusedRecord


def read_submission(record: Record) -> Submission:
    """The submission of a record, not admitted yet. Raises Refused unless the record has its shape and its id."""
    return _with_id_of(record, parse_submission(_read_line(record).text))


def _read_line(record: Record) -> SubmissionLine:
    return submission_line(record.body.get("text"), record.body.get("signature"))


def _with_id_of(record: Record, submission: Submission) -> Submission:
    if submission.id != submission_id_of(record.id):
        raise Refused(
            "submission-id", "Cette fiche n’est pas celle de son identifiant : quelqu’un l’a changée en chemin."
        )
    return submission


class RecordAdmission:
    """The judge of one node's records.

    `site`: the id of the published site, None before the first publication. What was admitted once is remembered by id
    and signature (about 200 bytes each), so that reading again checks neither signature nor answers.
    """

    def __init__(self, registry: SubmissionRegistry, site: Callable[[], Awaitable[str | None]]) -> None:
        self.device = registry.device
        self._registry = registry
        self._site = site
        self._signature_checker = SignatureChecker(None)
        self._signatures: dict[str, int] = {}  # submission id -> hash of the signature with which it was admitted

    def save_verdict(self, id: str, signature: str) -> None:
        """Note that the submission was admitted with this signature, on whatever road."""
        self._signatures[id] = hash(signature)

    def drop_verdict(self, id: str) -> None:
        """Judge the submission anew."""
        self._signatures.pop(id, None)

    async def judge(
        self, records: Sequence[Record], arrival_days: Mapping[str, str] | None = None
    ) -> list[JudgedRecord]:
        """A verdict for each record, in order; never raises for one of them.

        `arrival_days`: by submission id, the day on which headquarters admitted it, where it noted one. Raises
        Unavailable if the store does not respond.
        """
        if not records:
            return []
        admission, site = Admission(_BatchRegistry(self._registry)), await self._site()
        claims: list[SignatureClaim | Refused] = [
            await self._prepare(admission, record, site, arrival_days or {}) for record in records
        ]
        unknown = [claim for claim in claims if isinstance(claim, SignatureClaim) and not self._is_remembered(claim)]
        refusals = await self._check(unknown)
        verdicts: list[JudgedRecord] = []
        for record, claim in zip(records, claims, strict=True):
            if isinstance(claim, Refused):
                verdicts.append(RefusedRecord(record, claim))
            elif error := refusals.get(id(claim)):
                verdicts.append(RefusedRecord(record, error))
            else:
                self.save_verdict(claim.submission.id, claim.signature)
                verdicts.append(AdmittedRecord(record, claim.submission, claim.form))
        return verdicts

    async def judge_pages(
        self, pages: AsyncIterator[list[Record]], arrival_days: Mapping[str, str]
    ) -> AsyncIterator[list[JudgedRecord]]:
        """Verdicts page by page, as `judge`. While a thread checks one page's signatures, the next page is parsed."""
        judging: asyncio.Task[list[JudgedRecord]] | None = None
        try:
            async for page in pages:
                following = asyncio.create_task(self.judge(page, arrival_days))
                if judging:
                    previous, judging = judging, following
                    yield await previous
                judging = following
            if judging:
                yield await judging
        finally:
            if judging:
                judging.cancel()

    def _is_remembered(self, claim: SignatureClaim) -> bool:
        return self._signatures.get(claim.submission.id) == hash(claim.signature)

    async def _prepare(
        self, admission: Admission, record: Record, site: str | None, arrival_days: Mapping[str, str]
    ) -> SignatureClaim | Refused:
        try:
            line = _read_line(record)
            submission = _with_id_of(record, self._parse(line))
            return await admission.prepare_claim(submission, line, site, arrival_days.get(submission.id, ""))
        except Refused as error:
            return error
        except KunnafoniError:
            raise
        except Exception as error:
            return _unreadable_record(error)

    def _parse(self, line: SubmissionLine) -> Submission:
        """The submission of a line. A text with the id of an admitted one is that text, and not checked again."""
        id = digest(line.text)
        return parse_checked(line.text, id) if id in self._signatures else parse_submission(line.text)

    async def _check(self, claims: Sequence[SignatureClaim]) -> dict[int, Refused]:
        """Refusals by identity of the claim. Signatures are checked in a thread, the content meanwhile."""
        if not claims:
            return {}
        checking = asyncio.ensure_future(self._signature_checker.check(claims, ""))
        await asyncio.sleep(0)
        contents = [_check(claim, is_signature_valid=True) for claim in claims]
        results = await checking
        refusals = {
            id(claim): error if result.is_valid else _check(claim, is_signature_valid=False)
            for claim, error, result in zip(claims, contents, results, strict=True)
        }
        return {key: error for key, error in refusals.items() if error}


def _check(claim: SignatureClaim, *, is_signature_valid: bool) -> Refused | None:
    try:
        Admission.check(claim, is_signature_valid)
    except Refused as error:
        return error
    except Exception as error:
        return _unreadable_record(error)
    return None


def _unreadable_record(error: Exception) -> Refused:
    """The reason for a record on which this program itself failed: it must hold no other back either."""
    log.error("record: %s", type(error).__name__, exc_info=error)
    return Refused("record-unreadable", "Ce programme n’a pas su lire cette fiche.", "Prévenez qui l’entretient.")


class _BatchRegistry:
    """A registry that asks for each form and device once, also for those that are not here."""

    def __init__(self, registry: SubmissionRegistry) -> None:
        self._registry = registry
        self._forms: dict[str, Form | None] = {}
        self._devices: dict[str, Device | None] = {}
        self.is_erased = registry.is_erased

    async def form(self, version: str) -> Form | None:
        if version not in self._forms:
            self._forms[version] = await self._registry.form(version)
        return self._forms[version]

    async def device(self, id: str) -> Device | None:
        if id not in self._devices:
            self._devices[id] = await self._registry.device(id)
        return self._devices[id]
