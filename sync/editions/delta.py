"""Deltas between manifests: computing one, and rebuilding the new manifest from it (PROTOCOL.md, section 4).

Twin: pwa/src/protocol/manifest.ts.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import dataclass

from sync.editions.manifest import Manifest, ManifestEntry, validated_manifest
from sync.errors import NotProven


@dataclass(frozen=True, slots=True)
class EntryChange:
    """An entry of the new manifest that differs from the base.

    `at`: its index there, None if it does not move. `old`: its digest in the base, "" if none.
    """

    entry: ManifestEntry
    at: int | None
    old: str


@dataclass(frozen=True, slots=True)
class Delta:
    """All changes from one manifest to the next. `gone`: removed paths; `first`: length of the new first part."""

    gone: tuple[str, ...]
    changes: tuple[EntryChange, ...]
    first: int


def diff_manifests(base: Manifest | None, new: Manifest) -> Delta:
    """The delta from `base` (None: empty) to `new`, with as few moves as possible."""
    if base is None:
        return Delta((), tuple(EntryChange(entry, None, "") for entry in new.entries), new.first)
    old_digests, new_digests = base.by_path(), new.by_path()
    position = {entry.path: index for index, entry in enumerate(base.entries)}
    unmoved = _longest_increasing([entry.path for entry in new.entries if entry.path in old_digests], position)
    changes = [
        EntryChange(entry, None if entry.path in unmoved else index, old_digests.get(entry.path, ""))
        for index, entry in enumerate(new.entries)
        if entry.path not in unmoved or old_digests[entry.path] != entry.digest
    ]
    return Delta(
        tuple(entry.path for entry in base.entries if entry.path not in new_digests), tuple(changes), new.first
    )


def rebuild(
    base: Manifest | None, gone: Sequence[str], changes: Sequence[tuple[ManifestEntry, int | None]], first: int
) -> Manifest:
    """The new manifest, from the base and the changes in order. Raises NotProven if they do not fit."""
    dropped = set(gone) | {entry.path for entry, at in changes if at is not None}
    entries = [entry for entry in base.entries if entry.path not in dropped] if base else []
    positions = {entry.path: index for index, entry in enumerate(entries)}
    inserted: list[tuple[int, ManifestEntry]] = []
    for entry, at in changes:
        if at is not None:
            inserted.append((at, entry))
        elif base is None:
            entries.append(entry)
        elif entry.path in positions:
            entries[positions[entry.path]] = entry
        else:
            raise NotProven("delta-misfit", "La mise à jour ne correspond pas à l’édition du téléphone.")
    return validated_manifest(tuple(_insert_at(entries, inserted)), first)


def _insert_at(entries: list[ManifestEntry], inserted: Sequence[tuple[int, ManifestEntry]]) -> list[ManifestEntry]:
    """Insert entries at their indexes, given in ascending order, in linear time."""
    merged: list[ManifestEntry] = []
    rest = iter(entries)
    for at, entry in inserted:
        while len(merged) < at:
            following = next(rest, None)
            if following is None:
                break
            merged.append(following)
        if len(merged) != at:
            raise NotProven("delta-misfit", "La mise à jour ne correspond pas à l’édition du téléphone.")
        merged.append(entry)
    return [*merged, *rest]


def _longest_increasing(paths: Sequence[str], position: dict[str, int]) -> set[str]:
    """The largest set of paths whose positions in the base ascend: those that need not move."""
    tails: list[int] = []
    tail_paths: list[str] = []
    predecessor: dict[str, str] = {}
    for path in paths:
        length = bisect_left(tails, position[path])
        predecessor[path] = tail_paths[length - 1] if length else ""
        tails[length : length + 1] = [position[path]]
        tail_paths[length : length + 1] = [path]
    unmoved: set[str] = set()
    path = tail_paths[-1] if tail_paths else ""
    while path:
        unmoved.add(path)
        path = predecessor[path]
    return unmoved
