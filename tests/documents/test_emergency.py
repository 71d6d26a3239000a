"""Emergency lines: what a reader may dial, what waits to be rung, and the page in which both show."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from sync.content.schemas import from_fields, to_fields
from sync.documents.emergency import EmergencyLine, NumberToRing, Rung
from sync.documents.sources import Reading, Source
from sync.errors import BadContent
from tests.support.sample_library import LIBRARY, pages

NOTICE = Source("Avis", "Le ministère", "2025-10-02", Reading("copy", "2026-11-30"), "https://a.ne/avis/12")
WEAK = NumberToRing("80 33", Source("Une liste", url="https://b.ne/liste?p=1"))


def danger(*lines: EmergencyLine) -> str:
    offices = {"ML": replace(LIBRARY.authorities["ML"], emergency=lines)}
    return pages(replace(LIBRARY, authorities=offices))["danger"]


def test_a_number_that_somebody_rang_is_a_large_button_with_the_day() -> None:
    page = danger(EmergencyLine("police", "80 00 11 15", rung=Rung("la radio", "2026-12-03"), source=NOTICE))
    assert '<a class=go href="tel:80001115">' in page or "<a class=go href=tel:80001115>" in page
    assert "Essayé le 3 décembre 2026 par la radio" in page


def test_a_number_of_a_recent_official_page_says_that_we_did_not_try_it() -> None:
    page = danger(EmergencyLine("ambulance", "15", source=NOTICE, instead="Demandez une voiture."))
    assert "<a href=tel:15>15</a> <mark>non essayé par nous</mark>" in page
    assert "Le ministère, 2 octobre 2025" in page
    assert "class=go" not in page
    assert "Demandez une voiture." in page


def test_without_a_sure_number_the_page_says_what_to_do_and_hides_the_weak_ones() -> None:
    page = danger(EmergencyLine("fire", instead="Criez.", to_ring=(WEAK,)))
    assert "<b>Aucun numéro sûr.</b> Criez." in page
    assert "80 33" not in page


def test_what_can_be_dialled_stands_first() -> None:
    page = danger(
        EmergencyLine("police", instead="Allez au poste."),
        EmergencyLine("ambulance", "15", source=NOTICE),
        EmergencyLine("fire", "18", rung=Rung("la radio", "2026-12-03")),
    )
    assert page.index("Pompiers") < page.index("Ambulance") < page.index("Police")


@pytest.mark.parametrize(
    ("line", "code"),
    [
        ({"number": "18"}, "number-unproven"),
        ({"number": "18", "source": {"published": "2024-11-29", "url": "https://a.ne/1"}}, "number-unproven"),
        ({"number": "18", "source": {"url": "https://a.ne/1"}}, "number-unproven"),
        ({"number": "18", "source": {"published": "2026-01", "url": "https://a.ne"}}, "number-unproven"),
        ({}, "number-missing"),
        ({"number": "le 18", "instead": "Criez."}, "number-form"),
    ],
)
def test_a_number_that_nobody_rang_and_no_recent_page_names_is_refused(line: dict[str, Any], code: str) -> None:
    if "source" in line:
        seen = {"how": "copy", "day": "2026-11-30"}
        line = {**line, "source": {"title": "Une page", "seen": seen, **line["source"]}}
    offices = to_fields("authorities", LIBRARY.authorities["ML"])
    fields = {**offices, "emergency": [{"service": "fire", **line}]}
    with pytest.raises(BadContent) as refusal:
        from_fields("authorities", fields)
    assert refusal.value.code == code


def test_every_page_leads_to_the_page_of_danger_which_is_in_the_first_part() -> None:
    assert "<a href=/fr-ML/danger>" in pages()["_shell"]
    assert "Partez" in danger()
