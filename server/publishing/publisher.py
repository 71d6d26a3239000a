"""Publishing from documents in the store: render every channel, then plan, cost and publish."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from anyio import to_thread

from server.keys.keyring import open_keyring
from server.keys.sealing_keys import get_live_pair, with_sealing_key
from server.web.app_state import Clock, HasApp
from sync.alerts.library import Library
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
    """What publishing did, or would do: `edition` None for a plan only."""

    plan: PublicationPlan
    cost: DownloadCost
    edition: Edition | None


@dataclass
class Publisher:
    """`folder`: where this machine's keys lie. `keys`: what this process signs with; None: it does not publish by itself."""

    store: Store
    archive: Archive
    assets: Assets
    key_folder: Path
    clock: Clock
    keys: SigningKeys | None = None

    def require_keys(self) -> SigningKeys:
        """Raises Refused on a machine that does not sign."""
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
        """Publish the named channels (none: all of the site). Everything is rendered and checked before the first is signed.

        `again`: what did not change is signed under a new number too.
        """
        keys = with_sealing_key(self.key_folder, keys)
        library, planned_channels = await self.make_plans(channels)
        if not dry_run:
            await store_versions(self.store, [compile_document(form) for form in library.forms.values()])
        done: list[Publication] = []
        for planned in planned_channels:
            now = self.clock()
            price = await measure_cost(self.archive, planned, keys, library.site.id, now)
            edition = None if dry_run else await publish(self.archive, planned, keys, library.site.id, now, force=again)
            done.append(Publication(planned, price, edition))
            progress(done[-1])
        return done

    async def make_plans(self, channels: Sequence[str] = ()) -> tuple[Library, list[PublicationPlan]]:
        """What publishing the named channels (none: all) would do. Raises NotFound for a channel that is not the site's."""
        library = await library_from_store(self.store)
        for channel in channels:
            if channel not in library.site.channels:
                raise NotFound("channel-unknown", "La chaîne {channel} n’est pas dans site.yaml.", channel=channel)
        return library, [await self._plan(library, channel) for channel in channels or library.site.channels]

    async def confirm_heads(self, keys: SigningKeys, channels: Sequence[str]) -> int:
        """Sign today's freshness of every head that this node's key signed. How many were signed."""
        signed = 0
        for channel in channels:
            head = await self.archive.head(channel)
            if head and head.key == keys.signer.public_key:
                signed += await confirm_freshness(self.archive, head, keys, self.clock())
        return signed

    async def load_renewed_keys(self) -> SigningKeys | None:
        """The keys of the newest epoch, when another process replaced them since this one began; None: there are none newer."""
        current = await self.archive.current_key()
        if self.keys is None or current is None or current[0] <= self.keys.epoch:
            return None
        ring = await to_thread.run_sync(lambda: open_keyring(self.key_folder, create=False))
        if ring and ring.keys.epoch > self.keys.epoch and await can_sign(self.archive, ring.keys):
            return ring.keys
        return None

    async def _plan(self, library: Library, channel: str) -> PublicationPlan:
        assets = replace(self.assets, recovery=get_live_pair(self.key_folder).recovery)
        pages = await to_thread.run_sync(render, library, channel, assets)
        return await plan_publication(self.archive, channel, pages)


def publisher_of(request: HasApp) -> Publisher:
    publisher: Publisher = request.app.state.publisher
    return publisher
