"""The site on the home screen: offered to who comes back, shown in pictures, opened at once where a shortcut leads."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from PIL import Image
from playwright.sync_api import Page, expect

from tests.support.chromium import wait_until_offline_ready, wait_until_true
from tests.support.mobile_link import MobileLink

BROWSER_OFFERS = """dispatchEvent(Object.assign(new Event("beforeinstallprompt", { cancelable: true }),
    { prompt: async () => { window.asked = true; return { outcome: "dismissed" } } }))"""


@pytest.mark.spared("channel", "a phone that had another channel is no first visit")
def test_the_second_visit_offers_the_home_screen_until_it_is_refused(link: MobileLink, page: Page) -> None:
    page.goto(f"{link.url}/fr-ML/")
    wait_until_offline_ready(page)
    offer = page.locator("main .note", has_text="Mettez ce site sur votre écran d’accueil")
    expect(offer).to_have_count(0)
    link.down = True
    page.goto(f"{link.url}/fr-ML/")
    expect(offer.get_by_role("link", name="Voir comment faire")).to_be_visible()
    page.evaluate(BROWSER_OFFERS)
    offer.get_by_role("button", name="Mettre sur l’écran d’accueil").click()
    wait_until_true(page, "window.asked")
    offer.get_by_role("link", name="Voir comment faire").click()
    own = page.locator("details", has_text="Chrome")
    expect(own.locator(".pic").first).to_contain_text("Touchez les trois points")
    expect(own.locator(".pic svg").first).to_be_visible()
    expect(page.locator("details[open]")).to_have_count(1)
    page.goto(f"{link.url}/fr-ML/")
    offer.get_by_role("button", name="Pas maintenant").click()
    page.goto(f"{link.url}/fr-ML/")
    expect(page.locator("#status")).to_contain_text("Prêt hors ligne")
    expect(offer).to_have_count(0)


def test_shortcuts_open_their_page_in_the_channel_of_the_phone(link: MobileLink, page: Page, root: Path) -> None:
    page.goto(f"{link.url}/fr-ML/")
    wait_until_offline_ready(page)
    link.down = True
    manifest = json.loads((root / "pwa/dist/app/fr.webmanifest").read_text("utf-8"))
    assert manifest["description"]
    for shortcut in manifest["shortcuts"]:
        page.goto(link.url + shortcut["url"])
        expect(page).to_have_url(f"{link.url}/fr-ML/{shortcut['url'].removeprefix('/?go=')}")
        expect(page.locator("main h1")).to_be_visible()
    for screenshot in manifest["screenshots"]:
        with Image.open(root / f"pwa/dist{screenshot['src']}") as image:
            assert f"{image.width}x{image.height}" == screenshot["sizes"]


def test_chosen_colours_and_size_are_there_before_anything_is_painted(link: MobileLink, page: Page) -> None:
    page.goto(f"{link.url}/fr-ML/")
    wait_until_offline_ready(page)
    link.down = True
    page.goto(f"{link.url}/fr-ML/settings")
    script = page.locator("head > style + script[src='/app/look.js']:not([type]):not([async])")
    expect(script).to_have_count(0)
    page.get_by_role("button", name="Sombre").click()
    page.get_by_role("button", name="A+ Plus grand").click()
    page.goto(f"{link.url}/fr-ML/guides")
    expect(script).to_have_count(1)
    assert page.evaluate("getComputedStyle(document.documentElement).fontSize") == "20px"
    assert page.evaluate("document.documentElement.style.colorScheme") == "dark"
