"""The use case of receiving: lines of a request, a bundle or a hub judged one by one, kept durably, acknowledged (PROTOCOL.md, section 11).

Records in the room `feedback`, each written once and alike on every node: `submission:{run}:{id}` (text, signature; see `names`),
`file:{digest}`, `piece:{digest}:{n}`; and beside them `received:{id}:{node}`, `receipt:{id}`, `erased:{id}`.
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
from sync.submissions.receipts import Receipt, sign_receipt
from sync.submissions.signatures import SignatureChecker, SignatureClaim, SignatureResult
from sync.submissions.submission import PIECE_BYTES, Attachment, Submission

RETRY_SECONDS = 30  # seconds until a phone asks again


@dataclass(frozen=True, slots=True)
class Verdict:
    """`about` names the line: `{"id"}` or `{"file", "at"}`; `more` are the verdict's own keys."""

    subject: dict[str, Any]
    verdict: str
    details: dict[str, Any] = field(default_factory=dict)
    error: Refused | None = None

    def as_json(self, language: Any = None) -> dict[str, Any]:
        """`language` translates the sentence of a refusal; None: as it is written."""
        said = {"code": self.error.code, "sentence": self.error.text(language or str)} if self.error else {}
        return self.subject | {"verdict": self.verdict} | said | self.details


