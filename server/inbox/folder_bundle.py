"""Submissions in the folder that a hub without a link hands to headquarters, and its receipts and refusals.

Files: bundles and receipts (PROTOCOL.md, section 13), and refusals, which nobody signs: what headquarters refuses, or
has erased, the hub keeps, and leaves out for REST. A bundle's submissions are received as any bundle's are, so one
that comes twice is counted once. Used by `hub_folder`.
"""

from __future__ import annotations

import datetime
import json
from collections.abc import AsyncIterator, Iterable, Mapping, Sequence, Set
from dataclasses import dataclass, field
from typing import Any

from anyio import to_thread

from server.inbox.bundle_intake import BundleResult, receive_lines
from server.inbox.service import InboxService
from sync.canonical import base64url_encode, digest
from sync.errors import KunnafoniError
from sync.json_text import parse_json
from sync.store.checked_writes import ensure_all_present
from sync.store.contract import Collection, Record, Saved, Store, Write
from sync.store.iteration import iterate_pages, iterate_records
from sync.submissions.attachments import piece_id, piece_ids
from sync.submissions.body_lines import PieceLine, RequestLine, SubmissionLine, unpack
from sync.submissions.bundle import bundle_broken, read_bundle, read_receipts, write_bundle, write_receipts
from sync.submissions.receipts import is_receipt_valid
from sync.submissions.record_admission import read_submission
from sync.submissions.record_ids import PREFIX, is_submission_id, submission_id_of
from sync.submissions.related_records import piece_data
from sync.text_file import decode_payload, split_text_file, write_text_file

MAX_BUNDLE_BYTES = 8_000_000  # of lines: base64 stays below a bundle's limit
MAX_BUNDLE_LINES = 1_000
PAGE_SIZE = 200  # submissions that are looked up at once
_REFUSAL_PREFIX = "refusal:"
REFUSALS_TAG = "kunnafoni-refusals/1"
MAX_REFUSALS_BYTES = 1_000_000
REST = datetime.timedelta(days=30)  # a card that lies delays a submission, and loses none


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


async def receive_bundle(inbox: InboxService, text: str) -> tuple[BundleResult, str, str]:
    """Receive a bundle at headquarters; return the result, and receipts and refusals as files, "" if there are none.

    Raises Refused for a text that is not a whole bundle of this site; nothing of it is received then.
    """
    lines = await to_thread.run_sync(read_bundle, text, inbox.site)
    result = BundleResult()
    verdicts = await receive_lines(inbox, lines)
    result.add(verdicts)
    ids = sorted(BundleContents.of_lines(lines).submissions)
    receipts = {id: receipt for id, receipt in (await inbox.get_receipts(ids)).items() if receipt}
    refusals = {
        str(verdict.subject["id"]): verdict.error.code
        for verdict in verdicts
        if verdict.verdict == "refused" and verdict.error and "id" in verdict.subject
    }
    return (
        result,
        write_receipts(inbox.site, receipts) if receipts else "",
        _write_refusals(inbox.site, refusals) if refusals else "",
    )


async def write_bundles(store: Store, site: str, carried: BundleContents, today: datetime.date) -> AsyncIterator[str]:
    """The hub's submissions that are not settled as bundles, one by one, without what is `carried` already."""
    lines: list[bytes] = []
    async for record in _iterate_unsettled(store, today):
        async for part in _split_submission(store, record, carried):
            if lines and (len(lines) + len(part) > MAX_BUNDLE_LINES or _size(lines) + _size(part) > MAX_BUNDLE_BYTES):
                yield await to_thread.run_sync(write_bundle, site, b"".join(lines))
                lines = []
            lines += part
    if lines:
        yield await to_thread.run_sync(write_bundle, site, b"".join(lines))


async def _iterate_unsettled(store: Store, today: datetime.date) -> AsyncIterator[Record]:
    page: list[Record] = []
    async for record in iterate_records(store, Collection.FEEDBACK, PREFIX, page_size=PAGE_SIZE):
        page.append(record)
        if len(page) == PAGE_SIZE:
            for unsettled in await _select_unsettled(store, page, today):
                yield unsettled
            page = []
    for unsettled in await _select_unsettled(store, page, today):
        yield unsettled


async def _select_unsettled(store: Store, page: Sequence[Record], today: datetime.date) -> list[Record]:
    settled = await _find_settled(store, {submission_id_of(record.id) for record in page}, today) if page else set()
    return [record for record in page if submission_id_of(record.id) not in settled]


