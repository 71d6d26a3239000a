"""The eight emergency lines of each country, each in one of three states. No number is demanded: a wrong one kills."""

from __future__ import annotations

import pytest

from sync.documents.emergency import SERVICES
from sync.editions.page import INDEX, SHELL
from sync.rendering.render import Assets, render
from tests.support import site_texts

COUNTRIES = sorted(site_texts.library().authorities)


@pytest.mark.parametrize("country", COUNTRIES)
def test_a_country_says_for_each_service_who_was_rung_what_is_official_or_what_to_do(country: str) -> None:
    lines = site_texts.library().authorities[country].emergency
    assert [line.service for line in lines] == list(SERVICES)
    for line in lines:
        assert line.state in ("rung", "official") or line.instead, line.service
        assert line.instead, f"{line.service}: a line that does not answer needs a way out"
        assert all(number.source.title for number in line.to_ring)


def test_all_countries_of_the_channels_have_their_lines() -> None:
    library = site_texts.library()
    assert {channel.partition("-")[2] for channel in library.site.channels} == set(COUNTRIES)


@pytest.mark.parametrize("channel", site_texts.library().site.channels)
def test_the_page_of_danger_comes_with_the_first_part(channel: str) -> None:
    pages = {page.path: page for page in render(site_texts.library(), channel, Assets())}
    assert pages["danger"].part == "first"
    assert f"<a href=/{channel}/danger>" in pages[SHELL].body
    assert len(pages["danger"].body.encode()) < 6_800
    assert pages[INDEX].part == "first"


def test_no_number_is_shown_that_nobody_rang_and_no_recent_official_page_names() -> None:
    library = site_texts.library()
    for channel in library.site.channels:
        country = channel.partition("-")[2]
        page = next(page for page in render(library, channel, Assets()) if page.path == "danger").body
        lines = library.authorities[country].emergency
        shown = {line.number for line in lines if line.state != "unknown" and line.number}
        assert page.count("href=tel:") == len([line for line in lines if line.number])
        hidden = {each.number for line in lines for each in line.to_ring} - shown
        assert [number for number in hidden if f"tel:{number.replace(' ', '')}>" in page] == []
