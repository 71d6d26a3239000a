"""A letter filled in on the phone, offline: placeholders, copying, reuse in the next letter, deletion."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Page, expect

from tests.support.chromium import PhoneFactory, wait_until_offline_ready
from tests.support.mobile_link import MobileLink

PROSECUTOR = "/fr-ML/complaints/hate-threat/prosecutor"
OFFENDER = "/fr-ML/complaints/insult/offender"
SITE = "/fr-ML/complaints/insult/site"


@pytest.fixture
def page(link: MobileLink, phones: PhoneFactory) -> Page:
    """The page of a phone with all pages and no network."""
    context = phones(permissions=["clipboard-read", "clipboard-write"])
    page = context.new_page()
    page.goto(f"{link.url}/fr-ML/")
    wait_until_offline_ready(page)
    link.down = True
    return page


def copied(page: Page) -> str:
    page.get_by_role("button", name="Copier la lettre").click()
    expect(page.locator("main [role=status]")).to_contain_text("La lettre est copiée")
    text: str = page.evaluate("navigator.clipboard.readText()")
    return text


def test_words_take_their_places_and_what_is_missing_is_named(link: MobileLink, page: Page) -> None:
    requests_before = len(link.asked)
    page.goto(link.url + OFFENDER)
    page.get_by_label("Jour et heure où vous l’avez vu").fill("3 novembre 2026 à 18 h")
    page.get_by_label("Application ou site").fill("Facebook")
    page.get_by_label("Lien entier de chaque contenu").fill("https://exemple.ml/1\nhttps://exemple.ml/2")
    text = copied(page)
    assert "Le 3 novembre 2026 à 18 h, j’ai vu sur Facebook" in text
    assert "https://exemple.ml/1\nhttps://exemple.ml/2" in text
    assert "[Ce qui a été publié sur vous]" in text
    expect(page.locator("main [role=status]")).to_contain_text(
        "Il manque encore : Ce qui a été publié sur vous, Le délai que vous demandez."
    )
    page.get_by_label("Ce qui a été publié sur vous").fill("<b>un mensonge</b>")
    assert " <b>un mensonge</b>\n" in copied(page)
    page.get_by_label("Le délai que vous demandez").fill("72 heures")
    assert "[" not in copied(page)
    expect(page.locator("main [role=status]")).not_to_contain_text("Il manque")
    assert page.evaluate("document.body.scrollWidth") <= 360
    assert link.asked[requests_before:] == []


def test_words_serve_the_next_letter_and_sensitive_ones_do_not_stay(link: MobileLink, page: Page) -> None:
    page.goto(link.url + PROSECUTOR)
    page.get_by_label("Vos nom et prénom").fill("Awa Distinctive")
    page.get_by_label("Application ou site").fill("TikTok")
    page.get_by_label("Jour et heure où vous l’avez vu").fill("le 3 novembre")
    assert "Le 3 novembre, sur TikTok" in copied(page)  # the letter says "Le" already
    assert "Témoins" not in page.evaluate("navigator.clipboard.readText()")
    page.get_by_label("Témoins (facultatif)").fill("Ma voisine")
    assert "\n\nTémoins\xa0: Ma voisine\n\n" in copied(page)
    page.goto(link.url + OFFENDER)
    page.get_by_label("Ce qui a été publié sur vous").fill("un mensonge")
    page.goto(link.url + SITE)
    expect(page.get_by_label("Ce que montre le contenu")).to_have_value("")  # another question
    page.goto(link.url + PROSECUTOR)
    page.get_by_label("Vos nom et prénom").fill("Awa Distinctive")
    assert "Awa Distinctive" in copied(page)
    page.reload()
    expect(page.get_by_label("Application ou site")).to_have_value("TikTok")
    expect(page.get_by_label("Vos nom et prénom")).to_have_value("")
    assert "Distinctive" not in page.evaluate("JSON.stringify(sessionStorage)")
    page.goto(link.url + SITE)
    expect(page.get_by_label("Jour et heure où vous l’avez vu")).to_have_value("le 3 novembre")
    page.goto(link.url + OFFENDER)
    expect(page.get_by_label("Application ou site")).to_have_value("TikTok")
    page.get_by_role("button", name="Effacer mes mots").click()
    expect(page.get_by_label("Application ou site")).to_have_value("")
    assert "[Application ou site]" in copied(page)
    page.reload()
    expect(page.get_by_label("Application ou site")).to_have_value("")


def test_the_day_is_there_and_words_of_another_letter_are_in_sight(link: MobileLink, page: Page) -> None:
    page.goto(link.url + PROSECUTOR)
    expect(page.get_by_label("Date du jour")).not_to_have_value("")
    page.get_by_label("Application ou site").fill("Un nom long sur plusieurs lignes, " * 6)
    page.goto(link.url + OFFENDER)
    field = page.get_by_label("Application ou site")
    expect(field).to_have_value(re.compile("^Un nom long"))
    assert field.evaluate("(field) => field.scrollHeight <= field.clientHeight")


def test_another_window_knows_nothing_and_paper_shows_the_letter_alone(link: MobileLink, page: Page) -> None:
    page.goto(link.url + OFFENDER)
    page.get_by_label("Application ou site").fill("Facebook")
    other = page.context.new_page()
    other.goto(link.url + OFFENDER)
    expect(other.get_by_label("Application ou site")).to_have_value("")
    page.emulate_media(media="print")
    expect(page.locator(".letter")).to_be_visible()
    for hidden in ("main form", "main button", "main [role=status]"):
        for part in page.locator(hidden).all():
            expect(part).to_be_hidden()
