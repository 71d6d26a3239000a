"""Import of a content folder into the store. All files are checked before the first write; an import is repeatable.

A document edited in a console since its last import is never overwritten: it is a conflict if its file changed too or
is gone. A withdrawal in a console lasts until the file changes; a withdrawal by an import ends when the file is back.
"""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from sync.content.folder import ContentFolder, FolderDocument, read_folder
from sync.content.schemas import fields_digest, to_fields
from sync.content.stored import WITHDRAWAL_KEYS, WITHDRAWN, is_edited, library_from_store, read_document_records
from sync.errors import Refused, Unavailable
from sync.store.contract import Collection, NotDurable, Record, Stale, Store, Write

__all__ = ["ContentFolder", "ImportConflict", "ImportReport", "import_folder", "library_from_store", "read_folder"]

_BATCH_SIZE = 100  # writes committed together: far below the limit of every store


@dataclass(frozen=True, slots=True)
class ImportConflict:
    """A document changed in a console and in its file (gone if `path` is empty). The console's version stays."""

    id: str
    path: str


@dataclass(frozen=True, slots=True)
class ImportReport:
    """Ids by outcome; for a dry run, by the outcome that an import would have."""

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
    """Raises BadFolder before any write; Unavailable if some writes are not durable, then repeat the import."""
    content = await asyncio.to_thread(read_folder, folder)
    if prune and not content.documents:
        raise Refused(
            "prune-everything",
            "Ce dossier n’a aucun document : l’élagage retirerait tout.",
            "Vérifiez le nom du dossier.",
        )
    records = await read_document_records(store)
    plan = _ImportPlan()
    for document in content.documents:
        _plan_document(plan, document, records.get(document.id))
    if prune:
        _plan_withdrawals(plan, records, {document.id for document in content.documents})
    if not dry_run:
        await _write_plan(store, plan, {document.id: document.path for document in content.documents})
    ids = {outcome: [write.id for write in writes] for outcome, writes in plan.writes.items()}
    return ImportReport(
        added=tuple(sorted(ids["added"])),
        changed=tuple(sorted(ids["changed"])),
        unchanged=tuple(sorted(ids["unchanged"] + plan.unchanged)),
        withdrawn=tuple(sorted(ids["withdrawn"])),
        conflicts=tuple(sorted(plan.conflicts, key=lambda conflict: conflict.id)),
    )


def _plan_document(plan: _ImportPlan, document: FolderDocument, record: Record | None) -> None:
    fields = to_fields(document.kind, document.value)
    fingerprint = fields_digest(fields)
    imported = {"kind": document.kind, "fields": fields, "imported": fingerprint}
    if record is None:
        plan.add_write("added", document.id, imported, None)
        return
    body = {key: value for key, value in record.body.items() if key not in WITHDRAWAL_KEYS} | imported
    is_file_unchanged = record.body.get("imported") == fingerprint
    if record.body.get("state") == WITHDRAWN:
        if record.body.get("withdrawn") == "import" and not is_edited(record):
            plan.add_write("changed", document.id, body, record)
        elif is_file_unchanged:
            plan.unchanged.append(document.id)
        else:
            plan.conflicts.append(ImportConflict(document.id, document.path))
    elif fields_digest(record.body.get("fields") or {}) == fingerprint:
        if is_file_unchanged:
            plan.unchanged.append(document.id)
        else:  # the file now equals the console's version: later changes of the file are imported again
            plan.add_write("unchanged", document.id, body, record)
    elif not is_edited(record):
        plan.add_write("changed", document.id, body, record)
    elif is_file_unchanged:
        plan.unchanged.append(document.id)
    else:
        plan.conflicts.append(ImportConflict(document.id, document.path))


def _plan_withdrawals(plan: _ImportPlan, stored: Mapping[str, Record], current_ids: set[str]) -> None:
    """Withdraw documents that were imported and have no file any more; those created in a console stay."""
    for id, record in stored.items():
        if id in current_ids or "imported" not in record.body or record.body.get("state") == WITHDRAWN:
            continue
        if is_edited(record):
            plan.conflicts.append(ImportConflict(id, ""))
        else:
            plan.add_write("withdrawn", id, {**record.body, "state": WITHDRAWN, "withdrawn": "import"}, record)


async def _write_plan(store: Store, plan: _ImportPlan, paths: Mapping[str, str]) -> None:
    """Write the plan; a record changed meanwhile becomes a conflict."""
    pending = 0
    for outcome, writes in plan.writes.items():
        written: list[Write] = []
        for batch in _batches(writes):
            for write, result in zip(batch, await store.write(Collection.CONTENT, batch), strict=True):
                if isinstance(result, Stale):
                    plan.conflicts.append(ImportConflict(write.id, paths.get(write.id, "")))
                else:
                    written.append(write)
                    pending += isinstance(result, NotDurable)
        plan.writes[outcome] = written
    if pending:
        raise Unavailable(
            "import-later",
            "{count} document(s) ne sont pas encore enregistrés à coup sûr.",
            "Relancez l’importation.",
            count=pending,
        )


def _batches(writes: Sequence[Write]) -> list[Sequence[Write]]:
    return [writes[start : start + _BATCH_SIZE] for start in range(0, len(writes), _BATCH_SIZE)]
