"""A phone hands an alert to another as codes on its screen, the network gone on both."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, Playwright, expect

from tests.support.browser_site import BrowserSite
from tests.support.chromium import FLAGS, PHONE, chromium_path, wait_until_offline_ready, wait_until_true
from tests.support.fake_camera import camera_flags, write_film
from tests.support.mobile_link import running_link

HAS_READER = """(async () => {
    const caches_ = await Promise.all((await caches.keys()).map((name) => caches.open(name)));
    const kept = (await Promise.all(caches_.map((cache) => cache.keys()))).flat();
    return kept.some(({url}) => /\\/app\\/codes-.*json$/.test(url));
})()"""
PACE = 250  # milliseconds a code is shown


@pytest.fixture
def film(tmp_path: Path) -> Path:
    return tmp_path / "film.y4m"


@pytest.fixture
def filming_browser(playwright: Playwright, film: Path) -> Iterator[Browser]:
    """A browser whose camera sees the film."""
    write_film(film, [])
    started = playwright.chromium.launch(executable_path=chromium_path(), args=[*FLAGS, *camera_flags(film)])
    yield started
    started.close()


def test_an_alert_goes_from_screen_to_camera_without_any_network(
    filming_browser: Browser, quiet_site: BrowserSite, site_under_alert: BrowserSite, film: Path
) -> None:
    with running_link(site_under_alert.url) as giving, running_link(quiet_site.url) as taking:
        giver, taker = _new_phone(filming_browser), _new_phone(filming_browser)
        for page, link in ((giver, giving), (taker, taking)):
            page.goto(f"{link.url}/fr-ML/phone")
            wait_until_offline_ready(page)
        taker.get_by_role("button", name="Prendre le lecteur de codes (une fois, 16 ko au plus)").click()
        expect(taker.get_by_role("button", name="Lire les codes")).to_be_visible()
        giver.goto(f"{giving.url}/fr-ML/install")
        expect(giver.locator("[data-browser][open]")).to_have_count(1)
        giver.evaluate("dispatchEvent(new Event('appinstalled'))")
        wait_until_true(giver, HAS_READER)
        giving.down = taking.down = True

        write_film(film, _shown_codes(giver, "Le Bani déborde près de Djenné"))
        taker.reload()
        for name in ("Lire les codes", "Arrêter", "Lire les codes"):
            taker.get_by_role("button", name=name).click()
        expect(taker.get_by_text("Toutes les pages sont là")).to_be_visible(timeout=60_000)
        taker.goto(f"{taking.url}/fr-ML/")
        taker.locator("a.danger", has_text="Le Bani déborde près de Djenné").click()
        expect(taker.locator("main")).to_contain_text("Montez vers les hauteurs.")


def _new_phone(browser: Browser) -> Page:
    context: BrowserContext = browser.new_context(**PHONE)
    context.set_default_timeout(20_000)
    return context.new_page()


def _shown_codes(phone: Page, title: str) -> list[bytes]:
    """Pictures of the codes of a page, one after the other as the phone's screen shows them."""
    phone.goto(phone.url.replace("install", "phone"))
    phone.get_by_text("Donner une seule page").click()
    phone.get_by_label("La page").select_option(title)
    phone.clock.install()
    phone.clock.pause_at(datetime.now(UTC) + timedelta(seconds=1))
    phone.get_by_role("button", name="La montrer en codes").click()
    code = phone.get_by_role("img", name="Codes à lire par l’autre téléphone")
    number = phone.get_by_text("Code 1 sur ")
    expect(number).to_be_visible()
    count = int(number.inner_text().rsplit(" ", 1)[1])
    expect(code).to_be_in_viewport(ratio=1)
    place = code.bounding_box()
    pictures = []
    for _ in range(count):
        pictures.append(phone.screenshot(clip=place))
        phone.clock.run_for(PACE)
    expect(number).to_be_visible()
    assert len(set(pictures)) == count
    return pictures
