"""Sources: what counts as a page, what readers see of it, and the form in which release 0.1.0 stored it."""

from __future__ import annotations

import pytest

from server.writing.editor_fields import make_inputs
from sync.content.schemas import from_fields, to_fields
from sync.documents.model import Guide
from sync.documents.sources import Reading, Source, facts_in, sources_in
from sync.errors import BadContent
from sync.locale import Translator
from sync.rendering.citations import source_citer
from tests.support.sample_library import GUIDE, LIBRARY

cite = source_citer(Translator().language_of("fr"))


@pytest.mark.parametrize(
    "address",
    ["", "https://apdp.ml", "https://apdp.ml/", "https://africacheck.org/fr", "https://gijn.org/fr/index.html"],
)
def test_a_home_page_is_no_source_for_a_fact(address: str) -> None:
    source = Source("APDP", url=address)
    assert not source.has_page
    assert "<mark>non vérifié</mark>" in cite(source)


@pytest.mark.parametrize("address", ["https://[cil.bf/loi", "https://[::1/loi", "https://cil\u2100.bf/loi"])
def test_an_address_that_nobody_can_open_is_no_page_and_stops_no_rendering(address: str) -> None:
    assert not Source("La loi", url=address).has_page
    assert "<mark>non vérifié</mark>" in cite(Source("La loi", url=address))


@pytest.mark.parametrize(
    "address", ["https://cil.bf", "https://cil.bf:8443/a?b#c", "https://web.archive.org/web/2026/https://cil.bf/@a[1]"]
)
def test_an_address_in_a_document_has_a_host(address: str) -> None:
    assert guide_citing(address).sources[0].url == address


@pytest.mark.parametrize("address", ["https://[cil.bf/loi", "https://cil.bf]/", "https://?loi", "https://", "cil.bf"])
def test_what_is_no_address_is_refused_in_a_document(address: str) -> None:
    with pytest.raises(BadContent) as refusal:
        guide_citing(address)
    assert refusal.value.code == "address-form"


def guide_citing(address: str) -> Guide:
    guide: Guide = from_fields("guide", to_fields("guide", GUIDE) | {"sources": [{"title": "La loi", "url": address}]})
    return guide


@pytest.mark.parametrize(
    "address", ["https://cil.bf/?p=1600", "http://news.abamako.com/h/226172.html", "https://telegram.org/support"]
)
def test_a_page_is_linked_with_publisher_and_day(address: str) -> None:
    source = Source("La loi", "Maliweb", "2019-12-06", Reading("copy", "2026-11-30"), address)
    assert source.has_page
    shown = cite(source)
    assert f'<a href="{address}"' in shown
    assert "La loi</a>, Maliweb, 6 décembre 2019 ; lu dans une copie le 30 novembre 2026" in shown
    english = source_citer(Translator().language_of("en"))
    assert "La loi</a>, Maliweb, December 6, 2019; lu dans une copie" in english(source)
    assert "non vérifié" not in shown


def test_an_address_that_answered_says_when_and_a_passing_fact_says_until_when() -> None:
    seen = Reading("copy", "2026-11-30")
    source = Source("T", url="https://a.ml/b", seen=seen, checked="2026-12-05", review_by="2027-06-01")
    assert "adresse ouverte le 5 décembre 2026" in cite(source)
    assert "copie" not in cite(source)
    assert "<mark>à revérifier après le 1er juin 2027</mark>" in cite(source)


def test_what_was_looked_for_and_not_found_is_no_unchecked_page() -> None:
    assert cite(Source("Recherche pour ce site", seen=Reading("search", "2026-11-24"))) == (
        "Recherche pour ce site, 24 novembre 2026"
    )


OLD_GUIDE = {
    "slug": "compte",
    "lang": "fr",
    "title": "Compte",
    "body": "Un texte.",
    "sources": [
        {"name": "APDP", "date": "2026-11", "url": "https://apdp.ml/mot"},
        {"name": "Une radio", "checked": False},
        {"name": "Un journal", "date": "2017", "checked": False},
    ],
}


def test_a_document_stored_by_the_first_release_still_loads_and_claims_no_more_than_it_did() -> None:
    guide: Guide = from_fields("guide", OLD_GUIDE)
    assert guide.sources == (
        Source("APDP (2026-11)", url="https://apdp.ml/mot"),
        Source("Une radio"),
        Source("Un journal (2017)"),
    )
    assert from_fields("guide", to_fields("guide", guide)) == guide


def test_the_editor_shows_the_sources_of_the_first_release() -> None:
    [sources] = [each for each in make_inputs("guide", OLD_GUIDE, {}) if each.name == "sources"]
    values = {part.name: part.value for row in sources.rows for part in row.parts}
    assert values["sources.0.title"] == "APDP (2026-11)"
    assert values["sources.0.url"] == "https://apdp.ml/mot"
    assert values["sources.2.title"] == "Un journal (2017)"


def test_every_source_and_fact_of_a_library_is_found() -> None:
    guides = [source.title for source in sources_in(LIBRARY.guides)]
    assert guides == ["La loi", "Une radio"]
    assert [fact.text for fact in facts_in(LIBRARY.authorities["ML"])] == ["Ouvert."]
