"""Paths and offices in another language stay whole, also after a coordinator's call changes what readers see."""

from __future__ import annotations

from dataclasses import replace

import pytest

from server.writing.emergency_calls import drop_number, list_numbers, record_call
from sync.complaints import known_texts, untranslated_texts
from sync.documents.emergency import EmergencyLine, Rung
from sync.documents.model import Authorities
from sync.errors import BadRequest
from tests.support import site_texts


def unknown_originals(offices: Authorities) -> list[str]:
    known = {*known_texts(offices)}
    return [
        pair.original for each in offices.translations.values() for pair in each.texts if pair.original not in known
    ]


def test_no_number_is_dropped_from_a_line_that_then_says_nothing() -> None:
    line = EmergencyLine("police", "17", rung=Rung("Une personne", "2026-12-01"))
    offices = Authorities("ML", "Mali", (), (line,))
    [number] = list_numbers([offices])
    with pytest.raises(BadRequest) as caught:
        drop_number(offices, number)
    assert caught.value.code == "instead-missing"
    helpful = replace(offices, emergency=(replace(line, instead="Allez au poste."),))
    assert drop_number(helpful, number).emergency[0].number == ""


def test_a_call_to_any_number_leaves_the_country_in_english_and_its_file_importable() -> None:
    library = site_texts.library()
    numbers = list_numbers(library.authorities.values())
    dropped = 0
    for number in numbers:
        offices = library.authorities[number.country]
        shown = record_call(offices, number, Rung("Une personne", "2026-12-01"))
        gone = drop_number(shown, number)
        for changed in (shown, gone):
            after = replace(library, authorities={**library.authorities, number.country: changed})
            assert untranslated_texts(after, number.country, "en") == [], number.key
            assert unknown_originals(changed) == [], number.key
        dropped += len(gone.translations["en"].texts) < len(offices.translations["en"].texts)
    assert dropped > 0
