"""CAP 1.2: valid against its schema and readable by an independent parser."""

from __future__ import annotations

import warnings
from dataclasses import replace
from xml.etree import ElementTree as Tree

import capparser
import pytest

from sync.alerts.alert import Alert
from sync.alerts.cap import ATOM_NAMESPACE, CAP_NAMESPACE, write_atom, write_cap
from sync.locale import Language
from tests.support.sample_alerts import ALERT, CANCEL, UPDATE, library_with

with warnings.catch_warnings():
    warnings.simplefilter("ignore")
    import capvalidator

LIBRARY = library_with(ALERT, UPDATE, CANCEL)
EVERYWHERE = replace(
    ALERT, slug="partout", geocode=(), effective="2026-11-24T13:00:00Z", onset="2026-11-24T14:00:00Z", status="Exercise"
)


def written(alert: Alert) -> bytes:
    return write_cap(alert, LIBRARY, "https://exemple.ml", Language)


@pytest.mark.parametrize("alert", [ALERT, UPDATE, CANCEL, EVERYWHERE, replace(ALERT, status="Test")])
def test_it_is_valid_cap(alert: Alert) -> None:
    result = capvalidator.check_schema(written(alert))
    assert result.passed, result.message


def test_the_validator_would_see_a_mistake() -> None:
    assert not capvalidator.check_schema(
        written(ALERT).replace(b"<status>Actual</status>", b"<status>Real</status>")
    ).passed
    assert not capvalidator.check_schema(written(ALERT).replace(b"12:00:00+00:00", b"12:00:00Z")).passed


def test_a_reader_by_others_finds_what_was_written() -> None:
    alert = capparser.parse(stringXML=written(UPDATE).decode())
    info = alert.info[0][0]
    assert alert.getMsgType() == "Update" if hasattr(alert, "getMsgType") else alert.msgType[0] == "Update"
    assert (info.headline[0], info.severity[0], info.expires[0]) == (
        ALERT.info["fr"].headline,
        "Extreme",
        "2026-11-26T18:00:00+00:00",
    )


def test_references_name_every_earlier_message_of_the_story() -> None:
    root = Tree.fromstring(written(CANCEL))  # noqa: S314  (our own)
    assert root.findtext(f"{{{CAP_NAMESPACE}}}references") == (
        "exemple.ml,exemple.ml/crue-bani-1,2026-11-24T12:00:00+00:00 "
        "exemple.ml,exemple.ml/crue-bani-2,2026-11-24T15:00:00+00:00"
    )
    assert Tree.fromstring(written(ALERT)).find(f"{{{CAP_NAMESPACE}}}references") is None  # noqa: S314


def test_one_info_a_language_and_each_place_by_its_register() -> None:
    root = Tree.fromstring(written(replace(ALERT, geocode=("ML-4", "ML-18", "BF"))))  # noqa: S314
    assert [info.findtext(f"{{{CAP_NAMESPACE}}}language") for info in root.findall(f"{{{CAP_NAMESPACE}}}info")] == [
        "fr",
        "bm",
    ]
    codes = root.findall(f"{{{CAP_NAMESPACE}}}info")[0].findall(f".//{{{CAP_NAMESPACE}}}geocode")
    assert [(code[0].text, code[1].text) for code in codes] == [
        ("ISO3166-2", "ML-4"),
        ("Mali", "ML-18"),
        ("ISO3166-1", "BF"),
    ]


def test_the_feed_lists_alerts_with_where_their_cap_is() -> None:
    atom = write_atom([CANCEL, UPDATE], LIBRARY, "https://exemple.ml", Language, "2026-11-26T00:00:00Z")
    feed = Tree.fromstring(atom)  # noqa: S314
    assert feed.findtext(f"{{{ATOM_NAMESPACE}}}updated") == CANCEL.sent
    links = [entry.find(f"{{{ATOM_NAMESPACE}}}link") for entry in feed.findall(f"{{{ATOM_NAMESPACE}}}entry")]
    assert [link.get("href") for link in links if link is not None] == [
        f"https://exemple.ml/cap/crue-bani-{n}.xml" for n in (3, 2)
    ]
