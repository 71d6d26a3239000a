"""A phone that was online once reads, searches, reloads and restarts without a network."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from bs4 import BeautifulSoup
from playwright.sync_api import BrowserContext, Page, Playwright, expect

from tests.support.bad_days import BadDay
from tests.support.browser_site import one_of_each_kind, page_address, page_paths
from tests.support.chromium import (
    FLAGS,
    PHONE,
    PhoneFactory,
    chromium_path,
    wait_until_offline_ready,
    wait_until_true,
    worker_answers,
)
from tests.support.mobile_link import MobileLink


def test_everything_is_read_without_a_network(link: MobileLink, page: Page) -> None:
    page.goto(f"{link.url}/fr-ML/")
    wait_until_offline_ready(page)
    everything = page_paths(link.target)
    link.down = True
    answers = worker_answers(page, [link.url + page_address("fr-ML", path) for path in everything])
    for path, (status, html) in zip(everything, answers, strict=True):
        assert status == 200, path
        assert len(BeautifulSoup(html, "html.parser").select("main h1:not([hidden] h1)")) == 1, path
    for path in one_of_each_kind(everything):
        answer = page.goto(link.url + page_address("fr-ML", path))
        assert answer is not None
        assert (answer.status, answer.from_service_worker) == (200, True), path
        assert page.get_by_role("heading", level=1).count() == 1, path
    page.reload()
    assert page.get_by_role("heading", level=1).count() == 1


def test_links_lead_from_page_to_page_without_a_network(link: MobileLink, page: Page) -> None:
    page.goto(f"{link.url}/fr-ML/")
    wait_until_offline_ready(page)
    link.down = True
    page.locator("nav a", has_text="Guides").click()
    expect(page.locator("nav [aria-current=page]")).to_have_text("Guides")
    page.locator("main a[href*='guides/']").first.click()
    expect(page.locator("main h1")).to_be_visible()
    assert "/guides/" in page.url


def test_search_finds_without_accents_and_without_a_network(link: MobileLink, page: Page) -> None:
    page.goto(f"{link.url}/fr-ML/")
    wait_until_offline_ready(page)
    link.down = True
    page.goto(f"{link.url}/fr-ML/search")
    for question, title in (("mot de passe", "mot de passe"), ("donnees personnelles", "données personnelles")):
        page.fill("#q", question)
        expect(page.locator("main [role=status]")).to_have_text(re.compile(r"\d+ réponses?"))
        expect(page.locator("main .rows a", has_text=re.compile(title, re.IGNORECASE)).first).to_be_visible()
        expect(page.locator("main .rows mark").first).to_be_visible()
    page.fill("#q", "zzzzzz")
    expect(page.locator("main [role=status]")).to_contain_text("Rien n’a été trouvé")
    page.fill("#q", "donnees personnelles")
    page.keyboard.press("Enter")
    page.locator("main .rows a").first.click()
    expect(page.locator("main h1")).to_be_visible()
    page.go_back()
    expect(page.locator("#q")).to_have_value("donnees personnelles")
    expect(page.locator("main .rows a").first).to_be_visible()


def test_a_search_link_answers_without_a_network(link: MobileLink, page: Page) -> None:
    page.goto(f"{link.url}/fr-ML/")
    wait_until_offline_ready(page)
    link.down = True
    page.goto(f"{link.url}/fr-ML/search?q=mot+de+passe")
    expect(page.locator("main .rows a").first).to_be_visible()


@pytest.mark.spared("room", "on a real disk the browser's own log of writes takes more than the room for all pages")
def test_the_browser_is_closed_and_opened_again(
    link: MobileLink, playwright: Playwright, tmp_path: Path, bad_day: BadDay
) -> None:
    def opened(is_new: bool = False) -> BrowserContext:
        profile = str(tmp_path / "profile")
        phone = playwright.chromium.launch_persistent_context(
            profile, executable_path=chromium_path(), args=FLAGS, **PHONE
        )
        bad_day.meet(phone, link, is_new)
        return phone

    with opened(is_new=True) as first:
        page = first.new_page()
        page.goto(f"{link.url}/fr-ML/")
        wait_until_offline_ready(page)
    link.down = True
    with opened() as second:
        page = second.new_page()
        page.goto(link.url + "/")  # the start page leads to the followed channel
        expect(page).to_have_url(f"{link.url}/fr-ML/")
        expect(page.locator("#status")).to_contain_text("Prêt hors ligne")
        page.goto(f"{link.url}/fr-ML/search?q=mot+de+passe")
        expect(page.locator("main .rows a").first).to_be_visible()


def test_a_page_that_is_not_on_the_phone_says_so(link: MobileLink, page: Page) -> None:
    page.goto(f"{link.url}/fr-ML/")
    wait_until_offline_ready(page)
    link.down = True
    answer = page.goto(f"{link.url}/fr-ML/guides/pas-encore-ecrit")
    assert answer is not None
    assert answer.status == 503
    expect(page.locator("main")).to_contain_text("n’est pas dans votre téléphone")
    page.locator("main a", has_text="accueil").click()
    expect(page.locator("main .tiles a").first).to_be_visible()


@pytest.mark.spared("room", "the old channel stays until the new one is whole, and the room does not hold two")
def test_another_language_is_chosen_and_kept(link: MobileLink, page: Page) -> None:
    page.goto(f"{link.url}/fr-ML/")
    wait_until_offline_ready(page)
    page.goto(f"{link.url}/fr-ML/languages")
    page.locator("main a[href='../en-ML/']").click()
    page.wait_for_url(f"{link.url}/en-ML/")
    page.locator("#status", has_text=re.compile("Ready offline|Prêt hors ligne")).wait_for()
    link.down = True
    page.goto(link.url + "/")
    expect(page).to_have_url(f"{link.url}/en-ML/")
    answer = page.goto(link.url + "/?choose")
    assert answer is not None
    assert answer.status == 200
    assert page.locator("main a[href='../fr-ML/']").count() == 1


def test_a_shared_link_in_another_language_changes_nothing_unasked(link: MobileLink, page: Page) -> None:
    page.goto(f"{link.url}/fr-ML/")
    wait_until_offline_ready(page)
    page.goto(f"{link.url}/en-ML/guides")
    expect(page.locator("#status button")).to_be_visible()
    page.goto(link.url + "/")
    expect(page).to_have_url(f"{link.url}/fr-ML/")


def test_the_phone_page_tells_what_is_here_and_erases_it(link: MobileLink, page: Page) -> None:
    page.goto(f"{link.url}/fr-ML/")
    wait_until_offline_ready(page)
    page.goto(f"{link.url}/fr-ML/phone")
    facts = page.locator("main dl").first
    count = len(page_paths(link.target))
    expect(facts).to_contain_text(f"{count}, dont")
    expect(facts).to_contain_text(re.compile(r"Données de ce mois\s*\d+"))
    page.locator("main button", has_text="Vérifier maintenant").click()
    expect(page.locator("main [role=status]", has_text="Rien de nouveau")).to_be_visible()
    page.locator("main button", has_text="Tout effacer").click()
    page.locator("main button", has_text="Oui, tout effacer").click()
    expect(page).to_have_url(f"{link.url}/?choose")
    wait_until_true(
        page,
        "Promise.all([caches.keys(), navigator.serviceWorker.getRegistrations()])"
        ".then(([caches, workers]) => !caches.length && !workers.length)",
    )


def test_a_phone_with_nothing_new_asks_once_and_briefly(link: MobileLink, phones: PhoneFactory) -> None:
    phone = phones()
    page = phone.new_page()
    page.goto(f"{link.url}/fr-ML/")
    wait_until_offline_ready(page)
    feeds_before = len(link.feeds())
    assert feeds_before == 1
    for path in ("guides", "notices", "about", ""):
        page.goto(f"{link.url}/fr-ML/{path}")
        page.wait_for_timeout(300)
    assert len(link.feeds()) == feeds_before, "pages opened within minutes ask for nothing"
