"""A process that writes to a SQLite store and prints each saved id. test_sqlite_durability.py kills it."""

from __future__ import annotations

import asyncio
import sys
from pathlib import Path

from sync.store.contract import Collection, Saved, Write
from sync.store.sqlite.store import SqliteStore


async def main(path: Path, name: str) -> None:
    store = SqliteStore(path)
    await store.prepare()

    async def append(lane: int) -> None:
        number = 0
        while True:
            id = f"{name}:{lane}:{number}"
            (outcome,) = await store.write(Collection.FEEDBACK, [Write(id, {"text": "x" * 500})])
            assert isinstance(outcome, Saved)
            print(id, flush=True)  # noqa: T201 -- the acknowledgement
            number += 1

    await asyncio.gather(*(append(lane) for lane in range(8)))


if __name__ == "__main__":
    asyncio.run(main(Path(sys.argv[1]), sys.argv[2]))
