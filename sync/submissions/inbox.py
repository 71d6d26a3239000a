"""The inbox: checks each line of a request or bundle, stores it durably, acknowledges it (PROTOCOL.md, section 11).

Records in the collection `feedback`, written once and identical on every node: `submission:{run}:{id}` (text,
signature; see `record_ids`), `file:{digest}` and `piece:{digest}:{n}`. Related records are `received:{id}:{node}`,
`receipt:{id}` and `erased:{id}`.
"""

from __future__ import annotations

import base64
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from sync.canonical import digest
from sync.editions.publishing import SigningKeys
from sync.errors import Refused, Unavailable
from sync.store.contract import Collection, NotDurable, Outcome, Stale, Store, Write
from sync.submissions.admission import Admission, InvalidAnswers, SubmissionRegistry
from sync.submissions.body_lines import BadLine, PieceLine, RequestLine, SubmissionLine
from sync.submissions.flood_control import FloodControl, LoneReport
from sync.submissions.receipts import Receipt, sign_receipt
from sync.submissions.signatures import SignatureChecker, SignatureClaim, SignatureResult
from sync.submissions.submission import PIECE_BYTES, Attachment, Submission

RETRY_SECONDS = 30  # until a phone sends again


@dataclass(frozen=True, slots=True)
class Verdict:
    """The verdict on a line. `subject` identifies the line: `{"id"}` or `{"file", "at"}`; `details`: further keys."""

    subject: dict[str, Any]
    verdict: str
    details: dict[str, Any] = field(default_factory=dict)
    error: Refused | None = None

    def as_json(self, language: Any = None) -> dict[str, Any]:
        """The verdict for a response. `language` translates the sentence of a refusal; None: not translated."""
        refusal = {"code": self.error.code, "sentence": self.error.text(language or str)} if self.error else {}
        return self.subject | {"verdict": self.verdict} | refusal | self.details


