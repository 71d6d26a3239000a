"""A foreign message as a draft: what it says is taken over, what it lacks is named and never guessed."""

from __future__ import annotations

from sync.alerts import cap_draft
from sync.alerts.cap_draft import CapDraft, draft_from_cap
from sync.alerts.cap_reader import read_cap
from tests.support.sample_alerts import LIBRARY
from tests.support.sample_cap import cap_info, cap_xml


def draft(*infos: str, lang: str = "") -> CapDraft:
    return draft_from_cap(read_cap(cap_xml(*infos), "x"), "d" * 43, ("ML-4",), LIBRARY, lang)


def open_names(found: CapDraft) -> dict[tuple[str, str], str]:
    return {(field.name, field.lang): field.reason for field in found.open_fields}


def test_a_complete_message_leaves_nothing_open() -> None:
    found = draft()
    assert found.open_fields == ()
    assert found.fields["info"]["fr"]["headline"] == "Orages et vents forts sur Ségou"
    assert found.fields["expires"] == "2026-11-25T06:00:00Z"
    assert found.fields["origin"] == {
        "sender": "meteo@exemple.ml",
        "identifier": "exemple-1",
        "sent": "2026-11-24T11:00:00Z",
        "name": "Service météo d’exemple",
        "message": "d" * 43,
        "geocode": ["ML-4"],
    }


def test_what_cap_leaves_optional_stays_open_and_is_named() -> None:
    found = draft(cap_info(expires="", headline="", description="", instruction=""))
    assert open_names(found) == dict.fromkeys(
        [("expires", ""), ("headline", "fr"), ("description", "fr")], cap_draft.MISSING
    )
    assert "expires" not in found.fields


def test_what_is_too_long_is_not_shortened() -> None:
    found = draft(cap_info(headline="x" * 121, area=f"<areaDesc>{'y' * 201}</areaDesc>"))
    assert open_names(found) == dict.fromkeys([("headline", "fr"), ("areaDesc", "fr")], cap_draft.TOO_LONG)
    assert found.open_fields[0].values == {"length": 121, "most": 120}
    assert "headline" not in found.fields["info"]["fr"]


def test_two_blocks_in_one_language_that_differ_leave_the_choice() -> None:
    found = draft(cap_info(), cap_info(headline="Vents sur Mopti", severity="Minor"))
    assert open_names(found) == {("severity", ""): cap_draft.SEVERAL, ("headline", "fr"): cap_draft.SEVERAL}
    assert draft(cap_info(), cap_info()).open_fields == ()


def test_a_missing_language_is_asked_for_and_never_translated() -> None:
    found = draft(cap_info(language="en-US"))
    assert open_names(found) == {("info", "fr"): cap_draft.OTHER_LANGUAGE}
    assert "info" not in found.fields
    assert set(draft(cap_info(), cap_info(language="bm-ML")).fields["info"]) == {"fr", "bm"}


def test_a_block_without_language_has_the_one_of_its_feed() -> None:
    assert set(draft(cap_info(language=""), lang="bm").fields["info"]) == {"bm"}
    assert open_names(draft(cap_info(language=""))) == {("info", "fr"): cap_draft.OTHER_LANGUAGE}
