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

ALIKE = ("received:", "receipt:", "erased:", "fresh:", "hub:")
SECRET_ROOMS = (Collection.PEOPLE, Collection.PUSH)
LONGEST_SHOWN = 24  # signs of a text in those rooms: names, not keys or passwords' digests


@dataclass(frozen=True, slots=True)
class Side:
    """A version as a person compares it: one line for each value."""

    rev: str
    text: str


def shown(split: ConflictedRecord) -> bool:
    """Whether somebody has to choose."""
    return not split.id.startswith(ALIKE)


async def material(store: Store) -> list[tuple[Collection, ConflictedRecord]]:
    return [(room, split) for room in Collection for split in await store.splits(room) if shown(split)]


def sides(room: Collection, split: ConflictedRecord) -> list[Side]:
    return [Side(record.rev, _text(record, room in SECRET_ROOMS)) for record in split.versions]


async def settle(store: Store, room: Collection, split: ConflictedRecord, rev: str, seen: Sequence[str]) -> None:
    """Keep the version `rev`. `seen`: all the versions that were shown; Conflict when there are others by now."""
    kept = next((record for record in split.versions if record.rev == rev), None)
    if kept is None or {record.rev for record in split.versions} != set(seen):
        raise _meanwhile()
    outcome = await store.settle(room, split.id, kept.body, list(seen))
    ensure_saved(outcome, _meanwhile())


def _text(record: Record, secret: bool) -> str:
    return "\n".join(_lines(dict(record.body), "", secret))


def _lines(value: Any, name: str, secret: bool) -> list[str]:
    if isinstance(value, dict):
        return [line for key in sorted(value) for line in _lines(value[key], f"{name}.{key}" if name else key, secret)]
    if isinstance(value, list) and not all(isinstance(item, (str, int)) for item in value):
        return [line for index, item in enumerate(value, 1) for line in _lines(item, f"{name} {index}", secret)]
    text = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
    return [f"{name} : {text if not secret or len(text) <= LONGEST_SHOWN else '…'}"]


def _meanwhile() -> Conflict:
    return Conflict(
        "changed-meanwhile", "Quelqu’un d’autre vient de le changer.", "Regardez de nouveau, puis recommencez."
    )
