"""Publishing from documents in the store: render every channel, then plan, cost and publish. Used by the command line and the daily job."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from anyio import to_thread

from server.keys.keyring import open_keyring
from server.keys.sealing_keys import live_sealing, with_sealing
from server.services import Services
from sync.content.stored import library_from_store
from sync.documents.model import Library
from sync.editions.feed import Edition
from sync.editions.publishing import Cost, Keys, Plan, confirm, cost, may_sign, plan, publish
from sync.errors import NotFound
from sync.forms.form_document import compiled_form
from sync.forms.version_store import keep_versions
from sync.rendering.render import render


@dataclass(frozen=True, slots=True)
class Publication:
    """What publishing did, or would do: `edition` None for a plan only."""

    plan: Plan
    cost: Cost
    edition: Edition | None


async def publish_channels(
    services: Services,
    keys: Keys,
    channels: Sequence[str] = (),
    *,
    dry_run: bool = False,
    again: bool = False,
    progress: Callable[[Publication], None] = lambda publication: None,
) -> list[Publication]:
    """Publish the named channels (none: all of the site). Everything is rendered and checked before the first is signed.

    `again`: what did not change is signed under a new number too.
    """
    keys = with_sealing(services.settings.keys, keys)
    library, planned_channels = await plans(services, channels)
    if not dry_run:
        await keep_versions(services.store, [compiled_form(form) for form in library.forms.values()])
    done: list[Publication] = []
    for planned in planned_channels:
        now = services.clock()
        price = await cost(services.archive, planned, keys, library.site.id, now)
        edition = None if dry_run else await publish(services.archive, planned, keys, library.site.id, now, again=again)
        done.append(Publication(planned, price, edition))
        progress(done[-1])
    return done


async def plans(services: Services, channels: Sequence[str] = ()) -> tuple[Library, list[Plan]]:
    """What publishing the named channels (none: all) would do. Raises NotFound for a channel that is not the site's."""
    library = await library_from_store(services.store)
    for channel in channels:
        if channel not in library.site.channels:
            raise NotFound("channel-unknown", "La chaîne {channel} n’est pas dans site.yaml.", channel=channel)
    return library, [await _plan(services, library, channel) for channel in channels or library.site.channels]


async def confirm_heads(services: Services, keys: Keys) -> int:
    """Sign today's freshness of every head that this node's key signed. How many were signed."""
    signed = 0
    for channel in services.shelf.channels:
        head = await services.archive.head(channel)
        if head and head.key == keys.signer.public:
            signed += await confirm(services.archive, head, keys, services.clock())
    return signed


async def renew(services: Services) -> None:
    """Sign with the keys of the newest epoch, when they were replaced by another process since this one began."""
    current = await services.archive.epoch_key()
    if services.keys is None or current is None or current[0] <= services.keys.epoch:
        return
    ring = await to_thread.run_sync(lambda: open_keyring(services.settings.keys, make=False))
    if ring and ring.keys.epoch > services.keys.epoch and await may_sign(services.archive, ring.keys):
        services.sign_with(ring.keys)


async def _plan(services: Services, library: Library, channel: str) -> Plan:
    assets = replace(services.assets, recovery=live_sealing(services.settings.keys).recovery)
    pages = await to_thread.run_sync(render, library, channel, assets)
    return await plan(services.archive, channel, pages)
