"""A content folder into the store. All is read and checked before the first write; a broken-off import is simply repeated.

What a console edited since its last import is never overwritten: if its file changed too (or is gone), that is a clash, reported.
A withdrawal in a console stands until the file changes; one that an import made ends when the file is back.
"""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from sync.content.folder import ContentFolder, FolderDocument, read_folder
from sync.content.schemas import fields_digest, to_fields
from sync.content.stored import WITHDRAWN, is_edited, library_from_store, read_document_records
from sync.errors import Refused, Unavailable
from sync.store.contract import Collection, NotDurable, Record, Stale, Store, Write

__all__ = ["ContentFolder", "ImportConflict", "ImportReport", "import_folder", "library_from_store", "read_folder"]

_BATCH_SIZE = 100  # writes committed together: well under what any store takes at once


@dataclass(frozen=True, slots=True)
class ImportConflict:
    """A document changed in a console and in its file (`path`; empty: the file is gone). The console's text stays."""

    id: str
    path: str


@dataclass(frozen=True, slots=True)
class ImportReport:
    """Ids by what the import did with them; a dry run says what it would do."""

    added: tuple[str, ...]
    changed: tuple[str, ...]
    unchanged: tuple[str, ...]
    withdrawn: tuple[str, ...]
    conflicts: tuple[ImportConflict, ...]


@dataclass(slots=True)
class _ImportPlan:
    writes: dict[str, list[Write]] = field(
        default_factory=lambda: {"added": [], "changed": [], "unchanged": [], "withdrawn": []}
    )
    unchanged: list[str] = field(default_factory=list)
    conflicts: list[ImportConflict] = field(default_factory=list)

    def add_write(self, outcome: str, id: str, body: Mapping[str, object], record: Record | None) -> None:
        self.writes[outcome].append(Write(id, body, record.rev if record else None))


async def import_folder(store: Store, folder: Path, *, prune: bool = False, dry_run: bool = False) -> ImportReport:
    """Raises BadFolder before anything is written, Unavailable when the store did not take everything (then: repeat)."""
    read = await asyncio.to_thread(read_folder, folder)
    if prune and not read.documents:
        raise Refused(
            "prune-everything",
            "Ce dossier n’a aucun document : l’élagage retirerait tout.",
            "Vérifiez le nom du dossier.",
        )
    held = await read_document_records(store)
    plan = _ImportPlan()
    for document in read.documents:
        _plan_document(plan, document, held.get(document.id))
    if prune:
        _plan_withdrawals(plan, held, {document.id for document in read.documents})
    if not dry_run:
        await _write_plan(store, plan, {document.id: document.path for document in read.documents})
    done = {outcome: [write.id for write in writes] for outcome, writes in plan.writes.items()}
    return ImportReport(
        added=tuple(sorted(done["added"])),
        changed=tuple(sorted(done["changed"])),
        unchanged=tuple(sorted(done["unchanged"] + plan.unchanged)),
        withdrawn=tuple(sorted(done["withdrawn"])),
        conflicts=tuple(sorted(plan.conflicts, key=lambda clash: clash.id)),
    )


def _plan_document(plan: _ImportPlan, document: FolderDocument, record: Record | None) -> None:
    fields = to_fields(document.kind, document.value)
    mark = fields_digest(fields)
    fresh = {"kind": document.kind, "fields": fields, "imported": mark}
    if record is None:
        plan.add_write("added", document.id, fresh, None)
        return
    body = {key: value for key, value in record.body.items() if key not in ("state", "withdrawn")} | fresh
    file_same = record.body.get("imported") == mark
    if record.body.get("state") == WITHDRAWN:
        if record.body.get("withdrawn") == "import" and not is_edited(record):
            plan.add_write("changed", document.id, body, record)
        elif file_same:
            plan.unchanged.append(document.id)
        else:
            plan.conflicts.append(ImportConflict(document.id, document.path))
    elif fields_digest(record.body.get("fields") or {}) == mark:
        if file_same:
            plan.unchanged.append(document.id)
        else:  # the file now says what a console had written: from here on the file leads again
            plan.add_write("unchanged", document.id, body, record)
    elif not is_edited(record):
        plan.add_write("changed", document.id, body, record)
    elif file_same:
        plan.unchanged.append(document.id)
    else:
        plan.conflicts.append(ImportConflict(document.id, document.path))


def _plan_withdrawals(plan: _ImportPlan, stored: Mapping[str, Record], current_ids: set[str]) -> None:
    """Withdraw what a file once brought and no file brings now. What was made in a console stays."""
    for id, record in stored.items():
        if id in current_ids or "imported" not in record.body or record.body.get("state") == WITHDRAWN:
            continue
        if is_edited(record):
            plan.conflicts.append(ImportConflict(id, ""))
        else:
            plan.add_write("withdrawn", id, {**record.body, "state": WITHDRAWN, "withdrawn": "import"}, record)


async def _write_plan(store: Store, plan: _ImportPlan, paths: Mapping[str, str]) -> None:
    """Write the plan; what somebody else changed meanwhile becomes a clash."""
    missing = 0
    for outcome, writes in plan.writes.items():
        taken: list[Write] = []
        for batch in _batches(writes):
            for write, result in zip(batch, await store.write(Collection.CONTENT, batch), strict=True):
                if isinstance(result, Stale):
                    plan.conflicts.append(ImportConflict(write.id, paths.get(write.id, "")))
                else:
                    taken.append(write)
                    missing += isinstance(result, NotDurable)
        plan.writes[outcome] = taken
    if missing:
        raise Unavailable(
            "import-later",
            "{count} document(s) ne sont pas encore enregistrés à coup sûr.",
            "Relancez l’importation.",
            count=missing,
        )


def _batches(writes: Sequence[Write]) -> list[Sequence[Write]]:
    return [writes[start : start + _BATCH_SIZE] for start in range(0, len(writes), _BATCH_SIZE)]
