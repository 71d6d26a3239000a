"""Every page reads and every link works without JavaScript; with it, every page passes axe, light and dark."""

from __future__ import annotations

from pathlib import Path
from urllib.parse import urldefrag, urljoin

import pytest
from playwright.sync_api import Page

from tests.support.browser_site import page_address, page_paths
from tests.support.chromium import PhoneFactory
from tests.support.mobile_link import MobileLink

AXE = Path("pwa/node_modules/axe-core/axe.min.js")
CHECK = """async rules => (await axe.run(document, {resultTypes: ['violations'], ...rules})).violations
    .flatMap(rule => rule.nodes.map(node => `${rule.id}: ${node.target.join(' ')}`))"""


def test_every_page_reads_and_every_link_works_without_javascript(link: MobileLink, phones: PhoneFactory) -> None:
    page = phones(java_script_enabled=False).new_page()
    waiting, visited = [f"{link.url}/"], set()
    while waiting:
        url = waiting.pop()
        if url in visited:
            continue
        visited.add(url)
        answer = page.goto(url)
        assert answer is not None
        assert answer.status == 200, url
        assert page.locator("main h1").count() == 1, url
        assert page.evaluate("document.body.scrollWidth") <= 360, url
        hrefs = page.locator("a[href]").evaluate_all("all => all.map(a => a.getAttribute('href'))")
        links = {urldefrag(urljoin(url, href))[0] for href in hrefs}
        own_links = {target for target in links if target.startswith(link.url)}
        waiting += sorted(
            target
            for target in own_links - visited
            if target == f"{link.url}/" or target.startswith(f"{link.url}/fr-ML")
        )
        for other in sorted(own_links - visited - set(waiting)):
            assert page.request.get(other).status == 200, (url, other)
            visited.add(other)
    missing = {link.url + page_address("fr-ML", path) for path in page_paths(link.target)} - visited
    assert missing == set(), "every page is reached by links"


def test_the_home_page_leads_to_guides_without_javascript(link: MobileLink, phones: PhoneFactory) -> None:
    page = phones(java_script_enabled=False).new_page()
    page.goto(f"{link.url}/fr-ML/")
    page.locator("main a[href*='guides/']").first.click()
    assert "/guides/" in page.url
    assert page.locator("main h1").is_visible()


@pytest.mark.timeout(600)
def test_axe_finds_nothing_on_any_page_light_or_dark(link: MobileLink, page: Page, root: Path) -> None:
    axe = (root / AXE).read_text("utf-8")
    violations: list[tuple[str, str, str]] = []
    dark: set[tuple[str, int]] = set()  # colours are the styles', so one page of a kind tells for all
    for path in page_paths(link.target):
        page.goto(link.url + page_address("fr-ML", path))
        page.evaluate(axe)
        page.emulate_media(color_scheme="light", reduced_motion="reduce")
        violations += [(path, "light", problem) for problem in page.evaluate(CHECK, {})]
        kind = path.split("/")[0], path.count("/")
        if kind in dark:
            continue
        dark.add(kind)
        page.emulate_media(color_scheme="dark", reduced_motion="reduce")
        violations += [(path, "dark", problem) for problem in page.evaluate(CHECK, {"runOnly": ["color-contrast"]})]
    assert violations == []
