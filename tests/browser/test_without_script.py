"""Every page reads and every link works without JavaScript; with it, every page passes axe, light and dark."""

from __future__ import annotations

from pathlib import Path
from urllib.parse import urldefrag, urljoin

import httpx
import pytest
from bs4 import BeautifulSoup
from playwright.sync_api import Page

from tests.support.browser_site import one_of_each_kind, page_address, page_paths
from tests.support.chromium import PhoneFactory
from tests.support.mobile_link import MobileLink

AXE = Path("pwa/node_modules/axe-core/axe.min.js")
CHECK = """async rules => (await axe.run(document, {resultTypes: ['violations'], ...rules})).violations
    .flatMap(rule => rule.nodes.map(node => `${rule.id}: ${node.target.join(' ')}`))"""
CONTRAST = {"runOnly": ["color-contrast"]}
WIDTH = "document.body.scrollWidth"
SAMPLE = 40  # pages of `make test`; `make soak` judges all
# Another page in place of the open one, without the browser's work of going there; returns its number of style rules.
PUT = """html => {
    const other = new DOMParser().parseFromString(html, 'text/html').documentElement;
    for (const {name, value} of other.attributes) document.documentElement.setAttribute(name, value);
    document.documentElement.replaceChildren(...other.children);
    return [...document.styleSheets].reduce((count, sheet) => count + sheet.cssRules.length, 0);
}"""


def test_every_page_reads_and_every_link_works_without_javascript(link: MobileLink, phones: PhoneFactory) -> None:
    waiting, visited = ["/"], set()
    with httpx.Client(base_url=link.target, follow_redirects=True) as client:
        while waiting:
            path = waiting.pop()
            if path in visited:
                continue
            visited.add(path)
            answer = client.get(path)
            assert answer.status_code == 200, path
            document = BeautifulSoup(answer.text, "html.parser")
            assert len(document.select("main h1:not([hidden] h1)")) == 1, path
            links = {urldefrag(urljoin(path, str(anchor["href"])))[0] for anchor in document.select("a[href]")}
            own_links = {target for target in links if target.startswith("/")}
            waiting += sorted(target for target in own_links - visited if target == "/" or target.startswith("/fr-ML"))
            for other in sorted(own_links - visited - set(waiting)):
                assert client.get(other).status_code == 200, (path, other)
                visited.add(other)
    everything = page_paths(link.target)
    words = "search/words"  # read by the search, not by people
    missing = {page_address("fr-ML", path) for path in everything if path != words} - visited
    assert missing == set(), "every page is reached by links"
    page = phones(java_script_enabled=False).new_page()
    for path in one_of_each_kind(everything):
        page.goto(link.url + page_address("fr-ML", path))
        assert page.get_by_role("heading", level=1).count() == 1, path
        assert page.evaluate(WIDTH) <= 360, path


def test_the_home_page_leads_to_guides_without_javascript(link: MobileLink, phones: PhoneFactory) -> None:
    page = phones(java_script_enabled=False).new_page()
    page.goto(f"{link.url}/fr-ML/")
    page.locator("main a[href*='guides/']").first.click()
    assert "/guides/" in page.url
    assert page.locator("main h1").is_visible()


@pytest.mark.timeout(600)
def test_axe_finds_nothing_on_any_page_light_or_dark(
    request: pytest.FixtureRequest, link: MobileLink, page: Page, root: Path
) -> None:
    axe = (root / AXE).read_text("utf-8")
    faults: list[tuple[str, str]] = []
    everything = page_paths(link.target)
    page.emulate_media(color_scheme="light", reduced_motion="reduce")
    for path in one_of_each_kind(everything):  # with what the app adds to it; colours are the styles'
        page.goto(link.url + page_address("fr-ML", path))
        page.evaluate(axe)
        faults += [(path, fault) for fault in page.evaluate(CHECK, {})]
        page.emulate_media(color_scheme="dark", reduced_motion="reduce")
        faults += [(path, f"dark: {fault}") for fault in page.evaluate(CHECK, CONTRAST)]
        page.emulate_media(color_scheme="light", reduced_motion="reduce")
    is_soak = request.node.get_closest_marker("soak") is not None
    for path in everything if is_soak else everything[:: len(everything) // SAMPLE]:
        rules = page.evaluate(PUT, page.request.get(link.url + page_address("fr-ML", path)).text())
        assert rules > 50, "the page has its styles"
        faults += [(path, fault) for fault in page.evaluate(CHECK, {})]
        width = page.evaluate(WIDTH)
        faults += [(path, f"{width} px wide")] if width > 360 else []
    assert faults == []
