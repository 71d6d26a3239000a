"""Plans and their costs, kept until the documents or a head change: what was seen is what is published, or nothing is."""

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
    """One page: `kind` new, changed or gone."""

    kind: str
    path: str
    title: str


async def preview_publications(publisher: Publisher) -> list[Publication]:
    return await publisher.publish(publisher.require_keys(), dry_run=True)


def plans_digest(publications: Sequence[Publication]) -> str:
    """The fingerprint of what was shown: every channel, where it starts and where it leads."""
    seen = [
        (one.plan.channel, one.plan.previous.id if one.plan.previous else "", *one.plan.manifest.digests)
        for one in publications
    ]
    return digest(repr(seen))


def list_changes(plan: PublicationPlan) -> list[PlannedChange]:
    found = [
        PlannedChange(
            "changed" if change.old else "new", change.entry.path, parse_title(plan.bodies[change.entry.digest])
        )
        for change in plan.delta.changes
        if change.old != change.entry.digest
    ]
    return found + [PlannedChange("gone", path, path) for path in plan.delta.gone]


def parse_title(body: str) -> str:
    title, newline, _ = body.partition("\n")
    return unescape(title) if newline and not title.startswith("<!") else ""


async def plan_older_edition(publisher: Publisher, channel: str, id: str) -> tuple[Edition, Publication]:
    """What publishing an older edition's pages again would do. Raises NotFound where its pages are not all kept."""
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
    plan_ = await plan_publication(publisher.archive, channel, pages)
    price = await measure_cost(publisher.archive, plan_, keys, edition.statement.site, publisher.clock())
    return edition, Publication(plan_, price, None)


async def publish_older_edition(publisher: Publisher, edition: Edition, planned: Publication) -> Publication:
    """The older pages under a new number: numbers only grow."""
    done = await publish_plan(
        publisher.archive, planned.plan, publisher.require_keys(), edition.statement.site, publisher.clock()
    )
    return Publication(planned.plan, planned.cost, done)
