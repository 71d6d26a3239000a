"""Conflicts between versions of one submission's record: the admitted version stays, whichever CouchDB shows.

A hub that knows a record id may replicate another text under it, with a revision that wins. Used by the receipts for
hubs.
"""

from __future__ import annotations

from sync.store.contract import Collection, Saved, Store
from sync.submissions.record_admission import AdmittedRecord, RecordAdmission
from sync.submissions.record_ids import PREFIX


async def resolve_conflicts(store: Store, admission: RecordAdmission) -> int:
    """Keep the admitted version of each record that has one; return the number resolved. Raises Unavailable."""
    resolved = 0
    for conflict in await store.conflicts(Collection.FEEDBACK):
        if not conflict.id.startswith(PREFIX):
            continue
        verdicts = await admission.judge(conflict.versions)
        sound = next((verdict.record for verdict in verdicts if isinstance(verdict, AdmittedRecord)), None)
        if sound:
            revs = [version.rev for version in conflict.versions]
            outcome = await store.resolve_conflict(Collection.FEEDBACK, conflict.id, sound.body, revs)
            resolved += isinstance(outcome, Saved)
    return resolved
