"""Attachments in pieces: received, compared with their digest once all are here, and read (PROTOCOL.md, section 11).

A hub may send other bytes under an attachment's digest, or claim that it is whole: only bytes of that digest count.
"""

from __future__ import annotations

import base64
from collections.abc import Mapping, Sequence

from sync.canonical import digest
from sync.errors import Refused
from sync.store.contract import Collection, NotDurable, Record, Saved, Store, Write
from sync.submissions.body_lines import PieceLine
from sync.submissions.related_records import attachment_size, piece_data
from sync.submissions.submission import PIECE_BYTES, Attachment
from sync.submissions.verdict import RETRY_SECONDS, Verdict


class AttachmentIntake:
    """Receives pieces on one node."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._complete_revs: dict[str, str] = {}  # digest -> revision of `file:` after its bytes were compared here

    async def missing_pieces(self, files: Sequence[Attachment]) -> dict[str, list[int]]:
        """Indexes of the missing pieces, by attachment digest; attachments that are complete are left out.

        A hub may claim that an attachment is whole, or send other bytes: each is read and compared once.
        """
        missing = {}
        records = await self._store.get_many(Collection.FEEDBACK, [file_id(file.digest) for file in files])
        for file in files:
            if self._is_complete(records.get(file_id(file.digest))):
                continue
            ids = piece_ids(file.digest, file.bytes)
            stored = await self._store.get_many(Collection.FEEDBACK, ids)
            if len(stored) == len(ids) and not await self._complete(file.digest, file.bytes):
                stored = {}
            missing[file.digest] = [at for at, id in enumerate(ids) if id not in stored]
        return {file_digest: pieces for file_digest, pieces in missing.items() if pieces}

    async def receive_pieces(self, pieces: dict[int, PieceLine]) -> dict[int, Verdict]:
        """Verdicts by the index of the line."""
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
            elif len(piece.data) != piece_length(attachment_size(record.body) or 0, piece.at):
                verdicts[index] = _piece_verdict(
                    piece, "refused", Refused("file-piece", "Ce morceau de pièce jointe n’a pas la bonne taille.")
                )
            elif self._is_complete(record):
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
            await self._complete(file_digest, attachment_size(files[file_id(file_digest)].body) or 0)
        return verdicts

    async def _complete(self, name: str, size: int) -> bool:
        """Mark a file with all pieces as complete; erase the pieces if they are of other bytes, to be sent again."""
        ids = piece_ids(name, size)
        pieces = await self._store.get_many(Collection.FEEDBACK, ids)
        if len(pieces) < len(ids):
            return False
        if _join_pieces(pieces, ids, name) is None:
            await self._store.erase(Collection.FEEDBACK, ids)
            return False
        record = await self._store.get(Collection.FEEDBACK, file_id(name))
        if record:
            marked = Write(record.id, {"bytes": size, "whole": True}, record.rev)
            [outcome] = await self._store.write(Collection.FEEDBACK, [marked])
            if isinstance(outcome, Saved):
                self._complete_revs[name] = outcome.rev
        return True

    def _is_complete(self, record: Record | None) -> bool:
        """True if the attachment's bytes were compared here, and not erased since."""
        return record is not None and self._complete_revs.get(record.id.removeprefix("file:")) == record.rev


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
    """An attachment's bytes, those of its digest; None while a piece is missing or is of other bytes."""
    ids = piece_ids(name, size)
    return _join_pieces(await store.get_many(Collection.FEEDBACK, ids), ids, name)


def _join_pieces(pieces: Mapping[str, Record], ids: Sequence[str], name: str) -> bytes | None:
    parts = [piece_data(pieces[id].body) for id in ids if id in pieces]
    data = b"".join(part for part in parts if part is not None)
    return data if len(parts) == len(ids) and digest(data) == name else None


def _piece_write(piece: PieceLine) -> Write:
    return Write(piece_id(piece.file, piece.at), {"data": base64.b64encode(piece.data).decode()})


def _piece_verdict(piece: PieceLine, verdict: str, error: Refused | None = None) -> Verdict:
    details = {"code": "store-later", "seconds": RETRY_SECONDS} if verdict == "later" else {}
    return Verdict({"file": piece.file, "at": piece.at}, verdict, details, error)
