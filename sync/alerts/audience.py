"""The audience of an alert: subscriptions that match its topic, severity and places, or those of its earlier alerts."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sync.alerts.alert import ALERTS_TOPIC, SEVERITIES, TESTS_TOPIC, Alert, Alerts, story_of


@dataclass(frozen=True, slots=True)
class Audience:
    """`severities`: the matching thresholds; all of them if the severity is Unknown, as the danger may be any.

    `places`: those of each alert of the story; an empty set is everywhere.
    """

    topic: str
    severities: frozenset[str]
    places: tuple[frozenset[str], ...]

    @classmethod
    def for_alert(cls, alert: Alert, alerts: Alerts) -> Audience:
        story = (alert, *story_of(alert, alerts).earlier)
        topic = TESTS_TOPIC if alert.status == "Test" else alert.topic or ALERTS_TOPIC
        most_severe = min(SEVERITIES.index(member.severity) for member in story)
        is_any = topic != ALERTS_TOPIC or any(member.severity == "Unknown" for member in story)
        severities = SEVERITIES if is_any else SEVERITIES[most_severe:]
        return cls(topic, frozenset(severities), tuple(dict.fromkeys(frozenset(member.geocode) for member in story)))

    @property
    def body(self) -> dict[str, Any]:
        return {
            "topic": self.topic,
            "severities": sorted(self.severities),
            "places": [sorted(places) for places in self.places],
        }

    @classmethod
    def from_body(cls, body: Mapping[str, Any]) -> Audience:
        return cls(body["topic"], frozenset(body["severities"]), tuple(frozenset(places) for places in body["places"]))

    def includes(self, subscription: Mapping[str, Any]) -> bool:
        """True if the subscription matches. Takes a record's body, because the fan-out checks every subscription."""
        return (
            self.topic in subscription["topics"]
            and subscription["severity"] in self.severities
            and self.reaches(subscription["channel"][-2:], subscription.get("regions") or [subscription["region"]])
        )

    def reaches(self, country: str, regions: Sequence[str]) -> bool:
        """True if an alert of the story covers one of the regions, or part of the country if a region is ""."""
        for places in self.places:
            if not places or country in places or not places.isdisjoint(regions):
                return True
            if "" in regions and any(place.startswith(f"{country}-") for place in places):
                return True
        return False
