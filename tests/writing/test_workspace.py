"""The console's documents: what did not change is neither parsed nor checked again, and changes are seen at once."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from server.writing.workspace import Workspace
from sync.content.intake import import_folder
from sync.content.schemas import from_fields
from sync.content.stored import library_from_store
from sync.store.contract import Collection, Write
from sync.store.sqlite.store import SqliteStore
from tests.support.content_folder import GOOD, write

pytestmark = pytest.mark.anyio


async def test_only_documents_that_changed_are_checked_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    store = SqliteStore(tmp_path / "store.db")
    await store.prepare()
    await import_folder(store, write(tmp_path / "content", GOOD))
    checked: list[str] = []

    def counted(kind: str, fields: Any, path: str = "") -> Any:
        checked.append(path)
        return from_fields(kind, fields, path)

    monkeypatch.setattr("sync.content.stored.from_fields", counted)
    workspace = Workspace(store)
    first = await workspace.load_snapshot()
    assert len(checked) > 5
    checked.clear()
    body = {"of": "site", "kind": "site", "fields": {}, "state": "draft", "base": "", "writers": []}
    await store.write(Collection.CONTENT, [Write("draft:site", {**body, "by": "awa", "when": "", "note": ""})])
    second = await workspace.load_snapshot()
    assert second.works["site"].draft and second.library is first.library and checked == []
    record = await store.get(Collection.CONTENT, "guide:argent:fr")
    assert record
    fields = {**record.body["fields"], "title": "Autre titre"}
    await store.write(Collection.CONTENT, [Write(record.id, {**record.body, "fields": fields}, record.rev)])
    third = await workspace.load_snapshot()
    assert third.library.guides["argent", "fr"].title == "Autre titre"
    others = set(checked) - {"guide:argent:fr", "topics", "site"}  # lists and prices are checked each time
    assert others == set()
    assert third.library == await library_from_store(store)
    await store.close()
