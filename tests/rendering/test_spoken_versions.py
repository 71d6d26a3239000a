"""Recordings in languages without text: a page names the reviewed ones, the settings offer all as one download."""

from __future__ import annotations

from dataclasses import replace

from sync.documents.model import Medium, SpokenVersion
from sync.documents.review import Review
from tests.support.sample_library import GUIDE, SECOND, pages, with_guides

BAMBARA = Medium("A" * 43 + ".opus", 120_000, "Lu en bambara", 60, "B" * 43 + ".m4a")
SONINKE = Medium("C" * 43 + ".opus", 80_000, "Lu en soninké", 40)
REVIEW = Review("Radio rurale", "2026-12-01")
SPOKEN = (
    SpokenVersion("bm", BAMBARA.name, "Une animatrice", REVIEW, "4 9 17"),
    SpokenVersion("snk", SONINKE.name, "Un animateur"),
)


def rendered(*spoken: SpokenVersion, channel: str = "fr-ML") -> dict[str, str]:
    library = with_guides(replace(GUIDE, spoken=spoken), SECOND)
    return pages(replace(library, media={medium.name: medium for medium in (BAMBARA, SONINKE)}), channel)


def test_a_page_offers_a_reviewed_recording_in_a_language_without_text() -> None:
    page = rendered(*SPOKEN)["guides/compte"]
    assert f'src="/media/{BAMBARA.name}"'.replace('"', "") in page.replace('"', "")
    assert f"data-aac=/media/{BAMBARA.aac}" in page.replace('"', "")
    assert 'data-marks="4 9 17"' in page
    assert "lang=bm" in page
    assert "Écouter en bambara : 1 min 0 s, 120 ko, environ 0,3 F. Voix : Une animatrice" in page.replace("\u00a0", " ")
    assert SONINKE.name not in page, "nobody has reviewed it"


def test_the_settings_offer_all_essential_guides_of_a_language_as_one_download() -> None:
    reviewed = tuple(replace(version, reviewed=REVIEW) for version in SPOKEN)
    page = rendered(*reviewed)["settings"]
    assert f'data-heard=bm data-sounds={BAMBARA.name}:{BAMBARA.aac} data-cost="120 ko, environ 0,3 F"' in page
    assert f"data-heard=snk data-sounds={SONINKE.name} " in page
    assert page.count("<a href=guides/compte>") == 2


def test_a_recording_that_the_site_does_not_keep_is_not_offered() -> None:
    gone = replace(SPOKEN[0], media="D" * 43 + ".opus")
    assert "<audio" not in rendered(gone)["guides/compte"]
    assert "data-heard" not in rendered(gone)["settings"]
