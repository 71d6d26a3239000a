"""Replication conflicts: the records that need a person's decision, and their versions as text to compare.

Some conflicts need no decision, as their versions are equivalent: a receipt signed twice, an arrival noted twice, an
erasure on two days. Used by the console.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sync.errors import Conflict
from sync.store.checked_writes import ensure_saved
from sync.store.contract import Collection, ConflictedRecord, Record, Store

EQUIVALENT_PREFIXES = ("received:", "receipt:", "erased:", "fresh:", "hub:")
SECRET_COLLECTIONS = (Collection.PEOPLE, Collection.PUSH)
MAX_SECRET_LENGTH = 24  # characters of a text in those collections: shows names, hides keys and password hashes


@dataclass(frozen=True, slots=True)
class ConflictVersion:
    """A version as text to compare, one line per value."""

    rev: str
    text: str


def needs_decision(conflict: ConflictedRecord) -> bool:
    """True if a person has to choose a version."""
    return not conflict.id.startswith(EQUIVALENT_PREFIXES)


async def list_conflicts(store: Store) -> list[tuple[Collection, ConflictedRecord]]:
    return [
        (collection, conflict)
        for collection in Collection
        for conflict in await store.conflicts(collection)
        if needs_decision(conflict)
    ]


def list_versions(collection: Collection, conflict: ConflictedRecord) -> list[ConflictVersion]:
    return [
        ConflictVersion(record.rev, _format_record(record, collection in SECRET_COLLECTIONS))
        for record in conflict.versions
    ]


async def resolve(
    store: Store, collection: Collection, conflict: ConflictedRecord, rev: str, seen_revs: Sequence[str]
) -> None:
    """Keep the version `rev`. Raises Conflict if the versions are no longer those of `seen_revs`."""
    chosen = next((record for record in conflict.versions if record.rev == rev), None)
    if chosen is None or {record.rev for record in conflict.versions} != set(seen_revs):
        raise _changed_meanwhile()
    outcome = await store.resolve_conflict(collection, conflict.id, chosen.body, list(seen_revs))
    ensure_saved(outcome, _changed_meanwhile())


def _format_record(record: Record, is_secret: bool) -> str:
    return "\n".join(_format_value(dict(record.body), "", is_secret))


def _format_value(value: Any, name: str, is_secret: bool) -> list[str]:
    if isinstance(value, dict):
        return [
            line
            for key in sorted(value)
            for line in _format_value(value[key], f"{name}.{key}" if name else key, is_secret)
        ]
    if isinstance(value, list) and not all(isinstance(item, (str, int)) for item in value):
        return [
            line for index, item in enumerate(value, 1) for line in _format_value(item, f"{name} {index}", is_secret)
        ]
    text = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
    return [f"{name} : {text if not is_secret or len(text) <= MAX_SECRET_LENGTH else '…'}"]


def _changed_meanwhile() -> Conflict:
    return Conflict(
        "changed-meanwhile", "Quelqu’un d’autre vient de le changer.", "Regardez de nouveau, puis recommencez."
    )
