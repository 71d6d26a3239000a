"""The inbox: checks each line of a request or bundle, stores it durably, acknowledges it (PROTOCOL.md, section 11).

A record that replication brought under the id of a submission, with other content, does not keep the submission out:
the submission takes its place.

Records in the collection `feedback`, written once and identical on every node: `submission:{run}:{id}` (text,
signature; see `record_ids`), `file:{digest}` and `piece:{digest}:{n}`. Related records are `received:{id}:{node}`,
`receipt:{id}` and `erased:{id}`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any, Protocol

from anyio import to_thread

from sync.canonical import digest
from sync.editions.publishing import SigningKeys
from sync.errors import Refused, Unavailable
from sync.store.contract import Collection, NotDurable, Outcome, Record, Stale, Store, Write
from sync.submissions.admission import Admission, InvalidAnswers, SubmissionRegistry
from sync.submissions.attachments import AttachmentIntake, file_id
from sync.submissions.body_lines import BadLine, PieceLine, RequestLine, SubmissionLine
from sync.submissions.flood_control import FloodControl, LoneReport
from sync.submissions.receipts import Receipt, sign_receipt
from sync.submissions.related_records import attachment_size
from sync.submissions.signatures import SignatureChecker, SignatureClaim, SignatureResult
from sync.submissions.submission import Submission, parse_submission
from sync.submissions.verdict import RETRY_SECONDS, Verdict

LONG_TEXT = 16 * 1024  # characters; a longer text takes milliseconds to parse and is parsed in a thread


class InboxRegistry(SubmissionRegistry, Protocol):
    """The state of a node that receives submissions."""

    def record_id(self, id: str) -> str:
        """Id of the record that contains the submission, or will contain it."""

    def try_take(self, device: str, sender: str = "", position: int = 0) -> int:
        """Take one submission of this device ("": the public) from the quota.

        `sender`: the request's origin, told apart for fairness alone. `position`: index of the submission in its
        request. Returns 0, or the seconds to wait; then nothing was taken.
        """


class Inbox:
    """Receives submissions on one node.

    `node`: this node's name. `keys`: headquarters' keys, None on nodes without them. `carrier`: the hub's name, "" on
    a node that is not a hub. `on_admitted` is called with id and signature of each submission that is admitted.
    `flood_control`: None while the public's quota is far from used up.
    """

    def __init__(self, store: Store, registry: InboxRegistry, node: str, keys: SigningKeys | None) -> None:
        self.carrier = ""
        self.flood_control: FloodControl | None = None
        self.node = node
        self.on_admitted: Callable[[str, str], object] = lambda id, signature: None
        self._store = store
        self._attachments = AttachmentIntake(store)
        self._registry = registry
        self._record_id = registry.record_id
        self._admission = Admission(registry)
        self._signature_checker = SignatureChecker(keys)
        self._keys = keys

    async def receive(
        self, lines: Sequence[RequestLine], site: str, today: str, transport: str = "direct", sender: str = ""
    ) -> list[Verdict]:
        """A verdict for each line, in order. Accepted lines are durable.

        `transport`: stored as `road`. `sender`: the request's origin, for a fair quota alone.
        """
        verdicts: dict[int, Verdict] = {}
        claims: dict[int, SignatureClaim] = {}
        for index, line in enumerate(lines):
            if isinstance(line, BadLine):
                verdicts[index] = Verdict({}, "refused", error=line.error)
            elif isinstance(line, SubmissionLine):
                try:
                    submission = await _parse(line.text)
                    claims[index] = await self._admission.prepare_claim(submission, line, site)
                except Refused as error:
                    verdicts[index] = Verdict({"id": digest(line.text)}, "refused", error=error)
        results = dict(zip(claims, await self._signature_checker.check(list(claims.values()), today), strict=True))
        report = await self.flood_control.read_report(lines, claims, transport) if self.flood_control else None
        for position, index in enumerate(claims):
            if refusal := self._refusal(claims[index], results[index], report, sender, position):
                verdicts[index] = refusal
        admitted = {index: claim for index, claim in claims.items() if index not in verdicts}
        outcomes = await self._write(list(admitted.values()), today, transport)
        verdicts |= await self._attachments.receive_pieces(
            {index: line for index, line in enumerate(lines) if isinstance(line, PieceLine)}
        )
        for index, claim in admitted.items():
            verdicts[index] = await self._acknowledge(
                claim.submission, claim.signature, outcomes, results[index].receipt
            )
        return [verdicts[index] for index in range(len(lines))]

    async def make_receipt(self, submission: Submission, site: str, today: str) -> Receipt | None:
        """Headquarters' receipt for a complete submission; None without its keys or while pieces are missing."""
        if self._keys is None or await self._attachments.missing_pieces(submission.files):
            return None
        return sign_receipt(self._keys, site, submission.id, today)

    def _refusal(
        self,
        claim: SignatureClaim,
        result: SignatureResult,
        report: LoneReport | None,
        sender: str,
        position: int,
    ) -> Verdict | None:
        subject: dict[str, Any] = {"id": claim.submission.id}
        try:
            self._admission.check(claim, result.is_valid)
        except InvalidAnswers as error:
            return Verdict(subject, "refused", {"answer": error.failure}, error)
        except Refused as error:
            return Verdict(subject, "refused", error=error)
        seconds = self._registry.try_take(claim.submission.device, sender, position)
        if seconds and report:
            seconds = report.try_take(seconds)
        if not seconds:
            return None
        challenge = {"work": report.make_challenge()} if report else {}
        return Verdict(subject, "later", {"code": "quota", "seconds": seconds} | challenge)

    async def _write(self, admitted: Sequence[SignatureClaim], today: str, transport: str) -> dict[str, Outcome]:
        """Outcomes by record id; empty while the store is unavailable."""
        writes: dict[str, Write] = {}
        for claim in admitted:
            writes.update(
                (write.id, write) for write in self._writes(claim.submission, claim.signature, today, transport)
            )
        try:
            outcomes = await self._store.write(Collection.FEEDBACK, list(writes.values())) if writes else []
            by_id = {outcome.id: outcome for outcome in outcomes}
            if replacements := _replace_foreign(admitted, self._record_id, by_id, writes):
                outcomes = await self._store.write(Collection.FEEDBACK, replacements)
                by_id |= {outcome.id: outcome for outcome in outcomes}
        except Unavailable:
            return {}
        return by_id

    def _writes(self, submission: Submission, signature: str, today: str, transport: str) -> list[Write]:
        arrival = Write(f"received:{submission.id}:{self.node}", {"day": today, "road": transport})
        body = {"text": submission.text} | ({"signature": signature} if submission.device else {})
        return [
            Write(self._record_id(submission.id), body),
            *([] if self._is_arrival_implied(submission, today, transport) else [arrival]),
            *(Write(file_id(file.digest), {"bytes": file.bytes}) for file in submission.files),
        ]

    def _is_arrival_implied(self, submission: Submission, today: str, transport: str) -> bool:
        """True for a submission sent directly to headquarters on the day it was finished."""
        return self._keys is not None and transport == "direct" and submission.day == today

    async def _acknowledge(
        self, submission: Submission, signature: str, outcomes: dict[str, Outcome], receipt: Receipt | None
    ) -> Verdict:
        outcome = outcomes.get(self._record_id(submission.id), NotDurable(""))
        if isinstance(outcome, NotDurable) or any(
            isinstance(outcomes[file_id(file.digest)], NotDurable) for file in submission.files
        ):
            return _retry_later(submission)
        if isinstance(outcome, Stale) and (
            outcome.current is None or outcome.current.body.get("text") != submission.text
        ):
            return _retry_later(submission)
        self.on_admitted(submission.id, signature)
        subject = {"id": submission.id}
        if missing := await self._attachments.missing_pieces(submission.files):
            return Verdict(subject, "accepted", {"missing": missing})
        if receipt is None:  # a node without headquarters' keys: the one with the keys signs a moment later
            return Verdict(subject, "accepted", {"carrier": self.carrier} if self.carrier else {})
        return Verdict(subject, "accepted", {"receipt": receipt.as_json()})


