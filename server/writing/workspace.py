"""All documents as they are now, with the work on them: read again only when the store says that something changed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import anyio

from server.web.state import HasApp
from server.writing.records import Kept, Work, draft_of, kept_of
from sync.alerts.library import Library
from sync.content.stored import StoredDocument, library_from_store, read_document_records, read_documents
from sync.errors import NotFound
from sync.store.contract import Collection, Record, Store
from sync.store.iteration import iterate_records

PAGE = 500


@dataclass(frozen=True, slots=True)
class Snapshot:
    """`library` and `documents`: what publishing would take."""

    works: Mapping[str, Work]
    library: Library
    documents: tuple[StoredDocument, ...]

    def work(self, id: str) -> Work:
        try:
            return self.works[id]
        except KeyError:
            raise NotFound("document-unknown", "Ce document n’existe pas.") from None


@dataclass
class Shelves:
    store: Store
    _cursor: str | None = None
    _held: Snapshot | None = None
    _reading: anyio.Lock = field(default_factory=anyio.Lock)

    async def now(self) -> Snapshot:
        async with self._reading:
            changed = self._held is None
            while True:
                changes = await self.store.changes(Collection.CONTENT, self._cursor)
                self._cursor = changes.cursor
                changed = changed or bool(changes.ids)
                if not changes.more:
                    break
            if changed or self._held is None:
                self._held = await self._read()
            return self._held

    async def work(self, id: str) -> Work:
        return (await self.now()).work(id)

    async def _read(self) -> Snapshot:
        works = {
            id: Work(id, str(record.body.get("kind")), record)
            for id, record in (await read_document_records(self.store)).items()
        }
        for record in await self._all("draft:"):
            draft = draft_of(record)
            held = works.get(draft.of, Work(draft.of, draft.kind))
            works[draft.of] = Work(held.id, held.kind, held.main, draft)
        asides: dict[str, list[Kept]] = {}
        for record in await self._all("aside:"):
            aside = kept_of(record)
            asides.setdefault(aside.of, []).append(aside)
        for of, kept in asides.items():
            held = works.get(of, Work(of, kept[0].kind))
            works[of] = Work(held.id, held.kind, held.main, held.draft, tuple(sorted(kept, key=lambda one: one.when)))
        return Snapshot(
            dict(sorted(works.items())), await library_from_store(self.store), tuple(await read_documents(self.store))
        )

    async def past(self, id: str) -> list[Kept]:
        """Older approved texts of a document, newest first."""
        return [kept_of(record) for record in reversed(await self._all(f"past:{id}:"))]

    async def _all(self, prefix: str) -> list[Record]:
        return [record async for record in iterate_records(self.store, Collection.CONTENT, prefix, page_size=PAGE)]


def workspace_of(request: HasApp) -> Shelves:
    workspace: Shelves = request.app.state.workspace
    return workspace
