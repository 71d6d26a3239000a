"""The alert document: CAP 1.2's fields under CAP's names, one `info` block a language, areas by places.

An alert is written once and sent; what changes about it is a further alert (`Update`, `Cancel`) that names it in `references`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

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

ALERTS_TOPIC = "alerts"  # the topic of an alert that names none
TESTS_TOPIC = "tests"  # the topic of those who asked for messages of status Test


@dataclass(frozen=True, slots=True)
class AlertInfo:
    """What people read, in one language. `areaDesc` "": the names of the places."""

    headline: str
    description: str
    event: str
    instruction: str = ""
    areaDesc: str = ""  # noqa: N815  (CAP's spelling)


@dataclass(frozen=True, slots=True)
class Alert:
    """Moments are `YYYY-MM-DDThh:mm:ssZ`. `geocode`: places (ML-4) or whole countries (ML); none: everywhere the site speaks to.

    `references`: slugs of the alerts that this one updates or cancels. `topic`: a topic's slug when only those who follow it are told.
    `sent`: set when it is sent. `over`: the server noted that its end has passed.
    """

    slug: str
    category: tuple[str, ...]
    urgency: str
    severity: str
    certainty: str
    expires: str
    info: dict[str, AlertInfo]
    status: str = "Actual"
    msgType: str = "Alert"  # noqa: N815  (CAP's spelling)
    scope: str = "Public"
    responseType: tuple[str, ...] = ()  # noqa: N815  (CAP's spelling)
    geocode: tuple[str, ...] = ()
    effective: str = ""
    onset: str = ""
    references: tuple[str, ...] = ()
    topic: str = ""
    sent: str = ""
    over: bool = False

    @property
    def countries(self) -> frozenset[str]:
        """Countries it concerns; empty: all."""
        return frozenset(code.partition("-")[0] for code in self.geocode)

    def concerns(self, country: str) -> bool:
        return not self.geocode or country in self.countries


Alerts = Mapping[str, Alert]


@dataclass(frozen=True, slots=True)
class AlertStory:
    """An alert among the earlier ones it speaks of. `root` names the story they all tell: a phone shows one message of it."""

    root: str
    earlier: tuple[Alert, ...] = field(default=())


def story_of(alert: Alert, alerts: Alerts) -> AlertStory:
    """Every alert that `alert` refers to, directly or through others, oldest first. Unknown ones are left out."""
    found: dict[str, Alert] = {}
    waiting = list(alert.references)
    while waiting:
        slug = waiting.pop()
        if slug in alerts and slug not in found and slug != alert.slug:
            found[slug] = alerts[slug]
            waiting += alerts[slug].references
    earlier = tuple(sorted(found.values(), key=lambda one: (one.sent, one.slug)))
    return AlertStory(earlier[0].slug if earlier else alert.slug, earlier)


def replaced_slugs(alerts: Alerts) -> frozenset[str]:
    """Slugs of alerts that a later one updates or cancels."""
    return frozenset(one.slug for alert in alerts.values() for one in story_of(alert, alerts).earlier)


def is_in_force(alert: Alert, replaced: frozenset[str]) -> bool:
    """`gone`: what `replaced` gives."""
    return alert.msgType != "Cancel" and not alert.over and alert.slug not in replaced
