"""An alert's YAML file: its fields, and every error with its line and code."""

from __future__ import annotations

import pytest

from sync.alerts.alert_file import read_alert
from sync.content.schemas import from_fields, to_fields
from sync.errors import BadContent, BadFolder
from tests.support.sample_alerts import ALERT, ALERT_YAML, CANCEL, UPDATE


def errors(text: str) -> list[tuple[int, str]]:
    with pytest.raises((BadFolder, BadContent)) as caught:
        read_alert(text.encode(), "crue.yaml")
    error: object = caught.value
    assert isinstance(error, (BadFolder, BadContent))
    return (
        [(item.line, item.code) for item in error.errors]
        if isinstance(error, BadFolder)
        else [(error.line, error.code)]
    )


def test_a_file_gives_the_alert_and_the_store_keeps_it() -> None:
    alert = read_alert(ALERT_YAML.encode(), "crue.yaml").alert
    assert (alert.msgType, alert.status, alert.scope) == ("Alert", "Actual", "Public")
    assert alert.expires == "2026-11-26T18:00:00Z"
    for sample in (alert, ALERT, UPDATE, CANCEL):
        assert from_fields("alert", to_fields("alert", sample)) == sample


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
    assert old in ALERT_YAML
    assert errors(ALERT_YAML.replace(old, new)) == [(line, code)]


def test_offsets_are_read_into_utc() -> None:
    text = ALERT_YAML.replace("2026-11-26T18:00Z", "2026-11-26 19:00+01:00")
    assert read_alert(text.encode(), "").alert.expires == "2026-11-26T18:00:00Z"
