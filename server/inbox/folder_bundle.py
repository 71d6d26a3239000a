"""Submissions in the folder that a hub without a link hands to headquarters, and the receipts that come back.

Files: bundles and receipts (PROTOCOL.md, section 13). A bundle's submissions are received as any bundle's are, so one
that comes twice is counted once. Used by `hub_folder`.
"""

from __future__ import annotations

import json
from collections.abc import AsyncIterator, Mapping, Sequence, Set
from dataclasses import dataclass, field
from typing import Any

from anyio import to_thread

from server.inbox.bundle_intake import BundleResult, receive_lines
from server.inbox.service import InboxService
from sync.canonical import base64url_encode, digest
from sync.errors import KunnafoniError
from sync.store.checked_writes import ensure_all_present
from sync.store.contract import Collection, Record, Store, Write
from sync.store.iteration import iterate_records
from sync.submissions.attachments import piece_id, piece_ids
from sync.submissions.body_lines import PieceLine, RequestLine, SubmissionLine
from sync.submissions.bundle import read_bundle, read_receipts, write_bundle, write_receipts
from sync.submissions.receipts import is_receipt_valid
from sync.submissions.record_admission import read_submission
from sync.submissions.record_ids import PREFIX, submission_id_of
from sync.submissions.related_records import piece_data

MAX_BUNDLE_BYTES = 8_000_000  # of lines: base64 stays below a bundle's limit
MAX_BUNDLE_LINES = 1_000


@dataclass
class BundleContents:
    """The ids of the submissions that bundles hold, and the record ids of the pieces of attachments."""

    submissions: set[str] = field(default_factory=set)
    pieces: set[str] = field(default_factory=set)

    @classmethod
    def of_lines(cls, lines: Sequence[RequestLine]) -> BundleContents:
        return cls(
            {digest(line.text) for line in lines if isinstance(line, SubmissionLine)},
            {piece_id(line.file, line.at) for line in lines if isinstance(line, PieceLine)},
        )

    def add(self, other: BundleContents) -> None:
        self.submissions |= other.submissions
        self.pieces |= other.pieces


async def read_contents(text: str, site: str) -> BundleContents:
    """The contents of a bundle. Raises Refused as `read_bundle` does."""
    return BundleContents.of_lines(await to_thread.run_sync(read_bundle, text, site))


async def receive_bundle(inbox: InboxService, text: str) -> tuple[BundleResult, str]:
    """Receive a bundle at headquarters; return the result and the receipts as a file, "" if there are none.

    Raises Refused for a text that is not a whole bundle of this site; nothing of it is received then.
    """
    lines = await to_thread.run_sync(read_bundle, text, inbox.site)
    result = BundleResult()
    result.add(await receive_lines(inbox, lines))
    ids = sorted(BundleContents.of_lines(lines).submissions)
    receipts = {id: receipt for id, receipt in (await inbox.get_receipts(ids)).items() if receipt}
    return result, write_receipts(inbox.site, receipts) if receipts else ""


async def write_bundles(store: Store, site: str, carried: BundleContents) -> AsyncIterator[str]:
    """The hub's submissions that have no receipt as bundles, one by one, without what is `carried` already."""
    lines: list[bytes] = []
    async for record in iterate_records(store, Collection.FEEDBACK, PREFIX):
        if await store.get(Collection.FEEDBACK, f"receipt:{submission_id_of(record.id)}"):
            continue
        async for part in _split_submission(store, record, carried):
            if lines and (len(lines) + len(part) > MAX_BUNDLE_LINES or _size(lines) + _size(part) > MAX_BUNDLE_BYTES):
                yield await to_thread.run_sync(write_bundle, site, b"".join(lines))
                lines = []
            lines += part
    if lines:
        yield await to_thread.run_sync(write_bundle, site, b"".join(lines))


async def take_receipts(store: Store, site: str, text: str) -> int:
    """Keep the receipts of this hub's submissions that headquarters signed; return the number of new ones.

    Raises Refused for a file that is not whole, or of another site.
    """
    listed = read_receipts(text, site)
    keys = await _find_keys(store, {receipt.epoch for receipt in listed.values()})
    receipts = {
        id: receipt
        for id, receipt in listed.items()
        if is_receipt_valid(keys.get(receipt.epoch, ""), site, id, receipt)
    }
    records = await store.get_many(Collection.FEEDBACK, [f"receipt:{id}" for id in receipts])
    new = {id: receipt for id, receipt in receipts.items() if f"receipt:{id}" not in records}
    if new:
        writes = [Write(f"receipt:{id}", dict(receipt.as_record())) for id, receipt in new.items()]
        ensure_all_present(await store.write(Collection.FEEDBACK, writes))
    return len(new)


async def is_settled(store: Store, ids: Set[str]) -> bool:
    """True if a bundle of these is not to be carried on: all have their receipts, or one was erased meanwhile."""
    receipts = await store.get_many(Collection.FEEDBACK, [f"receipt:{id}" for id in ids])
    erasures = await store.get_many(Collection.FEEDBACK, [f"erased:{id}" for id in ids])
    return bool(erasures) or len(receipts) == len(ids)


async def _split_submission(store: Store, record: Record, carried: BundleContents) -> AsyncIterator[list[bytes]]:
    """The lines of a submission and of its pieces that are here and not `carried`, in parts that fit into a bundle.

    Each part begins with the submission: headquarters knows no piece without it.
    """
    try:
        submission = read_submission(record)
    except KunnafoniError:  # another machine's malformed record, which headquarters would refuse too
        return
    line: dict[str, Any] = {"submission": submission.text}
    if isinstance(signature := record.body.get("signature"), str):
        line["signature"] = signature
    first = _encode(line)
    lines = [] if submission.id in carried.submissions else [first]
    for file in submission.files:
        ids = piece_ids(file.digest, file.bytes)
        pieces = await store.get_many(Collection.FEEDBACK, [id for id in ids if id not in carried.pieces])
        for at, id in enumerate(ids):
            data = piece_data(pieces[id].body) if id in pieces else None
            if data is None:
                continue
            piece = _encode({"file": file.digest, "at": at, "data": base64url_encode(data)})
            if lines and (len(lines) == MAX_BUNDLE_LINES or _size(lines) + len(piece) > MAX_BUNDLE_BYTES):
                yield lines
                lines = []
            lines = [*(lines or [first]), piece]
    if lines:
        yield lines


async def _find_keys(store: Store, epochs: Set[int]) -> Mapping[int, str]:
    """The public keys of the site that this hub has verified, by epoch: also of one before a rotation."""
    records = await store.get_many(Collection.EDITIONS, [f"key:{epoch}" for epoch in epochs])
    return {epoch: str(records[f"key:{epoch}"].body["key"]) for epoch in epochs if f"key:{epoch}" in records}


def _encode(line: Mapping[str, Any]) -> bytes:
    return json.dumps(line, ensure_ascii=False, separators=(",", ":")).encode() + b"\n"


def _size(lines: Sequence[bytes]) -> int:
    return sum(map(len, lines))
