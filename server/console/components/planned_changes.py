"""Changes that publications would make, as pages show them: changed pages, costs, and a digest of the plans shown.

The digest lets actions refuse to publish anything but what the person saw.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from html import unescape

from server.console.components.decision import PageState
from server.publishing.publisher import Publication
from sync.canonical import digest
from sync.editions.publishing import PublicationPlan
from sync.locale import Language


@dataclass(frozen=True, slots=True)
class PlannedChange:
    """A page that the next edition adds, changes or drops. `kind`: new, changed or gone."""

    kind: str
    path: str
    title: str


def plans_digest(publications: Sequence[Publication]) -> str:
    """Digest of the plans: each channel with its previous edition and the pages of the next."""
    plans = [publication.plan for publication in publications]
    parts = [(plan.channel, plan.previous.id if plan.previous else "", *plan.manifest.digests) for plan in plans]
    return digest(repr(parts))


def plans_page_state(language: Language, publications: Sequence[Publication]) -> PageState:
    """The page of plans: each channel's changed pages and what they cost."""
    kinds = {"new": language("nouvelle"), "changed": language("changée"), "gone": language("enlevée")}
    paragraphs = [
        "\n".join(
            [
                publication.plan.channel,
                f"{language('Un téléphone à jour télécharge')} : {language.number(publication.cost.update)}",
                f"{language('Un nouveau téléphone télécharge')} : {language.number(publication.cost.new_phone)}",
                *(
                    f"{kinds[change.kind]} : {change.path} · {change.title}"
                    for change in list_changes(publication.plan)
                ),
            ]
        )
        for publication in publications
        if not publication.plan.is_unchanged
    ]
    text = "\n\n".join(paragraphs) or language("Tout est déjà publié.")
    return PageState(plans_digest(publications), text)


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
