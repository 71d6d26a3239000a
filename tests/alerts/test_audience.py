"""The subscriptions that an alert and the later messages of its story reach."""

from __future__ import annotations

from dataclasses import replace

import pytest

from sync.alerts.alert import SEVERITIES
from sync.alerts.audience import Audience
from tests.support.sample_alerts import ALERT, CANCEL, UPDATE, audience_of


def test_whoever_was_told_the_beginning_is_told_the_end() -> None:
    careful = {"channel": "fr-ML", "topics": ["alerts"], "region": "ML-4", "severity": "Extreme"}
    assert not audience_of(ALERT).includes(careful)
    assert audience_of(UPDATE).includes(careful)
    assert audience_of(CANCEL).includes(careful)
    assert Audience.from_body(audience_of(CANCEL).body) == audience_of(CANCEL)


@pytest.mark.parametrize(
    ("geocode", "country", "region", "reaches"),
    [
        (("ML-4",), "ML", "ML-4", True),
        (("ML-4",), "ML", "ML-5", False),
        (("ML-4",), "ML", "", True),
        (("ML-4",), "BF", "", False),
        (("ML",), "ML", "ML-5", True),
        (("ML",), "BF", "", False),
        ((), "BF", "BF-1", True),
    ],
)
def test_whom_it_reaches(geocode: tuple[str, ...], country: str, region: str, reaches: bool) -> None:
    assert Audience.for_alert(replace(ALERT, geocode=geocode), {}).reaches(country, [region]) is reaches


def test_a_danger_of_unknown_severity_reaches_everybody_who_asked_for_any() -> None:
    unknown = replace(ALERT, severity="Unknown")
    audience = Audience.for_alert(unknown, {})
    for threshold in SEVERITIES:
        subscription = {"topics": ["alerts"], "severity": threshold, "channel": "fr-ML", "region": "ML-4"}
        assert audience.includes(subscription), threshold
    update = replace(UPDATE, severity="Minor")
    assert Audience.for_alert(update, {unknown.slug: unknown}).severities == frozenset(SEVERITIES)


@pytest.mark.parametrize(
    ("geocode", "reaches"),
    [(("ML-1",), True), (("ML-5", "BF-SOUM"), True), (("ML-4",), False), (("ML",), True), (("BF",), False), ((), True)],
)
def test_a_phone_that_follows_several_places_is_told_of_each_and_of_no_other(
    geocode: tuple[str, ...], reaches: bool
) -> None:
    family = {
        "topics": ["alerts"],
        "severity": "Minor",
        "channel": "fr-ML",
        "region": "",
        "regions": ["ML-1", "ML-5"],
    }
    assert Audience.for_alert(replace(ALERT, geocode=geocode), {}).includes(family) is reaches
