"""Emergency numbers of a country: eight lines, each rung by somebody, from a recent official page, or not known.

A number that hurts when it is dead is shown only as one of the first two. Weaker ones wait in `to_ring` for a
coordinator who rings them; readers never see those.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, Literal, TypeAlias

from sync.documents.field_types import ErrorReport, OneOf, Text
from sync.documents.schema_derivation import Unique
from sync.documents.sources import Source
from sync.documents.text_types import Day, Paragraph, Summary, WebAddress
from sync.documents.yaml_tree import YamlNode, line_of

SERVICES = ("police", "gendarmerie", "fire", "ambulance", "child", "women", "cybercrime", "operators")
RECENT_YEARS = 2  # between an official page's own day and the day on which it was read

LineState: TypeAlias = Literal["rung", "official", "unknown"]
PhoneNumber = Annotated[
    str, Text(30, pattern=r"\+?[0-9][0-9 ]*", code="number-form", hint="Des chiffres et des espaces : 80 00 11 15.")
]


@dataclass(frozen=True, slots=True)
class Rung:
    """The call that somebody made: who, and on which day."""

    by: Annotated[str, Text(120)]
    day: Day


@dataclass(frozen=True, slots=True)
class NumberToRing:
    """A number that was read somewhere and that nobody has rung. `note`: what the source says of it."""

    number: PhoneNumber
    source: Source
    note: Summary = ""


@dataclass(frozen=True, slots=True)
class EmergencyLine:
    """One service. `site`: its reporting portal. `note`: where and when it answers. `instead`: what to do without it.

    `source`: of the number, or of what to do instead.
    """

    service: Annotated[str, OneOf(SERVICES)]
    number: PhoneNumber = ""
    site: WebAddress = ""
    note: Summary = ""
    source: Source | None = None
    rung: Rung | None = None
    instead: Paragraph = ""
    to_ring: Annotated[tuple[NumberToRing, ...], Unique("number")] = ()

    @property
    def state(self) -> LineState:
        if self.number and self.rung:
            return "rung"
        return "official" if (self.number or self.site) and _is_recent(self.source) else "unknown"

    def check_fields(self, node: YamlNode, report: ErrorReport) -> None:
        if self.state == "unknown" and (self.number or self.site):
            report.add(
                line_of(node, "number"),
                "number-unproven",
                "« {number} » n’a été ni essayé, ni lu dans une page officielle de moins de deux ans.",
                "Mettez-le dans to_ring : une personne l’appellera.",
                name="number",
                number=self.number or self.site,
            )
        if self.state == "unknown" and not self.instead:
            report.add(
                line_of(node),
                "number-missing",
                "« {service} » n’a pas de numéro sûr : dites quoi faire à la place, dans instead.",
                name="instead",
                service=self.service,
            )


def _is_recent(source: Source | None) -> bool:
    """True if the page names its own day, at most RECENT_YEARS before it was read."""
    if source is None or not source.has_page or not source.published or source.seen is None:
        return False
    year = int(source.seen.day[:4]) - RECENT_YEARS
    return source.published >= f"{year}{source.seen.day[4:]}"[: len(source.published)]
