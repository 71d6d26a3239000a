"""The subscriptions that an alert and the later messages of its story reach."""

from __future__ import annotations

from sync.alerts.audience import Audience
from tests.support.sample_alerts import ALERT, CANCEL, UPDATE, audience


def test_whoever_was_told_the_beginning_is_told_the_end() -> None:
    careful = {"channel": "fr-ML", "topics": ["alerts"], "region": "ML-4", "severity": "Extreme"}
    assert not audience(ALERT).includes(careful)
    assert audience(UPDATE).includes(careful)
    assert audience(CANCEL).includes(careful)
    assert Audience.from_body(audience(CANCEL).body) == audience(CANCEL)
