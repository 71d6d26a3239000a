"""What changes from one manifest to the next, and the next one rebuilt from it (PROTOCOL.md, section 4).

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
    """An entry of the new manifest that differs.

    `at`: its index there, None when it keeps its place. `old`: its digest in the base, "" if none.
    """

    entry: ManifestEntry
    at: int | None
    old: str


@dataclass(frozen=True, slots=True)
class Delta:
    gone: tuple[str, ...]
    changes: tuple[EntryChange, ...]
    first: int


def diff_manifests(base: Manifest | None, new: Manifest) -> Delta:
    """What takes `base` (None: nothing) to `new`: as few moves as possible."""
    if base is None:
        return Delta((), tuple(EntryChange(entry, None, "") for entry in new.entries), new.first)
    old, wanted = base.by_path(), new.by_path()
    position = {entry.path: index for index, entry in enumerate(base.entries)}
    settled = _longest_increasing([entry.path for entry in new.entries if entry.path in old], position)
    changes = [
        EntryChange(entry, None if entry.path in settled else index, old.get(entry.path, ""))
        for index, entry in enumerate(new.entries)
        if entry.path not in settled or old[entry.path] != entry.digest
    ]
    return Delta(tuple(entry.path for entry in base.entries if entry.path not in wanted), tuple(changes), new.first)


def rebuild(
    base: Manifest | None, gone: Sequence[str], changes: Sequence[tuple[ManifestEntry, int | None]], first: int
) -> Manifest:
    """The new manifest from the base and the changes in order. Raises NotProven when they do not fit."""
    dropped = set(gone) | {entry.path for entry, at in changes if at is not None}
    entries = [entry for entry in base.entries if entry.path not in dropped] if base else []
    place = {entry.path: index for index, entry in enumerate(entries)}
    inserted: list[tuple[int, ManifestEntry]] = []
    for entry, at in changes:
        if at is not None:
            inserted.append((at, entry))
        elif base is None:
            entries.append(entry)
        elif entry.path in place:
            entries[place[entry.path]] = entry
        else:
            raise NotProven("delta-misfit", "La mise à jour ne correspond pas à l’édition du téléphone.")
    return validated_manifest(tuple(_insert_at(entries, inserted)), first)


def _insert_at(entries: list[ManifestEntry], inserted: Sequence[tuple[int, ManifestEntry]]) -> list[ManifestEntry]:
    """The entries with each inserted one at its index, given in ascending order; linear."""
    out: list[ManifestEntry] = []
    rest = iter(entries)
    for at, entry in inserted:
        while len(out) < at:
            following = next(rest, None)
            if following is None:
                break
            out.append(following)
        if len(out) != at:
            raise NotProven("delta-misfit", "La mise à jour ne correspond pas à l’édition du téléphone.")
        out.append(entry)
    return [*out, *rest]


def _longest_increasing(paths: Sequence[str], position: dict[str, int]) -> set[str]:
    """The largest set of paths whose places in the base ascend: those that stay."""
    tails: list[int] = []
    tail_paths: list[str] = []
    before: dict[str, str] = {}
    for path in paths:
        at = bisect_left(tails, position[path])
        before[path] = tail_paths[at - 1] if at else ""
        tails[at : at + 1] = [position[path]]
        tail_paths[at : at + 1] = [path]
    settled: set[str] = set()
    path = tail_paths[-1] if tail_paths else ""
    while path:
        settled.add(path)
        path = before[path]
    return settled
