"""Manifests: `path digest` lines in reading order, in two parts (PROTOCOL.md, section 3).

Twin: pwa/src/protocol/manifest.ts.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

from sync.canonical import digest
from sync.editions.page import KeptPage, Page, is_page_path
from sync.errors import NotProven

ENTRY_LIMIT = 10_000
DIGEST = re.compile(r"[A-Za-z0-9_-]{43}")


@dataclass(frozen=True, slots=True)
class ManifestEntry:
    path: str
    digest: str


@dataclass(frozen=True, slots=True)
class Manifest:
    """`entries` in reading order. `first`: number of leading entries that a new phone downloads at once."""

    entries: tuple[ManifestEntry, ...]
    first: int

    @property
    def texts(self) -> tuple[str, str]:
        """The two parts as texts, whose digests are in the signed statement."""
        lines = [f"{entry.path} {entry.digest}\n" for entry in self.entries]
        return "".join(lines[: self.first]), "".join(lines[self.first :])

    @property
    def digests(self) -> tuple[str, str]:
        first, rest = self.texts
        return digest(first), digest(rest)

    def by_path(self) -> dict[str, str]:
        return {entry.path: entry.digest for entry in self.entries}


def build_manifest(pages: Iterable[Page | KeptPage]) -> Manifest:
    """The manifest of pages in reading order; pages of the part `first` are moved to the front, others left out."""
    ordered = sorted((page for page in pages if page.part != "apart"), key=lambda page: page.part != "first")
    return validated_manifest(
        tuple(ManifestEntry(page.path, page.digest) for page in ordered),
        sum(page.part == "first" for page in ordered),
    )


def parse_manifest(first: str, rest: str) -> Manifest:
    """Parse the two parts of a manifest. Raises NotProven if they are malformed."""
    first_entries, other_entries = _parse_part(first), _parse_part(rest)
    return validated_manifest((*first_entries, *other_entries), len(first_entries))


def validated_manifest(entries: tuple[ManifestEntry, ...], first: int) -> Manifest:
    """A manifest whose paths and digests are valid and unique. Raises NotProven, also above the limit."""
    is_valid = (
        len(entries) <= ENTRY_LIMIT
        and 0 <= first <= len(entries)
        and len({entry.path for entry in entries}) == len(entries)
        and all(is_page_path(entry.path) and DIGEST.fullmatch(entry.digest) for entry in entries)
    )
    if not is_valid:
        raise NotProven("manifest-malformed", "La liste des pages est mal formée.")
    return Manifest(entries, first)


def _parse_part(text: str) -> tuple[ManifestEntry, ...]:
    if text and not text.endswith("\n"):
        raise NotProven("manifest-malformed", "La liste des pages est mal formée.")
    return tuple(ManifestEntry(*line.partition(" ")[::2]) for line in text.split("\n")[:-1])
