"""The alert document: its file with the line of every error, its chains, whom it concerns, what keeps it from being sent."""

from __future__ import annotations

import datetime
from dataclasses import replace

import pytest

from sync.alerts.alert import Alert, AlertInfo, is_in_force, replaced_slugs, story_of
from sync.alerts.alert_file import read_alert
from sync.alerts.audience import Audience
from sync.alerts.check import find_issues, require_sendable
from sync.content.schemas import from_fields, to_fields
from sync.errors import BadContent, BadFolder
from tests.support.sample_alerts import ALERT, CANCEL, FILE, FRENCH, LIBRARY, UPDATE, holding

NOW = datetime.datetime(2026, 11, 24, 12, tzinfo=datetime.UTC)


def errors(text: str) -> list[tuple[int, str]]:
    with pytest.raises((BadFolder, BadContent)) as caught:
        read_alert(text.encode(), "crue.yaml")
    found: object = caught.value
    assert isinstance(found, (BadFolder, BadContent))
    return (
        [(one.line, one.code) for one in found.errors] if isinstance(found, BadFolder) else [(found.line, found.code)]
    )


def codes(alert: Alert, *held: Alert) -> list[str]:
    return [one.code for one in find_issues(alert, holding(*held), NOW)]


def test_a_file_gives_the_alert_and_the_store_keeps_it() -> None:
    alert = read_alert(FILE.encode(), "crue.yaml").alert
    assert (alert.msgType, alert.status, alert.scope) == ("Alert", "Actual", "Public")
    assert alert.expires == "2026-11-26T18:00:00Z"
    for each in (alert, ALERT, UPDATE, CANCEL):
        assert from_fields("alert", to_fields("alert", each)) == each


@pytest.mark.parametrize(
    ("old", "new", "line", "code"),
    [
        ("severity: Severe", "severity: Sever", 4, "value-unknown"),
        ("expires: 2026-11-26T18:00Z", "expires: 2026-11-26T18:00", 7, "moment-form"),
        ("expires: 2026-11-26T18:00Z", "expires: 2026-02-30T18:00Z", 7, "moment-form"),
        ("    event: Crue\n", "", 9, "field-missing"),
        ("category: [Met]", "category: []", 2, "field-empty"),
        ("geocode: [ML-4, ML-5]", "geocode: [Ségou]", 6, "place-form"),
        ("geocode: [ML-4, ML-5]", "onset: 2026-11-27T00:00Z", 6, "alert-times"),
        ("geocode: [ML-4, ML-5]", "references: [x]", 6, "alert-references"),
        ("geocode: [ML-4, ML-5]", "msgType: Update", 6, "alert-references"),
        ("geocode: [ML-4, ML-5]", "sent: 2026-11-24T12:00Z", 6, "field-unknown"),
        ("slug: crue-bani-1", "slug: Crue", 1, "slug-form"),
    ],
)
def test_an_error_has_its_line(old: str, new: str, line: int, code: str) -> None:
    assert old in FILE
    assert errors(FILE.replace(old, new)) == [(line, code)]


def test_offsets_are_read_into_utc() -> None:
    text = FILE.replace("2026-11-26T18:00Z", "2026-11-26 19:00+01:00")
    assert read_alert(text.encode(), "").alert.expires == "2026-11-26T18:00:00Z"


def test_a_chain_has_one_root_and_its_last_message_holds() -> None:
    alerts = holding(ALERT, UPDATE, CANCEL).alerts
    assert [story_of(one, alerts).root for one in (ALERT, UPDATE, CANCEL)] == ["crue-bani-1"] * 3
    assert [one.slug for one in story_of(CANCEL, alerts).earlier] == ["crue-bani-1", "crue-bani-2"]
    gone = replaced_slugs(alerts)
    assert [is_in_force(one, gone) for one in (ALERT, UPDATE, CANCEL)] == [False, False, False]
    without = replaced_slugs(holding(ALERT, UPDATE).alerts)
    assert [is_in_force(one, without) for one in (ALERT, UPDATE)] == [False, True]


def test_an_alert_that_its_server_called_over_holds_no_more() -> None:
    assert not is_in_force(replace(ALERT, over=True), frozenset())


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
    assert Audience.for_alert(replace(ALERT, geocode=geocode), {}).reaches(country, region) is reaches


def test_a_good_alert_has_no_problem() -> None:
    assert codes(ALERT) == []
    assert codes(UPDATE, ALERT) == []


@pytest.mark.parametrize(
    ("alert", "held", "code"),
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
def test_what_keeps_an_alert_from_being_sent(alert: Alert, held: tuple[Alert, ...], code: str) -> None:
    assert codes(alert, *held) == [code]


def test_a_cancel_may_come_after_the_end() -> None:
    assert codes(replace(CANCEL, expires="2026-11-24T11:00:00Z"), ALERT, UPDATE) == []


def test_a_text_too_long_for_one_message_is_named_with_its_line() -> None:
    long = AlertInfo("Titre", "ɲ" * 1999, "Crue", "Allez.")
    read = read_alert(FILE.replace("L’eau monte vite.", "ɲ" * 1999).encode(), "crue.yaml")
    with pytest.raises(BadFolder) as caught:
        require_sendable(read.alert, LIBRARY, NOW, "crue.yaml", read.node)
    assert [(one.line, one.code, one.path) for one in caught.value.errors] == [(12, "alert-too-long", "crue.yaml")]
    assert codes(replace(ALERT, info={"fr": FRENCH, "bm": long})) == ["alert-too-long"]
