"""On 300 real texts and a processor slowed six times: a page opens and a search answers within the budget.

A shared machine is no stopwatch: of many tries the fastest counts, for it is the one that nothing else disturbed. And where the machine
itself is slow for an hour, so is a bare file opened in the same way: a page's budget then grows as that does.
"""
from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from functools import partial
from pathlib import Path

import pytest
from playwright.sync_api import Page

from tests.bench import corpus
from tests.browser.conftest import ready
from tests.browser.link import Link, linked
from tests.browser.site import address, paths, serving

SLOWER = 6
SEARCH = 100  # ms until the first results
OPEN = 150  # ms until a page of the phone's store is there to be read
BARE = 117  # ms of it that the browser takes for a file with nothing to render: side by side a page took 1.28 times as long

# From the last letter to the first result in the page; the question is new each time.
ASK = """question => new Promise(resolve => {
    const input = document.querySelector('#q'), list = document.querySelector('main .rows')
    const began = performance.now()
    new MutationObserver((_, watch) => { watch.disconnect(); resolve(performance.now() - began) }).observe(list, {childList: true})
    input.value = question
    input.dispatchEvent(new Event('input', {bubbles: true}))
})"""
OPENED = "() => performance.getEntriesByType('navigation')[0].domInteractive"
# One of the app's own scripts, which the worker answers as it answers a page, and which is shown as it is.
APP_FILE = """async () => {
    const name = (await caches.keys()).find(one => one.startsWith('app-'))
    const kept = await (await caches.open(name)).keys()
    return kept.map(one => new URL(one.url).pathname).find(one => one.endsWith('.js'))
}"""
QUESTIONS = ("installation", "fichier de configuration", "mot de passe", "reseau", "paquet", "courrier", "noyau", "securite du systeme")


pytestmark = pytest.mark.speed


@pytest.fixture(scope="module")
def library(tmp_path_factory: pytest.TempPathFactory, root: Path) -> Iterator[str]:
    """A server with 300 real texts."""
    with serving(tmp_path_factory.mktemp("library") / "data", root, corpus.ready() / "v1") as url:
        yield url


@pytest.fixture
def link(library: str) -> Iterator[Link]:
    with linked(library) as made:
        yield made


@pytest.fixture
def slow(link: Link, page: Page) -> Page:
    """A phone that holds everything, its index made, its network gone and its processor slow."""
    page.goto(f"{link.url}/fr-ML/")
    page.locator("#status", has_text="Prêt hors ligne").wait_for(timeout=60_000)
    ready(page)
    page.goto(f"{link.url}/fr-ML/search?q=installation")
    page.locator("main .rows a").first.wait_for(timeout=60_000)
    link.down = True
    page.context.new_cdp_session(page).send("Emulation.setCPUThrottlingRate", {"rate": SLOWER})
    return page


def fastest(budget: float, tries: Iterable[Callable[[], float]]) -> float:
    """The shortest time of tries, which end with the first that holds the budget."""
    best = float("inf")
    for attempt in tries:
        best = min(best, attempt())
        if best <= budget:
            break
    return best


def test_first_results_come_within_the_budget(link: Link, slow: Page) -> None:
    slow.goto(f"{link.url}/fr-ML/search")
    slow.locator("main .rows").wait_for(state="attached")
    slow.wait_for_timeout(3_000)
    tries = [partial(slow.evaluate, ASK, question) for question in QUESTIONS * 5]
    assert fastest(SEARCH, tries) <= SEARCH


def test_a_page_opens_within_the_budget(link: Link, slow: Page) -> None:
    def opening(place: str) -> float:
        slow.goto(link.url + place, wait_until="load")
        taken: float = slow.evaluate(OPENED)
        return taken

    guides = [address("fr-ML", path) for path in paths(link.target) if path.startswith("guides/")]
    taken = fastest(OPEN, (partial(opening, place) for place in guides[:100]))
    if taken > OPEN:
        file: str = slow.evaluate(APP_FILE)
        bare = fastest(BARE, [partial(opening, file)] * 30)
        assert taken <= OPEN * max(1.0, bare / BARE), f"{bare:.0f} ms for a bare file"
