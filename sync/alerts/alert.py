"""The alert document: CAP 1.2's fields under CAP's names, with one `info` block per language and areas as places.

A sent alert is immutable. It is changed by another alert (`Update`, `Cancel`) that names it in `references`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Annotated

from sync.alerts.timestamps import Timestamp
from sync.documents.field_types import ErrorReport, OneOf, Text
from sync.documents.schema_derivation import Keys, Unique, derive_schema
from sync.documents.text_types import LANG, SLUG
from sync.documents.yaml_tree import YamlNode, line_of

STATUSES = ("Actual", "Exercise", "Test")  # CAP's System and Draft are never sent to people
MESSAGE_TYPES = ("Alert", "Update", "Cancel")
SCOPES = ("Public",)
CATEGORIES = (
    "Geo",
    "Met",
    "Safety",
    "Security",
    "Rescue",
    "Fire",
    "Health",
    "Env",
    "Transport",
    "Infra",
    "CBRNE",
    "Other",
)
RESPONSES = ("Shelter", "Evacuate", "Prepare", "Execute", "Avoid", "Monitor", "Assess", "AllClear", "None")
URGENCIES = ("Immediate", "Expected", "Future", "Past", "Unknown")
SEVERITIES = ("Extreme", "Severe", "Moderate", "Minor", "Unknown")
CERTAINTIES = ("Observed", "Likely", "Possible", "Unlikely", "Unknown")

ALERTS_TOPIC = "alerts"  # the default topic of alerts
TESTS_TOPIC = "tests"  # the topic of alerts with status Test

MAX_ORIGIN_NAME = 120  # characters
MAX_HEADLINE = 120  # characters: more than a phone's notification shows of a title; CAP advises 160 at most

AlertSlug = Annotated[
    str,
    Text(60, pattern=SLUG, code="slug-form", hint="Lettres minuscules sans accent, chiffres et tirets : crue-bani-1."),
]
AlertSlugs = Annotated[tuple[AlertSlug, ...], Unique()]
AlertPlace = Annotated[
    str,
    Text(
        20,
        pattern=r"[A-Z]{2}(-[A-Z0-9-]{1,16})?",
        code="place-form",
        hint="Le pays, un tiret, la région : ML-BKO. Ou le pays seul.",
    ),
]
LongText = Annotated[str, Text(2000, is_multiline=True)]
Moment = Annotated[str, Timestamp()]


@dataclass(frozen=True, slots=True)
class AlertInfo:
    """The texts of an alert in one language. `areaDesc` "": the names of the places are shown."""

    headline: Annotated[str, Text(MAX_HEADLINE)]
    description: LongText
    event: Annotated[str, Text(60)]
    instruction: LongText = ""
    areaDesc: Annotated[str, Text(200)] = ""  # noqa: N815  (CAP's spelling)


@dataclass(frozen=True, slots=True)
class AlertOrigin:
    """The message of another organisation that an alert relays.

    `name`: of its sender. `message`: digest of the message, which is kept whole. `geocode`: the places found in it.
    """

    sender: Annotated[str, Text(300)]
    identifier: Annotated[str, Text(300)]
    sent: Moment
    name: Annotated[str, Text(MAX_ORIGIN_NAME)]
    message: Annotated[str, Text(43)]
    geocode: Annotated[tuple[AlertPlace, ...], Unique()] = ()


@dataclass(frozen=True, slots=True)
class Alert:
    """An alert. Times are `YYYY-MM-DDThh:mm:ssZ`.

    `geocode`: places (ML-4) or whole countries (ML); empty in a draft, and in alerts of 0.1.0 for all countries.
    `references`: slugs of alerts that it updates or cancels. `topic`: slug of the topic whose followers are notified;
    "": all. `sent`: set when it is sent. `over`: set by the server once `expires` has passed. `origin`: set if it
    relays a message.
    """

    slug: AlertSlug
    category: Annotated[tuple[Annotated[str, OneOf(CATEGORIES)], ...], Unique()]
    urgency: Annotated[str, OneOf(URGENCIES)]
    severity: Annotated[str, OneOf(SEVERITIES)]
    certainty: Annotated[str, OneOf(CERTAINTIES)]
    expires: Moment
    info: Annotated[dict[str, AlertInfo], Keys(LANG, "Un code de langue et ses textes : fr, bm.")]
    status: Annotated[str, OneOf(STATUSES)] = "Actual"
    msgType: Annotated[str, OneOf(MESSAGE_TYPES)] = "Alert"  # noqa: N815  (CAP's spelling)
    scope: Annotated[str, OneOf(SCOPES)] = "Public"
    responseType: Annotated[tuple[Annotated[str, OneOf(RESPONSES)], ...], Unique()] = ()  # noqa: N815
    geocode: Annotated[tuple[AlertPlace, ...], Unique()] = ()
    effective: Moment = ""
    onset: Moment = ""
    references: AlertSlugs = ()
    topic: AlertSlug = ""
    sent: Moment = ""
    over: bool = False
    origin: AlertOrigin | None = None

    def check_fields(self, node: YamlNode, report: ErrorReport) -> None:
        _check_times(self, node, report)
        _check_references(self, node, report)
        _check_not_empty(self, node, report)

    @property
    def countries(self) -> frozenset[str]:
        """The countries that the alert concerns; empty: all."""
        return frozenset(code.partition("-")[0] for code in self.geocode)

    def concerns(self, country: str) -> bool:
        return not self.geocode or country in self.countries


def _check_times(alert: Alert, node: YamlNode, report: ErrorReport) -> None:
    for name in ("effective", "onset"):
        moment = getattr(alert, name)
        if moment and moment >= alert.expires:
            report.add(line_of(node, name), "alert-times", "« {name} » vient après la fin de l’alerte.", name=name)


def _check_references(alert: Alert, node: YamlNode, report: ErrorReport) -> None:
    if alert.msgType == "Alert" and alert.references:
        report.add(
            line_of(node, "references"),
            "alert-references",
            "Une nouvelle alerte n’en remplace pas d’autre.",
            "Écrivez « msgType: Update » ou « msgType: Cancel ».",
        )
    if alert.msgType != "Alert" and not alert.references:
        report.add(
            line_of(node, "msgType"),
            "alert-references",
            "Dites quelle alerte celle-ci change ou annule.",
            "Écrivez son nom sous « references ».",
        )


def _check_not_empty(alert: Alert, node: YamlNode, report: ErrorReport) -> None:
    if not alert.info:
        report.add(line_of(node, "info"), "field-empty", "Le champ « {name} » est vide.", name="info")
    if not alert.category:
        report.add(line_of(node, "category"), "field-empty", "Le champ « {name} » est vide.", name="category")


ALERT_SCHEMA = derive_schema(Alert)

Alerts = Mapping[str, Alert]


@dataclass(frozen=True, slots=True)
class AlertStory:
    """The alerts that an alert refers to. `root`: slug of the first one; a phone shows one message per root."""

    root: str
    earlier: tuple[Alert, ...] = field(default=())


def story_of(alert: Alert, alerts: Alerts) -> AlertStory:
    """The story of an alert: all known alerts that it refers to, directly or indirectly, oldest first."""
    referenced: dict[str, Alert] = {}
    pending = list(alert.references)
    while pending:
        slug = pending.pop()
        if slug in alerts and slug not in referenced and slug != alert.slug:
            referenced[slug] = alerts[slug]
            pending += alerts[slug].references
    earlier = tuple(sorted(referenced.values(), key=lambda other: (other.sent, other.slug)))
    return AlertStory(earlier[0].slug if earlier else alert.slug, earlier)


def is_deadly(alert: Alert, alerts: Alerts) -> bool:
    """True if the alert, or one that it changes or ends, is a real one of severity Extreme."""
    story = (alert, *story_of(alert, alerts).earlier)
    return alert.status == "Actual" and any(
        member.severity == "Extreme" and member.status == "Actual" for member in story
    )


def replaced_slugs(alerts: Alerts) -> frozenset[str]:
    """Slugs of alerts that a later one updates or cancels."""
    return frozenset(earlier.slug for alert in alerts.values() for earlier in story_of(alert, alerts).earlier)


def is_in_force(alert: Alert, replaced: frozenset[str]) -> bool:
    """True until the alert is over, cancelled or replaced. `replaced`: see `replaced_slugs`."""
    return alert.msgType != "Cancel" and not alert.over and alert.slug not in replaced
