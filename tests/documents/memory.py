"""A store in memory with the promises that intake leans on: revisions, stale writes, equal repeats."""
from __future__ import annotations

from collections.abc import Sequence
from typing import NoReturn

from sync.store.contract import Blob, Changes, Later, Outcome, Record, Room, Saved, Stale, Write


class MemoryStore:
    def __init__(self) -> None:
        self.rooms: dict[Room, dict[str, Record]] = {room: {} for room in Room}
        self.later: set[str] = set()
        self.writes = 0

    async def prepare(self) -> None:
        pass

    async def get(self, room: Room, id: str) -> Record | None:
        return self.rooms[room].get(id)

    async def get_many(self, room: Room, ids: Sequence[str]) -> dict[str, Record]:
        return {id: self.rooms[room][id] for id in ids if id in self.rooms[room]}

    async def scan(self, room: Room, start: str, end: str, limit: int = 1000) -> list[Record]:
        return [record for id, record in sorted(self.rooms[room].items()) if start <= id < end][:limit]

    async def write(self, room: Room, writes: Sequence[Write]) -> list[Outcome]:
        return [self._one(self.rooms[room], write) for write in writes]

    def _one(self, records: dict[str, Record], write: Write) -> Outcome:
        current = records.get(write.id)
        if write.id in self.later:
            return Later(write.id)
        if current and write.body is not None and dict(current.body) == dict(write.body):
            return Saved(write.id, current.rev)
        if (current.rev if current else None) != write.rev:
            return Stale(write.id, current)
        self.writes += 1
        if write.body is None:
            records.pop(write.id, None)
        else:
            records[write.id] = Record(write.id, str(self.writes), dict(write.body))
        return Saved(write.id, str(self.writes))

    async def changes(self, room: Room, cursor: str | None = None, limit: int = 1000) -> Changes:
        _unasked()

    async def wait(self, room: Room, cursor: str, timeout: float) -> None:
        _unasked()

    async def put_blob(self, room: Room, blob: Blob) -> None:
        _unasked()

    async def get_blob(self, room: Room, digest: str) -> Blob | None:
        _unasked()

    async def erase(self, room: Room, ids: Sequence[str]) -> None:
        _unasked()

    async def close(self) -> None:
        pass


def _unasked() -> NoReturn:
    raise AssertionError("documents never ask for this")
