"""Submissions in the folder that a hub without a link hands to headquarters, and the receipts that come back.

Files: bundles and receipts (PROTOCOL.md, section 13). A bundle's submissions are received as any bundle's are, so one
that comes twice is counted once. Used by `hub_folder`.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from server.inbox.bundle_intake import BundleResult, import_bundle
from server.inbox.service import InboxService
from sync.canonical import base64url_encode, digest
from sync.editions.archive import Archive
from sync.errors import KunnafoniError
from sync.store.checked_writes import ensure_all_present
from sync.store.contract import Collection, Record, Store, Write
from sync.store.iteration import iterate_records
from sync.submissions.attachments import piece_ids
from sync.submissions.body_lines import SubmissionLine
from sync.submissions.bundle import read_bundle, read_receipts, write_bundle, write_receipts
from sync.submissions.receipts import is_receipt_valid
from sync.submissions.record_admission import read_submission
from sync.submissions.record_ids import PREFIX, submission_id_of
from sync.submissions.related_records import piece_data

MAX_BUNDLE_BYTES = 8_000_000  # of lines: base64 stays below a bundle's limit
MAX_BUNDLE_LINES = 1_000


async def receive_bundle(inbox: InboxService, text: str) -> tuple[BundleResult, str]:
    """Receive a bundle at headquarters; return the result and the receipts as a file, "" if there are none.

    Raises Refused for a text that is not a whole bundle of this site; nothing of it is received then.
    """
    ids = list(submission_ids(text, inbox.site))
    result = BundleResult()
    result.add(await import_bundle(inbox, text))
    receipts = {id: receipt for id, receipt in (await inbox.get_receipts(ids)).items() if receipt}
    return result, write_receipts(inbox.site, receipts) if receipts else ""


def submission_ids(text: str, site: str) -> Iterator[str]:
    """The ids of the submissions of a bundle. Raises Refused as `read_bundle` does."""
    return (digest(line.text) for line in read_bundle(text, site) if isinstance(line, SubmissionLine))


async def write_bundles(store: Store, site: str, carried: Iterable[str]) -> list[str]:
    """The hub's submissions that have no receipt and are not among `carried`, ids, as bundles."""
    left_out = set(carried)
    bundles: list[str] = []
    lines: list[bytes] = []
    async for record in iterate_records(store, Collection.FEEDBACK, PREFIX):
        id = submission_id_of(record.id)
        if id in left_out or await store.get(Collection.FEEDBACK, f"receipt:{id}"):
            continue
        own = await _lines_of(store, record)
        if lines and (len(lines) + len(own) > MAX_BUNDLE_LINES or _size(lines) + _size(own) > MAX_BUNDLE_BYTES):
            bundles.append(write_bundle(site, b"".join(lines)))
            lines = []
        lines += own
    return [*bundles, write_bundle(site, b"".join(lines))] if lines else bundles


async def take_receipts(store: Store, site: str, text: str) -> int:
    """Keep the receipts of this hub's submissions that headquarters signed; return the number of new ones.

    Raises Refused for a file that is not whole, or of another site.
    """
    keys = await _site_keys(store)
    receipts = {
        id: receipt
        for id, receipt in read_receipts(text, site).items()
        if is_receipt_valid(keys.get(receipt.epoch, ""), site, id, receipt)
    }
    records = await store.get_many(Collection.FEEDBACK, [f"receipt:{id}" for id in receipts])
    new = {id: receipt for id, receipt in receipts.items() if f"receipt:{id}" not in records}
    if new:
        writes = [Write(f"receipt:{id}", dict(receipt.as_record())) for id, receipt in new.items()]
        ensure_all_present(await store.write(Collection.FEEDBACK, writes))
    return len(new)


async def is_settled(store: Store, ids: Sequence[str]) -> bool:
    """True if a bundle of these is not to be carried on: all have their receipts, or one was erased meanwhile."""
    receipts = await store.get_many(Collection.FEEDBACK, [f"receipt:{id}" for id in ids])
    erasures = await store.get_many(Collection.FEEDBACK, [f"erased:{id}" for id in ids])
    return bool(erasures) or len(receipts) == len(set(ids))


async def _lines_of(store: Store, record: Record) -> list[bytes]:
    """The request lines of a submission: its text and signature, then the pieces that are here."""
    try:
        submission = read_submission(record)
    except KunnafoniError:  # another machine's malformed record, which headquarters would refuse too
        return []
    line: dict[str, Any] = {"submission": submission.text}
    if isinstance(signature := record.body.get("signature"), str):
        line["signature"] = signature
    lines = [_encode(line)]
    for file in submission.files:
        ids = piece_ids(file.digest, file.bytes)
        pieces = await store.get_many(Collection.FEEDBACK, ids)
        for at, id in enumerate(ids):
            data = piece_data(pieces[id].body) if id in pieces else None
            if data is not None:
                lines.append(_encode({"file": file.digest, "at": at, "data": base64url_encode(data)}))
    return lines


async def _site_keys(store: Store) -> Mapping[int, str]:
    """The public keys of the site that this hub has verified, by epoch."""
    archive = Archive(store)
    keys: dict[int, str] = {}
    for channel in await archive.channels():
        if head := await archive.head(channel):
            keys[head.statement.epoch] = head.key
            keys |= dict(zip(range(2, head.statement.epoch + 1), (key for key, _, _ in head.chain), strict=True))
    return keys


def _encode(line: Mapping[str, Any]) -> bytes:
    return json.dumps(line, ensure_ascii=False, separators=(",", ":")).encode() + b"\n"


def _size(lines: Sequence[bytes]) -> int:
    return sum(map(len, lines))
