"""Erasure on a real CouchDB: no byte of an erased record is left. Not run without one."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import couchdb
import pytest

from sync.store.contract import Collection, Saved, Store, Write
from sync.store.couch.database import CouchDatabase
from tests.support.store_backends import REAL_COUCHDB, ask_couchdb

pytestmark = pytest.mark.anyio
ROOM = Collection.FEEDBACK
WORD = "SECRET-WORD"


def files_of(name: str) -> list[Path]:
    """The database files, on the machine of the tests."""
    folder = Path(ask_couchdb("GET", "/_node/_local/_config/couchdb/database_dir")[1])
    assert folder.is_absolute(), f"database_dir is relative ({folder}): tests find no file. Name it from the root"
    files = list(folder.rglob(f"*{name}*"))
    assert files
    return files


def holding(files: list[Path]) -> int:
    return sum(file.exists() and WORD.encode() in file.read_bytes() for file in files)


async def until_nothing_holds_it(files: list[Path]) -> None:
    """Wait until no file contains the text; CouchDB removes the compacted file a moment later."""
    for _ in range(50):
        if holding(files) == 0:
            return
        await asyncio.sleep(0.1)
    raise AssertionError("the erased text is still in a file")


if REAL_COUCHDB:

    @pytest.mark.parametrize("backend", ["couchdb"], indirect=True)
    async def test_nothing_of_an_erased_record_is_left(store: Store, address: str) -> None:
        name = f"{urlsplit(address).path[1:]}-{ROOM.value}"
        (first,) = await store.write(ROOM, [Write("a", {"text": WORD})])
        assert isinstance(first, Saved)
        await store.write(ROOM, [Write("a", {"text": f"{WORD} again"}, first.rev), Write("b", {"text": "kept"})])
        beside = {"new_edits": False, "docs": [{"_id": "a", "_rev": "1-" + "f" * 32, "text": f"{WORD} in a conflict"}]}
        ask_couchdb("POST", f"/{name}/_bulk_docs", beside)
        assert ask_couchdb("GET", f"/{name}/a?rev={first.rev}")[0] == 200
        files = files_of(name)
        assert holding(files) == 1
        await store.erase(ROOM, ["a"])
        assert ask_couchdb("GET", f"/{name}/a?rev={first.rev}")[0] == 404
        info = ask_couchdb("GET", f"/{name}")[1]
        assert (info["doc_count"], info["doc_del_count"], info["compact_running"]) == (1, 0, False)
        await until_nothing_holds_it([*files, *files_of(name)])

    @pytest.mark.parametrize("backend", ["couchdb"], indirect=True)
    async def test_whoever_waits_asks_once(store: Store, other: Store, monkeypatch: pytest.MonkeyPatch) -> None:
        requests: list[dict[str, Any]] = []
        changes = couchdb.Database.changes

        def counted(self: couchdb.Database, **options: Any) -> Any:
            requests.append(options)
            return changes(self, **options)

        monkeypatch.setattr(couchdb.Database, "changes", counted)
        await store.write(ROOM, [Write("a", {})])
        cursor = (await store.changes(ROOM)).cursor
        requests.clear()
        waiting = asyncio.create_task(store.wait_for_changes(ROOM, cursor, 20))
        await asyncio.sleep(2)
        assert not waiting.done()
        assert len(requests) == 1
        await other.write(ROOM, [Write("b", {})])
        async with asyncio.timeout(1):
            await waiting
        assert (await store.changes(ROOM, cursor)).ids == ("b",)

    @pytest.mark.parametrize("backend", ["couchdb"], indirect=True)
    async def test_compactions_are_owed_to_a_node_that_was_away(
        store: Store, address: str, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        name, away = f"{urlsplit(address).path[1:]}-{ROOM.value}", ["couchdb@two"]

        async def missing_nodes(database: CouchDatabase) -> list[str]:
            return away

        async def owed() -> list[str]:
            return [str(issue.values["name"]) for issue in await store.check_health() if issue.code == "erasure-owed"]

        compacted: list[str] = []
        compact = couchdb.Database.compact

        def counted(self: couchdb.Database) -> Any:
            compacted.append(self.name)
            return compact(self)

        monkeypatch.setattr(CouchDatabase, "missing_nodes", missing_nodes)
        monkeypatch.setattr(couchdb.Database, "compact", counted)
        await store.write(ROOM, [Write("a", {"text": WORD})])
        await store.erase(ROOM, ["a"])
        await store.settle_erasures()
        assert await owed() == [name], "the node is still away"
        assert compacted == [name]
        away.clear()
        compacted.clear()
        for _ in range(2):
            assert await owed() == [name]
            await store.settle_erasures()
        assert await owed() == []
        await store.settle_erasures()
        assert compacted == [name] * 2
        assert await store.scan(ROOM, "", "~") == [], "the note is no record of the site"