async def take_receipts(inbox: InboxService, store: Store, text: str) -> int:
    """Keep the receipts of this hub's submissions that headquarters signed; return the number of new ones.

    Those of another hub stay on the card for it. Raises Refused for a file that is not whole, or of another site.
    """
    listed = read_receipts(text, inbox.site)
    keys = await _find_keys(store, {receipt.epoch for receipt in listed.values()})
    receipts = {
        id: listed[id]
        for id in await _select_own(inbox, listed)
        if is_receipt_valid(keys.get(listed[id].epoch, ""), inbox.site, id, listed[id])
    }
    records = await store.get_many(Collection.FEEDBACK, [f"receipt:{id}" for id in receipts])
    new = {id: receipt for id, receipt in receipts.items() if f"receipt:{id}" not in records}
    if new:
        writes = [Write(f"receipt:{id}", dict(receipt.as_record())) for id, receipt in new.items()]
        ensure_all_present(await store.write(Collection.FEEDBACK, writes))
    return len(new)


async def take_refusals(inbox: InboxService, store: Store, text: str, today: datetime.date) -> int:
    """Note in the journal which of this hub's submissions headquarters refused: they rest; return their number.

    Raises Refused for a file that is not whole, or of another site.
    """
    listed = await to_thread.run_sync(_read_refusals, text, inbox.site)
    refusals = {id: listed[id] for id in await _select_own(inbox, listed)}
    records = await store.get_many(Collection.JOURNAL, [_refusal_id(id) for id in refusals])
    writes = []
    for id, code in refusals.items():
        record = records.get(_refusal_id(id))
        writes.append(Write(_refusal_id(id), {"day": today.isoformat(), "code": code}, record.rev if record else None))
    if writes:
        ensure_all_present(await store.write(Collection.JOURNAL, writes))
    return len(writes)


async def drop_old_refusals(store: Store, today: datetime.date) -> int:
    """Delete the refusals after which submissions no longer rest; return their number."""
    start, dropped = (today - REST).isoformat(), 0
    async for page in iterate_pages(store, Collection.JOURNAL, _REFUSAL_PREFIX, page_size=PAGE_SIZE):
        ended = [Write(record.id, None, record.rev) for record in page if str(record.body.get("day", "")) <= start]
        outcomes = await store.write(Collection.JOURNAL, ended) if ended else []
        dropped += sum(isinstance(outcome, Saved) for outcome in outcomes)
    return dropped


async def _select_own(inbox: InboxService, ids: Iterable[str]) -> list[str]:
    """The ids among these of submissions that this hub has."""
    await inbox.node_cache.ensure_loaded()
    return list(await inbox.node_cache.find_record_ids(ids))


async def is_settled(store: Store, ids: Set[str], today: datetime.date) -> bool:
    """True if a bundle of these is not to be carried on: all have an answer, or one was erased meanwhile."""
    erasures = await store.get_many(Collection.FEEDBACK, [f"erased:{id}" for id in ids])
    return bool(erasures) or await _find_settled(store, ids, today) == ids


async def _find_settled(store: Store, ids: Set[str], today: datetime.date) -> set[str]:
    """The ids that have headquarters' receipt, or rest since it refused them."""
    receipts = await store.get_many(Collection.FEEDBACK, [f"receipt:{id}" for id in ids])
    refusals = await store.get_many(Collection.JOURNAL, [_refusal_id(id) for id in ids])
    start = (today - REST).isoformat()
    return {id for id in ids if f"receipt:{id}" in receipts} | {
        id for id in ids if (record := refusals.get(_refusal_id(id))) and str(record.body.get("day", "")) > start
    }


def _refusal_id(id: str) -> str:
    return _REFUSAL_PREFIX + id


def _write_refusals(site: str, refusals: Mapping[str, str]) -> str:
    lines = b"".join(_encode({"id": id, "code": code}) for id, code in refusals.items())
    return write_text_file(f"{REFUSALS_TAG} {site}", lines)


def _read_refusals(text: str, site: str) -> dict[str, str]:
    try:
        heading, payload = split_text_file(text)
        lines = unpack(decode_payload(payload), MAX_REFUSALS_BYTES).splitlines()
        refusals = {str(value["id"]): str(value["code"])[:60] for value in map(parse_json, lines)}
    except (ValueError, KeyError, TypeError, KunnafoniError) as error:
        raise bundle_broken() from error
    if heading != f"{REFUSALS_TAG} {site}" or len(refusals) > MAX_BUNDLE_LINES:
        raise bundle_broken()
    if not all(map(is_submission_id, refusals)):
        raise bundle_broken()
    return refusals


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
