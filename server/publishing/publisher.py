"""The publisher: renders channels from stored documents, plans the editions, measures their cost and publishes them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from anyio import to_thread

from server.keys.keyring import open_keyring
from server.keys.sealing_keys import get_live_pair, with_sealing_key
from server.web.app_state import Clock, HasApp
from sync.alerts.library_with_alerts import Library
from sync.content.stored import library_from_store
from sync.editions.archive import Archive
from sync.editions.feed import Edition
from sync.editions.publishing import (
    DownloadCost,
    PublicationPlan,
    SigningKeys,
    can_sign,
    confirm_freshness,
    measure_cost,
    plan_publication,
    publish,
)
from sync.errors import NotFound, Refused
from sync.forms.form_document import compile_document
from sync.forms.version_store import store_versions
from sync.rendering.render import Assets, render
from sync.store.contract import Store


@dataclass(frozen=True, slots=True)
class Publication:
    """The result of publishing a channel; `edition` is None for a dry run."""

    plan: PublicationPlan
    cost: DownloadCost
    edition: Edition | None


@dataclass
class Publisher:
    """`key_folder`: this machine's key files. `keys`: the signing keys, None if this process does not publish."""

    store: Store
    archive: Archive
    assets: Assets
    key_folder: Path
    clock: Clock
    keys: SigningKeys | None = None

    def require_keys(self) -> SigningKeys:
        """The signing keys. Raises Refused if this process has none."""
        if self.keys is None:
            raise Refused(
                "no-publisher",
                "Cette machine ne publie pas : elle n’a pas la clé.",
                "Publiez depuis la machine qui l’a.",
            )
        return self.keys

    async def publish(
        self,
        keys: SigningKeys,
        channels: Sequence[str] = (),
        *,
        dry_run: bool = False,
        again: bool = False,
        progress: Callable[[Publication], None] = lambda publication: None,
    ) -> list[Publication]:
        """Publish the channels, or all if empty. All are rendered and checked before the first is signed.

        `again`: also sign unchanged channels, under a new number. Raises NotFound for an unknown channel.
        """
        keys = with_sealing_key(self.key_folder, keys)
        library, plans = await self.make_plans(channels)
        if not dry_run:
            await store_versions(self.store, [compile_document(form) for form in library.forms.values()])
        publications: list[Publication] = []
        for plan in plans:
            now = self.clock()
            cost = await measure_cost(self.archive, plan, keys, library.site.id, now)
            edition = None if dry_run else await publish(self.archive, plan, keys, library.site.id, now, force=again)
            publications.append(Publication(plan, cost, edition))
            progress(publications[-1])
        return publications

    async def make_plans(self, channels: Sequence[str] = ()) -> tuple[Library, list[PublicationPlan]]:
        """Plan the editions of the channels, or all if empty. Raises NotFound for an unknown channel."""
        library = await library_from_store(self.store)
        for channel in channels:
            if channel not in library.site.channels:
                raise NotFound("channel-unknown", "La chaîne {channel} n’est pas dans site.yaml.", channel=channel)
        return library, [await self._plan(library, channel) for channel in channels or library.site.channels]

    async def confirm_heads(self, keys: SigningKeys, channels: Sequence[str]) -> int:
        """Sign today's freshness of each head that has this node's key; returns the number of new signatures."""
        count = 0
        for channel in channels:
            head = await self.archive.head(channel)
            if head and head.key == keys.signer.public_key:
                count += await confirm_freshness(self.archive, head, keys, self.clock())
        return count

    async def load_renewed_keys(self) -> SigningKeys | None:
        """The keys of the newest epoch after a rotation by another process; None without a newer epoch."""
        current = await self.archive.current_key()
        if self.keys is None or current is None or current[0] <= self.keys.epoch:
            return None
        keyring = await to_thread.run_sync(lambda: open_keyring(self.key_folder, create=False))
        if keyring and keyring.keys.epoch > self.keys.epoch and await can_sign(self.archive, keyring.keys):
            return keyring.keys
        return None

    async def _plan(self, library: Library, channel: str) -> PublicationPlan:
        assets = replace(self.assets, recovery=get_live_pair(self.key_folder).recovery)
        pages = await to_thread.run_sync(render, library, channel, assets)
        return await plan_publication(self.archive, channel, pages)


def publisher_of(request: HasApp) -> Publisher:
    publisher: Publisher = request.app.state.publisher
    return publisher
