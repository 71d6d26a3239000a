"""Batched writes to one collection: writes that arrive during a `_bulk_docs` request share the next one.

Each row of a response is evaluated on its own:

- 201 means a quorum (`Saved`), 202 less than a quorum (`NotDurable`).
- A write that names a revision is sent only if that revision exists; when it is replaced meanwhile, CouchDB reports
  `conflict`.
- After `conflict` the record is read: a body equal to ours was ours or as good as ours (`Saved`), another one makes the
  write `Stale`.
- On a cluster an equal body may be on one node only, and CouchDB still answers `conflict` with 201. Therefore it is
  written once more under its own revision, and is `Saved` only when that gets 201. (`new_edits=false` does not help: it
  answers 201 with a single node up.) Exempt are revisions for which this process received 201, and deletions, which
  CouchDB does not accept twice.
"""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from sync.asyncio_futures import set_future
from sync.errors import KunnafoniError, Refused, Unavailable
from sync.store.contract import NotDurable, Outcome, Record, Saved, Stale, Write
from sync.store.couch.client import StatusError
from sync.store.couch.database import CouchDatabase, LeafRevision, ServerCapabilities
from sync.store.limits import EncodedWrite, json_equal
from sync.store.write_status import WriteStatus

MAX_CONCURRENT = 2  # requests in flight: CouchDB and this process work at the same time
MAX_WRITES = 500  # of one request
MAX_CONFIRMED = 20_000  # revisions known to be on a quorum; most retries come within minutes
MAX_BYTES = 16_000_000  # of one request; CouchDB and the proxies in front of it accept that much


@dataclass(slots=True)
class _PendingWrite:
    encoded: EncodedWrite
    outcome: asyncio.Future[Outcome]


