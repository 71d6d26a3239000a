"""Text at 200 % on a screen of 320 px, as people set it who see badly: nothing is wider than the screen, no
word of steps, rows and buttons is split, axe finds nothing.
"""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, Playwright, expect

from tests.support.accessibility import accessibility_faults
from tests.support.browser_site import BrowserSite, one_of_each_kind, page_address, page_paths
from tests.support.chromium import FLAGS, PHONE, chromium_path, wait_until_offline_ready

WIDTH = 320  # CSS pixels
LONGEST_WHOLE = 10  # letters of a word that a line has room for
# Words of steps, rows and buttons of pages whose letters stand on more than one line. Addresses of pages may.
SPLIT_WORDS = """(longest) => {
    const words = [], text = document.createTreeWalker(document.querySelector("main"), NodeFilter.SHOW_TEXT);
    while (text.nextNode()) {
        const node = text.currentNode;
        if (!node.parentElement.closest("ol, .rows, form > button")) continue;
        for (const { index, 0: word } of node.data.matchAll(/(?<![./]\\p{L}*)\\p{L}+(?![./]?\\p{L})/gu)) {
            const range = document.createRange();
            range.setStart(node, index);
            range.setEnd(node, index + word.length);
            const lines = new Set([...range.getClientRects()].filter(({ width }) => width > 1).map(({ top }) => top));
            if (lines.size > 1 && word.length <= longest) words.push(word);
        }
    }
    return words;
}"""
FURTHER = ["search?q=mot+de+passe", "guides/compte-whatsapp-vole", "complaints/scam/prosecutor", "forms/rumeur"]


@pytest.fixture(scope="module")
def large(playwright: Playwright) -> Iterator[Browser]:
    """A browser whose texts are twice as large as usual."""
    flags = [*FLAGS, "--blink-settings=defaultFontSize=32,defaultFixedFontSize=26"]
    browser = playwright.chromium.launch(executable_path=chromium_path(), args=flags)
    yield browser
    browser.close()


def open_phone(browser: Browser, site: BrowserSite, scheme: str) -> Page:
    phone = {**PHONE, "viewport": {"width": WIDTH, "height": 640}, "color_scheme": scheme, "reduced_motion": "reduce"}
    page = browser.new_context(**phone).new_page()
    page.goto(f"{site.url}/fr-ML/")
    wait_until_offline_ready(page)
    return page


@pytest.mark.timeout(900)
@pytest.mark.parametrize(
    ("day", "scheme"),
    [
        ("site_under_alert", "light"),
        *(
            pytest.param(day, scheme, marks=pytest.mark.soak)
            for day, scheme in [("quiet_site", "light"), ("quiet_site", "dark"), ("site_under_alert", "dark")]
        ),
    ],
)
def test_every_kind_of_page_holds_text_of_twice_the_size(
    request: pytest.FixtureRequest, large: Browser, day: str, scheme: str
) -> None:
    site: BrowserSite = request.getfixturevalue(day)
    page = open_phone(large, site, scheme)
    assert page.evaluate("getComputedStyle(document.documentElement).fontSize") == "32px"
    faults = []
    for path in dict.fromkeys([*one_of_each_kind(page_paths(site.url)), *FURTHER]):
        page.goto(site.url + page_address("fr-ML", path))
        if path.startswith("search?"):
            expect(page.locator("main .rows a").first).to_be_visible()
        faults += [(path, fault) for fault in accessibility_faults(page, WIDTH)]
        faults += [(path, f"{word} is split") for word in page.evaluate(SPLIT_WORDS, LONGEST_WHOLE)]
    page.locator("main button", has_text="Commencer").click()
    expect(page.locator("form.sheet button", has_text="Suivant")).to_be_visible()
    faults += [("the first question", fault) for fault in accessibility_faults(page, WIDTH)]
    page.context.close()
    assert faults == [], "\n".join(": ".join(fault) for fault in faults)
