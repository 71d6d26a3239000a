"""What an alert changes of a channel that is already published: its frame, its home and the pages of alerts, nothing else.

So an alert leaves in a moment, and brings out no other edit that somebody has not published yet. That the result is the same as
rendering the channel anew is proven by a test.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import replace

from sync.alerts.library import Library
from sync.canonical import digest
from sync.editions.archive import Archive
from sync.editions.delta import diff_manifests
from sync.editions.manifest import ManifestEntry, validated_manifest
from sync.editions.page import INDEX, SHELL
from sync.editions.publishing import PublicationPlan
from sync.rendering.channel_view import Assets, ChannelView
from sync.rendering.pages import alerts
from sync.rendering.render import render


async def plan_alerts(
    archive: Archive,
    library: Library,
    channel: str,
    assets: Assets,
    load_library: Callable[[], Awaitable[Library]] | None = None,
) -> PublicationPlan | None:
    """The head of `channel` with the library's alerts; None where nothing was published yet.

    Of the library only site, places and alerts are needed; `whole` gives all of it where the head is from before there were alerts.
    """
    head = await archive.head(channel)
    if head is None:
        return None
    held = head.manifest.by_path()
    old = await archive.bodies([held[SHELL], held[INDEX]])
    view = ChannelView.for_channel(
        Library(site=library.site, places=library.places, alerts=library.alerts), channel, assets
    )
    changed = {path: alerts.replace_alerts(path, old[held[path]], view) for path in (SHELL, INDEX)}
    if None in changed.values():
        everything = replace(await load_library(), alerts=library.alerts) if load_library else library
        changed |= {page.path: page.body for page in render(everything, channel, assets) if page.path in changed}
    bodies = {path: body for path, body in changed.items() if body is not None}
    pages = {page.path: page.body for page in alerts.pages(view)}
    entries: list[ManifestEntry] = []
    gone = 0
    for entry in head.manifest.entries:
        if alerts.is_alert_path(entry.path):
            gone += 1
            continue
        entries.append(replace(entry, digest=digest(bodies[entry.path])) if entry.path in bodies else entry)
        if entry.path == INDEX:
            entries += [ManifestEntry(path, digest(body)) for path, body in pages.items()]
    manifest = validated_manifest(tuple(entries), head.manifest.first - gone + len(pages))
    new = {digest(body): body for body in (*bodies.values(), *pages.values())}
    return PublicationPlan(channel, head, manifest, new, diff_manifests(head.manifest, manifest))