class Inbox:
    """`node`: this node's name; `keys`: headquarters' keys, None where they are not. `carrier`: the hub's name, "" where this is no hub."""

    def __init__(self, store: Store, registry: SubmissionRegistry, node: str, keys: SigningKeys | None) -> None:
        self.carrier = ""
        self._store = store
        self._record_id = registry.record_id
        self._admission = Admission(registry)
        self._signature_checker = SignatureChecker(keys)
        self._node = node
        self._keys = keys

    async def receive(self, lines: Sequence[RequestLine], site: str, today: str, road: str = "direct") -> list[Verdict]:
        """A verdict for each line, in order. What is accepted is durable."""
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
        proofs = dict(zip(claims, await self._signature_checker.check(list(claims.values()), today), strict=True))
        verdicts |= {index: turned for index in claims if (turned := self._refusal(claims[index], proofs[index]))}
        admitted = {index: claim for index, claim in claims.items() if index not in verdicts}
        outcomes = await self._write(list(admitted.values()), today, road)
        verdicts |= await self._receive_pieces(
            {index: line for index, line in enumerate(lines) if isinstance(line, PieceLine)}
        )
        for index, claim in admitted.items():
            verdicts[index] = await self._acknowledge(claim.submission, outcomes, proofs[index].receipt)
        return [verdicts[index] for index in range(len(lines))]

    async def make_receipt(self, submission: Submission, site: str, today: str) -> Receipt | None:
        """Headquarters' receipt for what it holds whole; None without its keys, or while pieces are missing."""
        if self._keys is None or await self.missing_pieces(submission.files):
            return None
        return sign_receipt(self._keys, site, submission.id, today)

    async def missing_pieces(self, files: Sequence[Attachment]) -> dict[str, list[int]]:
        """The indexes of pieces not yet here, by attachment."""
        if not files:
            return {}
        known = await self._store.get_many(Collection.FEEDBACK, [file_id(file.digest) for file in files])
        found = {}
        for file in files:
            record = known.get(file_id(file.digest))
            if record is None or not record.body.get("whole"):
                held = await self._store.get_many(
                    Collection.FEEDBACK, [piece_id(file.digest, at) for at in range(file.pieces)]
                )
                found[file.digest] = [at for at in range(file.pieces) if piece_id(file.digest, at) not in held]
        return {name: pieces for name, pieces in found.items() if pieces}

    def _refusal(self, claim: SignatureClaim, proof: SignatureResult) -> Verdict | None:
        about: dict[str, Any] = {"id": claim.submission.id}
        try:
            wait = self._admission.admit(claim, proof.is_valid)
        except InvalidAnswers as error:
            return Verdict(about, "refused", {"answer": error.failure}, error)
        except Refused as error:
            return Verdict(about, "refused", error=error)
        return Verdict(about, "later", {"code": "quota", "seconds": wait}) if wait else None

    async def _write(self, admitted: Sequence[SignatureClaim], today: str, road: str) -> dict[str, Outcome]:
        """Outcomes by record; none when the store does not answer now."""
        writes: dict[str, Write] = {}
        for claim in admitted:
            writes.update((write.id, write) for write in self._writes(claim.submission, claim.signature, today, road))
        try:
            outcomes = await self._store.write(Collection.FEEDBACK, list(writes.values())) if writes else []
        except Unavailable:
            return {}
        return {outcome.id: outcome for outcome in outcomes}

    def _writes(self, submission: Submission, signature: str, today: str, road: str) -> list[Write]:
        received = Write(f"received:{submission.id}:{self._node}", {"day": today, "road": road})
        body = {"text": submission.text} | ({"signature": signature} if submission.device else {})
        beside = [] if self._is_arrival_implied(submission, today, road) else [received]
        return [
            Write(self._record_id(submission.id), body),
            *beside,
            *(Write(file_id(file.digest), {"bytes": file.bytes}) for file in submission.files),
        ]

    def _is_arrival_implied(self, submission: Submission, today: str, road: str) -> bool:
        """What came straight to headquarters on the day it was finished: its own day says when."""
        return self._keys is not None and road == "direct" and submission.day == today

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
        about = {"id": submission.id}
        if missing := await self.missing_pieces(submission.files):
            return Verdict(about, "accepted", {"missing": missing})
        if (
            receipt is None
        ):  # on a hub, or on another of headquarters' machines: the one with the keys signs a moment later
            return Verdict(about, "accepted", {"carrier": self.carrier} if self.carrier else {})
        return Verdict(about, "accepted", {"receipt": receipt.as_json()})

    async def _receive_pieces(self, pieces: dict[int, PieceLine]) -> dict[int, Verdict]:
        if not pieces:
            return {}
        verdicts: dict[int, Verdict] = {}
        files = await self._store.get_many(
            Collection.FEEDBACK, list({file_id(piece.file) for piece in pieces.values()})
        )
        good: dict[int, PieceLine] = {}
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
                good[index] = piece
        writes = {piece_id(piece.file, piece.at): _piece_write(piece) for piece in good.values()}
        outcomes = (
            {outcome.id: outcome for outcome in await self._store.write(Collection.FEEDBACK, list(writes.values()))}
            if writes
            else {}
        )
        for index, piece in good.items():
            later = isinstance(outcomes[piece_id(piece.file, piece.at)], NotDurable)
            verdicts[index] = _piece_verdict(piece, "later", None) if later else _piece_verdict(piece, "accepted")
        for name in {piece.file for piece in good.values()}:
            await self._complete_file(name, int(files[file_id(name)].body["bytes"]))
        return verdicts

    async def _complete_file(self, name: str, size: int) -> None:
        """When every piece is here: whole, or, when the bytes are not the digest's, all thrown away to be sent anew."""
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
    """Bytes of a piece; -1 where the attachment has none."""
    last = Attachment("", size, "").pieces - 1
    return -1 if at > last else PIECE_BYTES if at < last else size - last * PIECE_BYTES


async def read_attachment(store: Store, name: str, size: int) -> bytes | None:
    """An attachment's bytes as they came; None while a piece is missing."""
    ids = piece_ids(name, size)
    held = await store.get_many(Collection.FEEDBACK, ids)
    if len(held) < len(ids):
        return None
    return b"".join(base64.b64decode(held[id].body["data"]) for id in ids)


def _piece_write(piece: PieceLine) -> Write:
    return Write(piece_id(piece.file, piece.at), {"data": base64.b64encode(piece.data).decode()})


def _piece_verdict(piece: PieceLine, verdict: str, error: Refused | None = None) -> Verdict:
    more = {"code": "store-later", "seconds": RETRY_SECONDS} if verdict == "later" else {}
    return Verdict({"file": piece.file, "at": piece.at}, verdict, more, error)


def _retry_later(submission: Submission) -> Verdict:
    return Verdict({"id": submission.id}, "later", {"code": "store-later", "seconds": RETRY_SECONDS})
