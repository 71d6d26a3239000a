"""Publication plans as the console previews them: changed pages, costs, and a digest of the plans shown.

The digest lets `actions` refuse to publish anything but what the person saw.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from html import unescape

from server.publishing.publisher import Publication, Publisher
from sync.canonical import digest
from sync.editions.feed import Edition
from sync.editions.page import Page
from sync.editions.publishing import PublicationPlan, measure_cost, plan_publication
from sync.editions.publishing import publish as publish_plan
from sync.errors import NotFound


@dataclass(frozen=True, slots=True)
class PlannedChange:
    """A page that the next edition adds, changes or drops. `kind`: new, changed or gone."""

    kind: str
    path: str
    title: str


async def preview_publications(publisher: Publisher) -> list[Publication]:
    """The plans of all channels, without publishing. Raises Refused on a machine without keys."""
    return await publisher.publish(publisher.require_keys(), dry_run=True)


def plans_digest(publications: Sequence[Publication]) -> str:
    """Digest of the plans: each channel with its previous edition and the pages of the next."""
    plans = [publication.plan for publication in publications]
    parts = [(plan.channel, plan.previous.id if plan.previous else "", *plan.manifest.digests) for plan in plans]
    return digest(repr(parts))


def list_changes(plan: PublicationPlan) -> list[PlannedChange]:
    changes = [
        PlannedChange(
            "changed" if change.old else "new", change.entry.path, parse_title(plan.bodies[change.entry.digest])
        )
        for change in plan.delta.changes
        if change.old != change.entry.digest
    ]
    return changes + [PlannedChange("gone", path, path) for path in plan.delta.gone]


def parse_title(body: str) -> str:
    """The title in the first line of a page; "" for other files."""
    title, newline, _ = body.partition("\n")
    return unescape(title) if newline and not title.startswith("<!") else ""


async def plan_older_edition(publisher: Publisher, channel: str, id: str) -> tuple[Edition, Publication]:
    """Plan to publish an older edition's pages again. Raises NotFound unless all its pages are still stored."""
    edition = await publisher.archive.edition(id)
    if edition is None or edition.statement.channel != channel:
        raise NotFound("edition-unknown", "Cette édition n’est plus gardée.")
    bodies = await publisher.archive.bodies(entry.digest for entry in edition.manifest.entries)
    if len(bodies) < len({entry.digest for entry in edition.manifest.entries}):
        raise NotFound("edition-unknown", "Cette édition n’est plus gardée.")
    first = edition.manifest.first
    pages = [
        Page(entry.path, bodies[entry.digest], "first" if index < first else "rest")
        for index, entry in enumerate(edition.manifest.entries)
    ]
    keys = publisher.require_keys()
    plan = await plan_publication(publisher.archive, channel, pages)
    cost = await measure_cost(publisher.archive, plan, keys, edition.statement.site, publisher.clock())
    return edition, Publication(plan, cost, None)


async def publish_older_edition(publisher: Publisher, edition: Edition, publication: Publication) -> Publication:
    """Publish the plan of `plan_older_edition` under a new number: numbers only grow."""
    published_edition = await publish_plan(
        publisher.archive, publication.plan, publisher.require_keys(), edition.statement.site, publisher.clock()
    )
    return Publication(publication.plan, publication.cost, published_edition)