async def _parse(text: str) -> Submission:
    return await to_thread.run_sync(parse_submission, text) if len(text) > LONG_TEXT else parse_submission(text)


def _replace_foreign(
    admitted: Sequence[SignatureClaim],
    record_id: Callable[[str], str],
    outcomes: Mapping[str, Outcome],
    writes: Mapping[str, Write],
) -> list[Write]:
    """Writes in place of records that have the id of an admitted submission or of its attachment, and other content."""
    replaced = []
    for claim in admitted:
        ids = [record_id(claim.submission.id), *(file_id(file.digest) for file in claim.submission.files)]
        for id in ids:
            outcome = outcomes.get(id)
            current = outcome.current if isinstance(outcome, Stale) else None
            if current and not (_is_same_file(current, writes[id]) if id != ids[0] else _is_of_claim(current, claim)):
                replaced.append(Write(id, writes[id].body, current.rev))
    return replaced


def _is_same_file(record: Record, write: Write) -> bool:
    return write.body is not None and attachment_size(record.body) == write.body["bytes"]


def _is_of_claim(record: Record, claim: SignatureClaim) -> bool:
    """True if the record has the text of the claim and a signature that holds, though perhaps another one."""
    if record.body.get("text") != claim.submission.text:
        return False
    signature = record.body.get("signature")
    return not claim.key or (isinstance(signature, str) and claim.submission.is_signed_by(claim.key, signature))


def _retry_later(submission: Submission) -> Verdict:
    return Verdict({"id": submission.id}, "later", {"code": "store-later", "seconds": RETRY_SECONDS})
