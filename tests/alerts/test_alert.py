"""Alerts: their stories, and whether they are in force."""

from __future__ import annotations

from dataclasses import replace

from sync.alerts.alert import is_in_force, replaced_slugs, story_of
from tests.support.sample_alerts import ALERT, CANCEL, UPDATE, library_with


def test_a_chain_has_one_root_and_its_last_message_holds() -> None:
    alerts = library_with(ALERT, UPDATE, CANCEL).alerts
    assert [story_of(alert, alerts).root for alert in (ALERT, UPDATE, CANCEL)] == ["crue-bani-1"] * 3
    assert [alert.slug for alert in story_of(CANCEL, alerts).earlier] == ["crue-bani-1", "crue-bani-2"]
    replaced = replaced_slugs(alerts)
    assert [is_in_force(alert, replaced) for alert in (ALERT, UPDATE, CANCEL)] == [False, False, False]
    without = replaced_slugs(library_with(ALERT, UPDATE).alerts)
    assert [is_in_force(alert, without) for alert in (ALERT, UPDATE)] == [False, True]


def test_an_alert_that_its_server_called_over_holds_no_more() -> None:
    assert not is_in_force(replace(ALERT, over=True), frozenset())