class CouchWriter:
    """`quorum`: number of nodes that must store a write before CouchDB answers 201."""

    def __init__(self, database: CouchDatabase, server: ServerCapabilities, quorum: int, status: WriteStatus) -> None:
        self._database = database
        self._server = server
        self._quorum = quorum
        self._status = status
        self._queue: deque[_PendingWrite] = deque()
        self._confirmed: dict[tuple[str, str], None] = {}  # (id, revision), oldest first
        self._tasks: set[asyncio.Task[None]] = set()
        self._in_flight: set[str] = set()  # ids, each in a single request

    async def write(self, encoded: Sequence[EncodedWrite]) -> list[Outcome]:
        loop = asyncio.get_running_loop()
        pending = [_PendingWrite(write, loop.create_future()) for write in encoded]
        self._queue.extend(pending)
        if sum(not task.done() for task in self._tasks) < MAX_CONCURRENT:
            task = loop.create_task(self._drain())
            self._tasks.add(task)
            task.add_done_callback(self._tasks.discard)
        return list(await asyncio.gather(*(write.outcome for write in pending)))

    async def finish(self) -> None:
        while self._tasks:
            await asyncio.wait(self._tasks)

    async def _drain(self) -> None:
        while batch := self._next_batch():
            try:
                outcomes: Sequence[Outcome | KunnafoniError] = await self._send([write.encoded for write in batch])
            except KunnafoniError as error:
                outcomes = [error] * len(batch)
            except Exception as error:  # every future must be completed
                unexpected = Unavailable("store-answer", "CouchDB a répondu autre chose que prévu.")
                unexpected.__cause__ = error
                outcomes = [unexpected] * len(batch)
            self._status.record_outcomes(outcomes)
            self._in_flight.difference_update(write.encoded.id for write in batch)
            for write, outcome in zip(batch, outcomes, strict=True):
                set_future(write.outcome, outcome)

    def _next_batch(self) -> list[_PendingWrite]:
        """The writes of the next request, in order, without an id twice: CouchDB would evaluate both against one state.

        Empty while the next id has a write in flight; that write's task drains the queue afterwards.
        """
        batch: list[_PendingWrite] = []
        size = 0
        while self._queue and len(batch) < MAX_WRITES and self._queue[0].encoded.id not in self._in_flight:
            size += len(self._queue[0].encoded.body_json or "")
            if batch and size > MAX_BYTES:
                break
            batch.append(self._queue.popleft())
            self._in_flight.add(batch[-1].encoded.id)
        return batch

    async def _send(self, batch: list[EncodedWrite]) -> list[Outcome | KunnafoniError]:
        sendable = await self._sendable(batch)
        try:
            status, response = await self._database.bulk_write(_bulk_body(sendable.values())) if sendable else (201, [])
        except StatusError:
            if len(batch) == 1:
                return [_refused_by_couch(batch[0].id)]
            # One by one, so that a refused write does not block the others.
            return [outcome for write in batch for outcome in await self._send([write])]
        rows = {row["id"]: row for row in response}
        outcomes: dict[str, Outcome | KunnafoniError] = {}
        contested = []
        for write in batch:
            row = rows.get(write.id, {})
            if write.id not in sendable or row.get("error") == "conflict":
                contested.append(write)
            else:
                outcomes[write.id] = self._outcome(write.id, row, status)
        outcomes.update(await self._resolve_contested(contested))
        return [outcomes[write.id] for write in batch]

    async def _sendable(self, batch: list[EncodedWrite]) -> dict[str, tuple[Write, str | None]]:
        """Writes, with their JSON, that name no revision or the current one, by id.

        Over a deleted document CouchDB accepts an unknown revision, but not that of the deletion: a write over a
        deletion is therefore sent without a revision.
        """
        ids_with_rev = [encoded.id for encoded in batch if encoded.write.rev is not None]
        leaves = await self._database.winning_leaves(self._server, ids_with_rev) if ids_with_rev else {}
        sendable = {}
        for write, body_json in ((encoded.write, encoded.body_json) for encoded in batch):
            leaf = leaves.get(write.id)
            if write.rev is None or (leaf is not None and leaf.rev == write.rev and leaf.body is not None):
                sendable[write.id] = (write, body_json)
            elif leaf is not None and leaf.rev == write.rev and body_json is not None:
                sendable[write.id] = (Write(write.id, write.body), body_json)
        return sendable

    async def _resolve_contested(self, contested: list[EncodedWrite]) -> dict[str, Outcome]:
        if not contested:
            return {}
        leaves = await self._database.winning_leaves(self._server, [write.id for write in contested])
        outcomes: dict[str, Outcome] = {}
        equal = []
        for write in contested:
            leaf = leaves.get(write.id)
            if leaf is not None and json_equal(leaf.body, write.write.body):
                outcomes[write.id] = Saved(write.id, leaf.rev)
                if leaf.body is not None and (write.id, leaf.rev) not in self._confirmed:
                    equal.append((write, leaf))
            elif leaf is None and write.write.rev is None:
                outcomes[write.id] = NotDurable(write.id)  # a node that no longer responds reported the conflict
            else:
                outcomes[write.id] = Stale(write.id, _record(leaf))
        if equal and self._quorum > 1:
            outcomes.update(await self._confirm_quorum(equal))
        return outcomes

    async def _confirm_quorum(self, equal: list[tuple[EncodedWrite, LeafRevision]]) -> dict[str, Outcome]:
        outcomes: dict[str, Outcome] = {write.id: NotDurable(write.id) for write, _ in equal}
        try:
            status, rows = await self._database.bulk_write(
                _bulk_body((Write(write.id, write.write.body, leaf.rev), write.body_json) for write, leaf in equal)
            )
        except StatusError:
            return outcomes
        outcomes.update(
            {row["id"]: self._saved(row["id"], row["rev"]) for row in rows if status == 201 and "rev" in row}
        )
        return outcomes

    def _outcome(self, id: str, row: dict[str, Any], status: int) -> Outcome | KunnafoniError:
        if row.get("error") in ("forbidden", "unauthorized"):  # a validation function of the operator's
            return _refused_by_couch(id)
        if "rev" not in row or "error" in row or status != 201:
            return NotDurable(id)
        return self._saved(id, row["rev"])

    def _saved(self, id: str, rev: str) -> Saved:
        self._confirmed[id, rev] = None
        if len(self._confirmed) > MAX_CONFIRMED:
            self._confirmed.pop(next(iter(self._confirmed)))
        return Saved(id, rev)


def _bulk_body(writes: Iterable[tuple[Write, str | None]]) -> bytes:
    return b'{"docs":[' + b",".join(_document(write, body_json) for write, body_json in writes) + b"]}"


def _document(write: Write, body_json: str | None) -> bytes:
    # Ids and revisions have been checked to be plain ASCII; the body was encoded by `encode_writes`.
    head = f'{{"_id":"{write.id}"' + (f',"_rev":"{write.rev}"' if write.rev else "")
    tail = ',"_deleted":true}' if body_json is None else "}" if body_json == "{}" else "," + body_json[1:]
    return (head + tail).encode()


def _refused_by_couch(id: str) -> Refused:
    return Refused("store-refused", "CouchDB n’accepte pas « {id} ».", id=id)


def _record(leaf: LeafRevision | None) -> Record | None:
    return Record(leaf.id, leaf.rev, leaf.body) if leaf is not None and leaf.body is not None else None