class Inbox:
    """Receives submissions on one node.

    `node`: this node's name. `keys`: headquarters' keys, None on nodes without them. `carrier`: the hub's name, "" on
    a node that is not a hub. `flood_control`: None while the public's quota is far from used up.
    """

    def __init__(self, store: Store, registry: SubmissionRegistry, node: str, keys: SigningKeys | None) -> None:
        self.carrier = ""
        self.flood_control: FloodControl | None = None
        self._store = store
        self._record_id = registry.record_id
        self._admission = Admission(registry)
        self._signature_checker = SignatureChecker(keys)
        self._node = node
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
                    claims[index] = await self._admission.prepare_claim(line, site)
                except Refused as error:
                    verdicts[index] = Verdict({"id": digest(line.text)}, "refused", error=error)
        results = dict(zip(claims, await self._signature_checker.check(list(claims.values()), today), strict=True))
        report = await self.flood_control.read_report(lines, claims, transport) if self.flood_control else None
        for position, index in enumerate(claims):
            if refusal := self._refusal(claims[index], results[index], report, sender, position):
                verdicts[index] = refusal
        admitted = {index: claim for index, claim in claims.items() if index not in verdicts}
        outcomes = await self._write(list(admitted.values()), today, transport)
        verdicts |= await self._receive_pieces(
            {index: line for index, line in enumerate(lines) if isinstance(line, PieceLine)}
        )
        for index, claim in admitted.items():
            verdicts[index] = await self._acknowledge(claim.submission, outcomes, results[index].receipt)
        return [verdicts[index] for index in range(len(lines))]

    async def make_receipt(self, submission: Submission, site: str, today: str) -> Receipt | None:
        """Headquarters' receipt for a complete submission; None without its keys or while pieces are missing."""
        if self._keys is None or await self.missing_pieces(submission.files):
            return None
        return sign_receipt(self._keys, site, submission.id, today)

    async def missing_pieces(self, files: Sequence[Attachment]) -> dict[str, list[int]]:
        """Indexes of the missing pieces, by attachment digest; attachments that are complete are left out."""
        if not files:
            return {}
        records = await self._store.get_many(Collection.FEEDBACK, [file_id(file.digest) for file in files])
        missing = {}
        for file in files:
            record = records.get(file_id(file.digest))
            if record is None or not record.body.get("whole"):
                stored = await self._store.get_many(
                    Collection.FEEDBACK, [piece_id(file.digest, at) for at in range(file.pieces)]
                )
                missing[file.digest] = [at for at in range(file.pieces) if piece_id(file.digest, at) not in stored]
        return {file_digest: pieces for file_digest, pieces in missing.items() if pieces}

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
            seconds = self._admission.admit(claim, result.is_valid, sender, position)
        except InvalidAnswers as error:
            return Verdict(subject, "refused", {"answer": error.failure}, error)
        except Refused as error:
            return Verdict(subject, "refused", error=error)
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
        except Unavailable:
            return {}
        return {outcome.id: outcome for outcome in outcomes}

    def _writes(self, submission: Submission, signature: str, today: str, transport: str) -> list[Write]:
        arrival = Write(f"received:{submission.id}:{self._node}", {"day": today, "road": transport})
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
        self, submission: Submission, outcomes: dict[str, Outcome], receipt: Receipt | None
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
        subject = {"id": submission.id}
        if missing := await self.missing_pieces(submission.files):
            return Verdict(subject, "accepted", {"missing": missing})
        if receipt is None:  # a node without headquarters' keys: the one with the keys signs a moment later
            return Verdict(subject, "accepted", {"carrier": self.carrier} if self.carrier else {})
        return Verdict(subject, "accepted", {"receipt": receipt.as_json()})

    async def _receive_pieces(self, pieces: dict[int, PieceLine]) -> dict[int, Verdict]:
        if not pieces:
            return {}
        verdicts: dict[int, Verdict] = {}
        files = await self._store.get_many(
            Collection.FEEDBACK, list({file_id(piece.file) for piece in pieces.values()})
        )
        accepted: dict[int, PieceLine] = {}
        for index, piece in pieces.items():
            record = files.get(file_id(piece.file))
            if record is None:
                error = Refused(
                    "file-unknown", "Aucun envoi reçu ne parle de cette pièce jointe.", "Envoyez d’abord le formulaire."
                )
                verdicts[index] = _piece_verdict(piece, "refused", error)
            elif len(piece.data) != piece_length(int(record.body["bytes"]), piece.at):
                verdicts[index] = _piece_verdict(
                    piece, "refused", Refused("file-piece", "Ce morceau de pièce jointe n’a pas la bonne taille.")
                )
            elif record.body.get("whole"):
                verdicts[index] = _piece_verdict(piece, "accepted")
            else:
                accepted[index] = piece
        writes = {piece_id(piece.file, piece.at): _piece_write(piece) for piece in accepted.values()}
        outcomes = (
            {outcome.id: outcome for outcome in await self._store.write(Collection.FEEDBACK, list(writes.values()))}
            if writes
            else {}
        )
        for index, piece in accepted.items():
            is_durable = not isinstance(outcomes[piece_id(piece.file, piece.at)], NotDurable)
            verdicts[index] = _piece_verdict(piece, "accepted" if is_durable else "later")
        for file_digest in {piece.file for piece in accepted.values()}:
            await self._complete_file(file_digest, int(files[file_id(file_digest)].body["bytes"]))
        return verdicts

    async def _complete_file(self, name: str, size: int) -> None:
        """Mark a file with all pieces as complete; erase the pieces if their digest is wrong, to be sent again."""
        data = await read_attachment(self._store, name, size)
        if data is None:
            return
        record = await self._store.get(Collection.FEEDBACK, file_id(name))
        if digest(data) == name and record:
            await self._store.write(Collection.FEEDBACK, [Write(record.id, {**record.body, "whole": True}, record.rev)])
        elif record:
            await self._store.erase(Collection.FEEDBACK, piece_ids(name, size))


def file_id(name: str) -> str:
    return f"file:{name}"


def piece_id(name: str, at: int) -> str:
    return f"piece:{name}:{at:03}"


def piece_ids(name: str, size: int) -> list[str]:
    return [piece_id(name, at) for at in range(Attachment(name, size, "").pieces)]


def piece_length(size: int, at: int) -> int:
    """Bytes of the piece with index `at`; -1 if the attachment has no such piece."""
    last = Attachment("", size, "").pieces - 1
    return -1 if at > last else PIECE_BYTES if at < last else size - last * PIECE_BYTES


async def read_attachment(store: Store, name: str, size: int) -> bytes | None:
    """An attachment's bytes as received; None while a piece is missing."""
    ids = piece_ids(name, size)
    pieces = await store.get_many(Collection.FEEDBACK, ids)
    if len(pieces) < len(ids):
        return None
    return b"".join(base64.b64decode(pieces[id].body["data"]) for id in ids)


def _piece_write(piece: PieceLine) -> Write:
    return Write(piece_id(piece.file, piece.at), {"data": base64.b64encode(piece.data).decode()})


def _piece_verdict(piece: PieceLine, verdict: str, error: Refused | None = None) -> Verdict:
    details = {"code": "store-later", "seconds": RETRY_SECONDS} if verdict == "later" else {}
    return Verdict({"file": piece.file, "at": piece.at}, verdict, details, error)


def _retry_later(submission: Submission) -> Verdict:
    return Verdict({"id": submission.id}, "later", {"code": "store-later", "seconds": RETRY_SECONDS})
