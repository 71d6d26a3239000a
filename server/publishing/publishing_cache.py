"""Results of earlier publishing, so that it costs what changed: pages by key, compiled forms, sizes of downloads."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sync.editions.manifest import DIGEST
from sync.editions.publishing import NewPhoneSize
from sync.store.cache_records import CacheRecords
from sync.store.contract import Store


@dataclass(frozen=True, slots=True)
class ChannelInputs:
    """The digest of a plan's inputs, and those of the two parts of its manifest."""

    inputs: str
    manifest: tuple[str, str]


class PublishingCache:
    def __init__(self, store: Store) -> None:
        self.records = CacheRecords(store)

    async def load_pages(self, channel: str) -> dict[str, str]:
        """Digests of page bodies by key, of the last rendering of the channel."""
        pages = await self.records.load(f"pages:{channel}")
        return pages if all(isinstance(name, str) and DIGEST.fullmatch(name) for name in pages.values()) else {}

    async def save_pages(self, channel: str, pages: Mapping[str, str]) -> None:
        await self.records.save(f"pages:{channel}", dict(pages))

    async def load_plan(self, channel: str) -> ChannelInputs | None:
        """The inputs of the channel's latest plan, with the manifest that it led to."""
        value = await self.records.load(f"plan:{channel}")
        inputs, manifest = value.get("inputs"), value.get("manifest")
        if isinstance(inputs, str) and isinstance(manifest, list) and len(manifest) == 2:
            return ChannelInputs(inputs, (str(manifest[0]), str(manifest[1])))
        return None

    async def save_plan(self, channel: str, plan: ChannelInputs) -> None:
        await self.records.save(f"plan:{channel}", {"inputs": plan.inputs, "manifest": list(plan.manifest)})

    async def load_forms(self, renderer: str) -> dict[str, Any]:
        """Compiled forms by digest of their document, compiled by this version of the program."""
        return await self._load_versioned("forms", renderer)

    async def save_forms(self, renderer: str, forms: Mapping[str, Any]) -> None:
        await self.records.save("forms", {"renderer": renderer, "values": dict(forms)})

    async def load_revisions(self, renderer: str) -> dict[str, str]:
        """Revisions of documents that this version of the program has checked, by id."""
        return await self._load_versioned("documents", renderer)

    async def save_revisions(self, renderer: str, revisions: Mapping[str, str]) -> None:
        await self.records.save("documents", {"renderer": renderer, "values": dict(revisions)})

    async def load_size(self, channel: str) -> NewPhoneSize | None:
        """The size of the latest edition of the channel for which there is one."""
        value = await self.records.load(f"size:{channel}")
        edition, size, is_exact = value.get("edition"), value.get("bytes"), value.get("exact")
        if isinstance(edition, str) and type(size) is int and isinstance(is_exact, bool):
            return NewPhoneSize(edition, size, is_exact)
        return None

    async def save_size(self, channel: str, size: NewPhoneSize) -> None:
        content = {"edition": size.edition, "bytes": size.bytes, "exact": size.is_exact}
        await self.records.save(f"size:{channel}", content)

    async def _load_versioned(self, name: str, renderer: str) -> dict[str, Any]:
        value = await self.records.load(name)
        values = value.get("values")
        return values if value.get("renderer") == renderer and isinstance(values, dict) else {}
