"""Every complaint path of the site's own content, in every country, to its end."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from sync.alerts.library_with_alerts import Library
from sync.complaints import AUTOMATIC_PLACEHOLDERS, NEVER_CONTACT, PLACEHOLDER, find_path_errors, resolve_path
from sync.content.folder import read_folder
from sync.documents.model import HARMS, OFFICES

COUNTRIES = ("ML", "BF", "NE", "TD", "MR", "SN")
PATHS = [(country, harm) for country in COUNTRIES for harm in HARMS]


@pytest.fixture(scope="module")
def content(root: Path) -> Library:
    return read_folder(root / "content").library


def test_the_content_has_no_error_in_its_paths(content: Library) -> None:
    assert [str(error) for error in find_path_errors(content)] == []


def test_the_site_has_a_channel_for_every_country(content: Library) -> None:
    assert {channel.partition("-")[2] for channel in content.site.channels} == set(COUNTRIES)


@pytest.mark.parametrize(("country", "harm"), PATHS)
def test_every_path_has_advice_and_an_addressee(content: Library, country: str, harm: str) -> None:
    path = resolve_path(content, country, harm, "fr")
    assert path.title
    assert path.first
    assert path.last
    assert path.guides
    for step in path.steps:
        assert step.do
        assert step.wait
        assert step.letter is not None
    offices = [step for step in path.steps if step.step in OFFICES]
    assert offices
    assert all(step.addressees for step in offices)


@pytest.mark.parametrize(("country", "harm"), PATHS)
def test_a_path_leads_to_the_prosecutor_in_every_country(content: Library, country: str, harm: str) -> None:
    assert "prosecutor" in [step.step for step in resolve_path(content, country, harm, "fr").steps]


@pytest.mark.parametrize(("country", "harm"), PATHS)
def test_letters_have_their_addressee_and_no_empty_laws(content: Library, country: str, harm: str) -> None:
    for step in resolve_path(content, country, harm, "fr").steps:
        for letter in step.letters:
            assert not set(PLACEHOLDER.findall(letter.body)) & set(AUTOMATIC_PLACEHOLDERS)
            if step.addressees:
                assert step.addressees[0].name in letter.body


@pytest.mark.parametrize(("country", "harm"), PATHS)
def test_dangerous_cases_never_start_with_the_offender(content: Library, country: str, harm: str) -> None:
    path = resolve_path(content, country, harm, "fr")
    assert path.contact_offender is (harm not in {*NEVER_CONTACT, "identity", "account", "scam"})
    if not path.contact_offender:
        assert path.danger
        assert path.steps[0].step in ("platform", "operator", "police")
        written_for = {letter.template.step for step in path.steps for letter in step.letters}
        assert written_for.isdisjoint({"offender", "site"}), "who runs a group or a site may be the offender"


@pytest.mark.parametrize("country", COUNTRIES)
def test_every_contact_of_an_office_has_a_source(content: Library, country: str) -> None:
    for office in content.authorities[country].authorities:
        assert office.facts
        if office.phone or office.email or office.address or office.site:
            assert office.sources


@pytest.mark.parametrize("country", COUNTRIES)
def test_a_region_of_an_office_is_one_of_the_country_and_its_address_has_a_page(content: Library, country: str) -> None:
    regions = {place.code for place in content.places[country].places}
    for office in content.authorities[country].authorities:
        if office.places:
            assert set(office.places) <= regions
            assert office.address
            assert any(source.has_page for source in office.sources)


NO_IMAGE = {
    "fr": ("ne joins aucune image", "ne donne aucune image"),
    "en": ("attach no image", "attach no intimate image", "give no intimate image", "attach no picture"),
}


def test_no_letter_asks_for_an_intimate_image(content: Library) -> None:
    for template in content.templates.values():
        if set(template.harms) & {"intimate-images", "child"}:
            assert any(words in template.body for words in NO_IMAGE[template.lang]), (template.slug, template.lang)


def path_sentences(library: Library) -> Iterator[str]:
    """Every sentence of every path."""
    for country, harm in PATHS:
        path = resolve_path(library, country, harm, "fr")
        texts = [path.title, path.danger, *path.first, *path.last]
        for step in path.steps:
            texts += [step.do, step.wait, *step.needs, *(fact.text for fact in step.facts)]
        yield from (sentence for text in texts for sentence in re.split(r"(?<=[.!?;])\s+", text))


def test_sentences_are_short_enough_to_read_aloud(content: Library) -> None:
    laws = {
        law.text
        for route in content.routes.values()
        for harm in route.harms
        for step in harm.steps
        for law in step.laws
    }
    long = {sentence for sentence in path_sentences(content) if len(re.findall(r"[\w’-]+", sentence)) > 25}
    assert long - laws == set()


def test_a_path_gives_a_number_or_address_only_as_a_sourced_fact(content: Library) -> None:
    for country, harm in PATHS:
        path = resolve_path(content, country, harm, "fr")
        addresses = {office.email for office in content.authorities[country].authorities}
        steps = [text for step in path.steps for text in (step.do, step.wait, *step.needs)]
        for text in (path.danger, *path.first, *path.last, *steps):
            assert not re.search(r"\d{4}", text)
            assert all(address.rstrip(".") in addresses for address in re.findall(r"\S+@\S+", text))
