"""Writes to one room: what arrives while `_bulk_docs` are under way goes together into the next, and each row is judged alone.

- 201 is a quorum (`Saved`), 202 is less (`NotDurable`).
- A write that names a revision is sent only when that revision is there; if it is replaced meanwhile, CouchDB says `conflict`.
- A conflict row is read back: a body equal to ours was ours, or as good (`Saved`); another is `Stale`.
- On a cluster an equal body may stand on one node alone, and CouchDB then answers `conflict` with 201. So it is written once more
  under the revision it has, and is `Saved` only when that gets 201. (Writing it with `new_edits=false` would not do: that answers 201
  with a single node up.) Not so what this process saw get 201, nor a deletion, which CouchDB lets nobody write again.
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

MAX_CONCURRENT = 2  # requests under way: CouchDB and this process work at the same time
MAX_WRITES = 500  # of one request
MAX_CONFIRMED = 20_000  # revisions known to be on a quorum; a repeat mostly follows within minutes
MAX_BYTES = 16_000_000  # of one request; CouchDB and the proxies before it take this much


@dataclass(slots=True)
class _PendingWrite:
    encoded: EncodedWrite
    outcome: asyncio.Future[Outcome]


class CouchWriter:
    """`copies`: of how many nodes CouchDB wants an answer for 201, as it says of this database itself."""

    def __init__(self, database: CouchDatabase, server: ServerCapabilities, quorum: int) -> None:
        self._database = database
        self._server = server
        self._quorum = quorum
        self._queue: deque[_PendingWrite] = deque()
        self._confirmed: dict[tuple[str, str], None] = {}  # (id, revision), oldest first
        self._tasks: set[asyncio.Task[None]] = set()
        self._in_flight: set[str] = set()  # ids, each in one request only

    async def write(self, encoded: Sequence[EncodedWrite]) -> list[Outcome]:
        loop = asyncio.get_running_loop()
        waiting = [_PendingWrite(one, loop.create_future()) for one in encoded]
        self._queue.extend(waiting)
        if sum(not task.done() for task in self._tasks) < MAX_CONCURRENT:
            task = loop.create_task(self._drain())
            self._tasks.add(task)
            task.add_done_callback(self._tasks.discard)
        return list(await asyncio.gather(*(one.outcome for one in waiting)))

    async def finish(self) -> None:
        while self._tasks:
            await asyncio.wait(self._tasks)

    async def _drain(self) -> None:
        while batch := self._next_batch():
            try:
                outcomes: Sequence[Outcome | KunnafoniError] = await self._send([one.encoded for one in batch])
            except KunnafoniError as error:
                outcomes = [error] * len(batch)
            except Exception as error:  # whoever waits must hear of it, whatever it is
                strange = Unavailable("store-answer", "CouchDB a répondu autre chose que prévu.")
                strange.__cause__ = error
                outcomes = [strange] * len(batch)
            self._in_flight.difference_update(one.encoded.id for one in batch)
            for one, outcome in zip(batch, outcomes, strict=True):
                set_future(one.outcome, outcome)

    def _next_batch(self) -> list[_PendingWrite]:
        """A request's worth, in order, no id twice (CouchDB would judge the second before the first is there).

        Nothing when the next id is under way: whoever waits for that one takes it afterwards.
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
        sent = await self._sendable(batch)
        try:
            status, answered = await self._database.bulk_write(_bulk_body(sent.values())) if sent else (201, [])
        except StatusError:
            if len(batch) == 1:
                return [_refused_by_couch(batch[0].id)]
            return [
                outcome for one in batch for outcome in await self._send([one])
            ]  # one must not hold back its neighbours
        rows = {row["id"]: row for row in answered}
        judged: dict[str, Outcome | KunnafoniError] = {}
        contested = []
        for one in batch:
            row = rows.get(one.id, {})
            if one.id not in sent or row.get("error") == "conflict":
                contested.append(one)
            else:
                judged[one.id] = self._outcome(one.id, row, status)
        judged.update(await self._resolve_contested(contested))
        return [judged[one.id] for one in batch]

    async def _sendable(self, batch: list[EncodedWrite]) -> dict[str, tuple[Write, str | None]]:
        """What names no revision, or the one that is there. CouchDB alone would take an unknown revision over a deleted document,
        and not the deletion's own: over a deletion a write names none."""
        named = [one.id for one in batch if one.write.rev is not None]
        latest = await self._database.winning_leaves(self._server, named) if named else {}
        sent = {}
        for write, text in ((one.write, one.body_json) for one in batch):
            leaf = latest.get(write.id)
            if write.rev is None or (leaf is not None and leaf.rev == write.rev and leaf.body is not None):
                sent[write.id] = (write, text)
            elif leaf is not None and leaf.rev == write.rev and text is not None:
                sent[write.id] = (Write(write.id, write.body), text)
        return sent

    async def _resolve_contested(self, contested: list[EncodedWrite]) -> dict[str, Outcome]:
        if not contested:
            return {}
        latest = await self._database.winning_leaves(self._server, [one.id for one in contested])
        outcomes: dict[str, Outcome] = {}
        equal = []
        for one in contested:
            leaf = latest.get(one.id)
            if leaf is not None and json_equal(leaf.body, one.write.body):
                outcomes[one.id] = Saved(one.id, leaf.rev)
                if leaf.body is not None and (one.id, leaf.rev) not in self._confirmed:
                    equal.append((one, leaf))
            elif leaf is None and one.write.rev is None:
                outcomes[one.id] = NotDurable(one.id)  # it was there a moment ago, on a node that no longer answers
            else:
                outcomes[one.id] = Stale(one.id, _record(leaf))
        if equal and self._quorum > 1:
            outcomes.update(await self._confirm_quorum(equal))
        return outcomes

    async def _confirm_quorum(self, equal: list[tuple[EncodedWrite, LeafRevision]]) -> dict[str, Outcome]:
        outcomes: dict[str, Outcome] = {one.id: NotDurable(one.id) for one, _ in equal}
        try:
            status, rows = await self._database.bulk_write(
                _bulk_body((Write(one.id, one.write.body, leaf.rev), one.body_json) for one, leaf in equal)
            )
        except StatusError:
            return outcomes
        outcomes.update(
            {row["id"]: self._saved(row["id"], row["rev"]) for row in rows if status == 201 and "rev" in row}
        )
        return outcomes

    def _outcome(self, id: str, row: dict[str, Any], status: int) -> Outcome | KunnafoniError:
        if row.get("error") in ("forbidden", "unauthorized"):  # a rule that the operator put into the database
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
    return b'{"docs":[' + b",".join(_document(write, text) for write, text in writes) + b"]}"


def _document(write: Write, text: str | None) -> bytes:
    # Ids and revisions are plain ASCII by now; the body's text was made when it was checked.
    head = f'{{"_id":"{write.id}"' + (f',"_rev":"{write.rev}"' if write.rev else "")
    tail = ',"_deleted":true}' if text is None else "}" if text == "{}" else "," + text[1:]
    return (head + tail).encode()


def _refused_by_couch(id: str) -> Refused:
    return Refused("store-refused", "CouchDB n’accepte pas « {id} ».", id=id)


def _record(leaf: LeafRevision | None) -> Record | None:
    return Record(leaf.id, leaf.rev, leaf.body) if leaf is not None and leaf.body is not None else None
