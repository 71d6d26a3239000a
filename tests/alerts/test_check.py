"""The checks before an alert is sent: places, dates, languages, references, length."""

from __future__ import annotations

import datetime
from dataclasses import replace

import pytest

from sync.alerts.alert import Alert, AlertInfo
from sync.alerts.alert_file import read_alert
from sync.alerts.check import find_issues, require_sendable
from sync.errors import BadFolder
from tests.support.sample_alerts import ALERT, ALERT_YAML, CANCEL, FRENCH, LIBRARY, UPDATE, library_with

NOW = datetime.datetime(2026, 11, 24, 12, tzinfo=datetime.UTC)


def codes(alert: Alert, *stored: Alert) -> list[str]:
    return [issue.code for issue in find_issues(alert, library_with(*stored), NOW)]


def test_a_good_alert_has_no_problem() -> None:
    assert codes(ALERT) == []
    assert codes(UPDATE, ALERT) == []


@pytest.mark.parametrize(
    ("alert", "stored", "code"),
    [
        (replace(ALERT, geocode=("NE-1",)), (), "place-unknown"),
        (replace(ALERT, geocode=("ML-99",)), (), "place-unknown"),
        (replace(ALERT, expires="2026-11-24T12:00:00Z"), (), "alert-over"),
        (replace(ALERT, expires="2027-11-24T12:00:00Z"), (), "alert-lasting"),
        (replace(ALERT, info={"bm": FRENCH}), (), "alert-language"),
        (replace(ALERT, topic="absent"), (), "topic-unknown"),
        (UPDATE, (), "alert-unknown"),
        (replace(CANCEL, references=("crue-bani-1",)), (ALERT, UPDATE), "alert-replaced"),
        (UPDATE, (replace(ALERT, status="Exercise"),), "alert-status"),
    ],
)
def test_what_keeps_an_alert_from_being_sent(alert: Alert, stored: tuple[Alert, ...], code: str) -> None:
    assert codes(alert, *stored) == [code]


def test_a_cancel_may_come_after_the_end() -> None:
    assert codes(replace(CANCEL, expires="2026-11-24T11:00:00Z"), ALERT, UPDATE) == []


def test_a_text_too_long_for_one_message_is_named_with_its_line() -> None:
    long = AlertInfo("Titre", "ɲ" * 1999, "Crue", "Allez.")
    read = read_alert(ALERT_YAML.replace("L’eau monte vite.", "ɲ" * 1999).encode(), "crue.yaml")
    with pytest.raises(BadFolder) as caught:
        require_sendable(read.alert, LIBRARY, NOW, "crue.yaml", read.node)
    assert [(error.line, error.code, error.path) for error in caught.value.errors] == [
        (12, "alert-too-long", "crue.yaml")
    ]
    assert codes(replace(ALERT, info={"fr": FRENCH, "bm": long})) == ["alert-too-long"]
