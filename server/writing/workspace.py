"""All working documents, re-read only after a change of the collection `content`. Used by the console.

Documents whose revisions were checked before are not checked again, and a change of drafts alone parses none.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

import anyio
from anyio import to_thread

from server.web.app_state import HasApp
from server.writing.draft_records import TextVersion, WorkingDocument, draft_from_record, version_from_record
from sync.alerts.library_with_alerts import Library
from sync.content.stored import CheckedRevisions, StoredDocument, read_library_records
from sync.errors import NotFound
from sync.store.contract import Collection, Record, Store
from sync.store.iteration import iterate_records

PAGE_SIZE = 500


@dataclass(frozen=True, slots=True)
class Snapshot:
    """State of all documents at one moment. `library` and `documents`: the approved ones, which would be published."""

    works: Mapping[str, WorkingDocument]
    library: Library
    documents: tuple[StoredDocument, ...]

    def get_work(self, id: str) -> WorkingDocument:
        try:
            return self.works[id]
        except KeyError:
            raise NotFound("document-unknown", "Ce document n’existe pas.", "Revenez à la liste.") from None


@dataclass
class Workspace:
    store: Store
    _cursor: str | None = None
    _snapshot: Snapshot | None = None
    _revisions: CheckedRevisions = field(default_factory=CheckedRevisions)
    _published: str = ""  # revisions of the documents that would be published, as of the snapshot
    _lock: anyio.Lock = field(default_factory=anyio.Lock)

    async def load_snapshot(self) -> Snapshot:
        async with self._lock:
            is_changed = self._snapshot is None
            while True:
                changes = await self.store.changes(Collection.CONTENT, self._cursor)
                self._cursor = changes.cursor
                is_changed = is_changed or bool(changes.ids)
                if not changes.more:
                    break
            if is_changed or self._snapshot is None:
                self._snapshot = await self._read()
            return self._snapshot

    async def get_work(self, id: str) -> WorkingDocument:
        return (await self.load_snapshot()).get_work(id)

    async def _read(self) -> Snapshot:
        records = await read_library_records(self.store)
        works = {
            id: WorkingDocument(id, str(record.body.get("kind")), record) for id, record in records.documents.items()
        }
        for record in await self._scan("draft:"):
            draft = draft_from_record(record)
            work = works.get(draft.of, WorkingDocument(draft.of, draft.kind))
            works[draft.of] = WorkingDocument(work.id, work.kind, work.main, draft)
        asides_by_id: dict[str, list[TextVersion]] = {}
        for record in await self._scan("aside:"):
            aside = version_from_record(record)
            asides_by_id.setdefault(aside.of, []).append(aside)
        for id, asides in asides_by_id.items():
            work = works.get(id, WorkingDocument(id, asides[0].kind))
            works[id] = WorkingDocument(
                work.id, work.kind, work.main, work.draft, tuple(sorted(asides, key=lambda aside: aside.when))
            )
        works = dict(sorted(works.items()))
        if self._snapshot and records.revisions == self._published:
            return replace(self._snapshot, works=works)
        revisions = CheckedRevisions(self._revisions.current)
        documents = await to_thread.run_sync(records.to_documents, revisions)
        self._revisions, self._published = revisions, records.revisions
        return Snapshot(works, records.library_of(documents), tuple(documents))

    async def list_past_versions(self, id: str) -> list[TextVersion]:
        """Older approved texts of a document, newest first."""
        return [version_from_record(record) for record in reversed(await self._scan(f"past:{id}:"))]

    async def list_returned_versions(self, id: str) -> list[TextVersion]:
        """Texts of a document that reviewers sent back, oldest first."""
        return [version_from_record(record) for record in await self._scan(f"returned:{id}:")]

    async def _scan(self, prefix: str) -> list[Record]:
        return [record async for record in iterate_records(self.store, Collection.CONTENT, prefix, page_size=PAGE_SIZE)]


def workspace_of(request: HasApp) -> Workspace:
    workspace: Workspace = request.app.state.workspace
    return workspace
