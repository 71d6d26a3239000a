"""The audience of an alert: phones that chose its topic and gravity and are where it applies, or were told an earlier part of its story."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sync.alerts.alert import ALERTS_TOPIC, SEVERITIES, TESTS_TOPIC, Alert, Alerts, story_of


@dataclass(frozen=True, slots=True)
class Audience:
    """`severities`: the thresholds that are told. `places`: of each message of the story; an empty one is everywhere."""

    topic: str
    severities: frozenset[str]
    places: tuple[frozenset[str], ...]

    @classmethod
    def for_alert(cls, alert: Alert, alerts: Alerts) -> Audience:
        story = (alert, *story_of(alert, alerts).earlier)
        topic = TESTS_TOPIC if alert.status == "Test" else alert.topic or ALERTS_TOPIC
        gravest = min(SEVERITIES.index(one.severity) for one in story)
        told = SEVERITIES[gravest:] if topic == ALERTS_TOPIC else SEVERITIES
        return cls(topic, frozenset(told), tuple(dict.fromkeys(frozenset(one.geocode) for one in story)))

    @property
    def body(self) -> dict[str, Any]:
        return {
            "topic": self.topic,
            "severities": sorted(self.severities),
            "places": [sorted(one) for one in self.places],
        }

    @classmethod
    def from_body(cls, body: Mapping[str, Any]) -> Audience:
        return cls(body["topic"], frozenset(body["severities"]), tuple(frozenset(one) for one in body["places"]))

    def includes(self, subscription: Mapping[str, Any]) -> bool:
        """Judged on the record's body itself: the fan-out asks it for every subscription there is."""
        return (
            self.topic in subscription["topics"]
            and subscription["severity"] in self.severities
            and self.reaches(subscription["channel"][-2:], subscription["region"])
        )

    def reaches(self, country: str, region: str) -> bool:
        """True if a message of the story covers the region, or a part of the country when the phone names no region."""
        for places in self.places:
            if not places or country in places or region in places:
                return True
            if not region and any(place.startswith(f"{country}-") for place in places):
                return True
        return False
