"""Records of which replication or a cluster left several versions: which of them somebody has to settle, and how they read.

Some never need anybody: a receipt signed twice, an arrival noted twice, an erasure on two days mean the same in every version.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sync.errors import Conflict
from sync.store.contract import Collection, ConflictedRecord, Record, Store
from sync.store.ensure_saved import ensure_saved

EQUIVALENT_PREFIXES = ("received:", "receipt:", "erased:", "fresh:", "hub:")
SECRET_ROOMS = (Collection.PEOPLE, Collection.PUSH)
MAX_SECRET_LENGTH = 24  # signs of a text in those rooms: names, not keys or passwords' digests


@dataclass(frozen=True, slots=True)
class ConflictVersion:
    """A version as a person compares it: one line for each value."""

    rev: str
    text: str


def needs_decision(conflict: ConflictedRecord) -> bool:
    """Whether somebody has to choose."""
    return not conflict.id.startswith(EQUIVALENT_PREFIXES)


async def list_conflicts(store: Store) -> list[tuple[Collection, ConflictedRecord]]:
    return [(room, split) for room in Collection for split in await store.conflicts(room) if needs_decision(split)]


def list_versions(room: Collection, conflict: ConflictedRecord) -> list[ConflictVersion]:
    return [ConflictVersion(record.rev, _format_record(record, room in SECRET_ROOMS)) for record in conflict.versions]


async def resolve(
    store: Store, room: Collection, conflict: ConflictedRecord, rev: str, seen_revs: Sequence[str]
) -> None:
    """Keep the version `rev`. `seen`: all the versions that were shown; Conflict when there are others by now."""
    kept = next((record for record in conflict.versions if record.rev == rev), None)
    if kept is None or {record.rev for record in conflict.versions} != set(seen_revs):
        raise _changed_meanwhile()
    outcome = await store.resolve_conflict(room, conflict.id, kept.body, list(seen_revs))
    ensure_saved(outcome, _changed_meanwhile())


def _format_record(record: Record, secret: bool) -> str:
    return "\n".join(_format_value(dict(record.body), "", secret))


def _format_value(value: Any, name: str, secret: bool) -> list[str]:
    if isinstance(value, dict):
        return [
            line
            for key in sorted(value)
            for line in _format_value(value[key], f"{name}.{key}" if name else key, secret)
        ]
    if isinstance(value, list) and not all(isinstance(item, (str, int)) for item in value):
        return [line for index, item in enumerate(value, 1) for line in _format_value(item, f"{name} {index}", secret)]
    text = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
    return [f"{name} : {text if not secret or len(text) <= MAX_SECRET_LENGTH else '…'}"]


def _changed_meanwhile() -> Conflict:
    return Conflict(
        "changed-meanwhile", "Quelqu’un d’autre vient de le changer.", "Regardez de nouveau, puis recommencez."
    )
