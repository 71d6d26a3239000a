"""Publication plans as the console previews them, and those of older editions."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress

from server.publishing.publication_log import PublicationNote
from server.publishing.publisher import Publication, Publisher
from sync.editions.feed import Edition
from sync.editions.page import Page
from sync.editions.publishing import measure_cost, plan_publication
from sync.errors import NotFound

RUN_SECONDS = 600  # between the first and the last channel of one publication; an edition's number is its time


async def preview_publications(publisher: Publisher) -> list[Publication]:
    """The plans of all channels, without publishing. Raises Refused on a machine without keys."""
    return await publisher.publish(publisher.require_keys(), dry_run=True)


async def plan_older_edition(publisher: Publisher, channel: str, id: str) -> tuple[Edition, Publication]:
    """Plan to publish an older edition's pages again. Raises NotFound unless all its pages are still stored."""
    edition = await publisher.archive.edition(id)
    if edition is None or edition.statement.channel != channel:
        raise NotFound("edition-unknown", "Ces pages d’avant ne sont plus gardées.", "Revenez à la liste.")
    bodies = await publisher.archive.bodies(entry.digest for entry in edition.manifest.entries)
    if len(bodies) < len({entry.digest for entry in edition.manifest.entries}):
        raise NotFound("edition-unknown", "Ces pages d’avant ne sont plus gardées.", "Revenez à la liste.")
    first = edition.manifest.first
    pages = [
        Page(entry.path, bodies[entry.digest], "first" if index < first else "rest")
        for index, entry in enumerate(edition.manifest.entries)
    ]
    keys = publisher.require_keys()
    plan = await plan_publication(publisher.archive, channel, pages)
    size = await publisher.cache.load_size(channel)
    cost = await measure_cost(publisher.archive, plan, keys, edition.statement.site, publisher.clock(), size)
    return edition, Publication(plan, cost, None)


async def plan_editions_of_moment(
    publisher: Publisher, channels: Sequence[str], number: int
) -> list[tuple[Edition, Publication]]:
    """Plans to publish again what these channels had when edition `number` of another one was published.

    Channels that have it still, had none or no longer have all its pages are left out.
    """
    plans: list[tuple[Edition, Publication]] = []
    for channel in channels:
        history = await publisher.archive.history(channel)
        ids = [id for other, id in history if other <= number + RUN_SECONDS]
        if ids and ids[-1] != history[-1][1]:
            with suppress(NotFound):
                plans.append(await plan_older_edition(publisher, channel, ids[-1]))
    return [(edition, publication) for edition, publication in plans if not publication.plan.is_unchanged]


async def publish_older_edition(
    publisher: Publisher, edition: Edition, publication: Publication, note: PublicationNote
) -> Publication:
    """Publish the plan of `plan_older_edition` under a new number: numbers only grow."""
    return await publisher.announce(publication, edition.statement.site, publisher.require_keys(), note)
