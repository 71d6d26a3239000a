"""Publication of an alert in a published channel: only the shell and the pages of alerts change.

So an alert is published at once, without other edits that are not published yet. A test proves that the result equals
a complete rendering of the channel.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import replace

from sync.alerts.library_with_alerts import Library
from sync.canonical import digest
from sync.editions.archive import Archive
from sync.editions.delta import diff_manifests
from sync.editions.manifest import Manifest, ManifestEntry, validated_manifest
from sync.editions.page import INDEX, SHELL, rendered_pages, split_at_alerts
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
    """Plan the head of `channel` with the library's alerts; None if nothing was published yet.

    `library` needs only site, places and alerts. `load_library` returns the complete one, for a head that was rendered
    by a version without alert markers.
    """
    head = await archive.head(channel)
    if head is None:
        return None
    digests = head.manifest.by_path()
    old_bodies = await archive.bodies([digests[SHELL], digests[INDEX]])
    view = ChannelView.for_channel(
        Library(site=library.site, places=library.places, alerts=library.alerts), channel, assets
    )
    changed = {path: alerts.replace_alerts(path, old_bodies[digests[path]], view) for path in (SHELL, INDEX)}
    if None in changed.values():
        complete = replace(await load_library(), alerts=library.alerts) if load_library else library
        changed |= {page.path: page.body for page in render(complete, channel, assets) if page.path in changed}
    bodies = {path: body for path, body in changed.items() if body is not None}
    pages = {page.path: page.body for page in rendered_pages(alerts.pages(view))}
    entries: list[ManifestEntry] = []
    removed_count = 0
    for entry in head.manifest.entries:
        if alerts.is_alert_path(entry.path):
            removed_count += 1
            continue
        entries.append(replace(entry, digest=digest(bodies[entry.path])) if entry.path in bodies else entry)
        if entry.path == INDEX:
            entries += [ManifestEntry(path, digest(body)) for path, body in pages.items()]
    manifest = validated_manifest(tuple(entries), head.manifest.first - removed_count + len(pages))
    new_bodies = {digest(body): body for body in (*bodies.values(), *pages.values())}
    return PublicationPlan(channel, head, manifest, new_bodies, diff_manifests(head.manifest, manifest))


def digests_without_alerts(manifest: Manifest, shell: str) -> dict[str, str]:
    """The digest of each page by path, as if no alert had been sent. `shell`: the body of the manifest's shell."""
    digests = {path: name for path, name in manifest.by_path().items() if not alerts.is_alert_path(path)}
    parts = split_at_alerts(shell)
    return {**digests, SHELL: digest(parts.before + parts.after)} if parts else digests
