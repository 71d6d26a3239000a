"""The reader's stories in Firefox ESR: pages, search and letters without a network."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.support.browser_site import page_address, page_paths
from tests.support.firefox import FirefoxPhone, running_firefox
from tests.support.mobile_link import MobileLink

pytestmark = pytest.mark.spared("room", "channel", "both are given to phones through Chromium's own protocol")


@pytest.fixture
def phone(link: MobileLink) -> Iterator[FirefoxPhone]:
    """A phone with all pages and no network."""
    with running_firefox() as phone:
        phone.goto(f"{link.url}/fr-ML/")
        phone.wait_for("#status", "Prêt hors ligne")
        link.down = True
        yield phone


def test_firefox_reads_without_a_network(phone: FirefoxPhone, link: MobileLink) -> None:
    for path in ("", "guides", "guides/compte-whatsapp-vole", "alerts/crue-bani-1"):
        assert phone.goto(f"{link.url}/fr-ML/{path}") == 200
        assert phone.evaluate("document.querySelectorAll('main h1:not([hidden] h1)').length") == 1
        assert phone.evaluate("document.documentElement.scrollWidth") <= 360
    phone.tap("nav a", "Guides")
    phone.wait_for("nav [aria-current=page]", "Guides")
    assert phone.goto(f"{link.url}/fr-ML/guides/pas-encore-ecrit") == 503
    phone.wait_for("main", "n’est pas dans votre téléphone")


def test_firefox_searches_without_a_network(phone: FirefoxPhone, link: MobileLink) -> None:
    phone.goto(f"{link.url}/fr-ML/search?q=mot+de+passe")
    phone.wait_for("main .rows a", "mot de passe")
    phone.fill("#q", "zzzzzz")
    phone.wait_for("main [role=status]", "Rien n’a été trouvé")


def test_firefox_fills_a_letter_without_a_network(phone: FirefoxPhone, link: MobileLink) -> None:
    phone.goto(f"{link.url}/fr-ML/complaints/insult/offender")
    phone.wait_for("main form label", "Application ou site")
    labels = "[...document.querySelectorAll('main form label')]"
    field = phone.evaluate(f"{labels}.find((label) => label.textContent.includes('Application ou site')).htmlFor")
    phone.fill(f"#{field}", "Facebook")
    phone.wait_for(".letter", "Facebook")


@pytest.mark.soak
def test_firefox_opens_every_page_without_a_network(phone: FirefoxPhone, link: MobileLink) -> None:
    for path in page_paths(link.target):
        assert phone.goto(link.url + page_address("fr-ML", path)) == 200, path
        assert phone.evaluate("document.querySelectorAll('main h1:not([hidden] h1)').length") == 1, path


@pytest.mark.soak
def test_firefox_erases_what_it_keeps(phone: FirefoxPhone, link: MobileLink) -> None:
    phone.goto(f"{link.url}/fr-ML/phone")
    phone.tap("main button", "Tout effacer")
    link.down = False
    phone.tap("main button", "Oui, tout effacer")
    phone.wait_for("main a[href*='fr-ML']")
    left = "async () => [(await caches.keys()).length, (await navigator.serviceWorker.getRegistrations()).length]"
    assert phone.evaluate(f"({left})()") == [0, 0]
