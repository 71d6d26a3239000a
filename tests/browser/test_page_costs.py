"""The cost of opening a page and of a search on 300 real texts, counted. The bench measures milliseconds.

A count is the same on every machine; a time is not. What would make the phone slow shows here: the whole library read
for one page, the index read again for each letter, work that grows faster than the texts.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Page

from tests.bench import corpus
from tests.support.browser_costs import SEARCH_TERMS, TIME_SEARCH, CallCounter, StoreOperations
from tests.support.browser_site import BrowserSite, page_address, page_paths, running_site
from tests.support.chromium import wait_until_offline_ready
from tests.support.mobile_link import MobileLink

SHOWN = 10  # results on the screen
PIECES = 40  # of the search index, for a question and its synonyms
CALLS = 200 * 300  # function calls from a letter to the last passage, for the longest question


pytestmark = [
    pytest.mark.spared("alert", "channel", "the library of 300 texts has one channel and no places"),
    pytest.mark.spared("room", "300 texts and their index take more than the room"),
]


@pytest.fixture(scope="module")
def quiet_site(tmp_path_factory: pytest.TempPathFactory, root: Path) -> Iterator[BrowserSite]:
    """A server with 300 real texts."""
    with running_site(tmp_path_factory.mktemp("library") / "data", root, corpus.prepare_corpus() / "v1") as site:
        yield site


@pytest.fixture
def page(link: MobileLink, page: Page) -> Page:
    """The page of a phone with all pages, a built search index and no network."""
    page.goto(f"{link.url}/fr-ML/")
    wait_until_offline_ready(page)
    page.goto(f"{link.url}/fr-ML/search?q=installation")
    page.locator("main .rows a").first.wait_for(timeout=60_000)
    link.down = True
    return page


def test_a_page_is_read_with_four_questions_to_the_store(link: MobileLink, page: Page) -> None:
    questions = StoreOperations(page.context.service_workers[0])
    requests_before = len(link.asked)
    for path in [path for path in page_paths(link.target) if path.startswith("guides/")][:5]:
        page.goto(link.url + page_address("fr-ML", path), wait_until="load")
        page.wait_for_timeout(500)
        operations = Counter(questions.taken())
        assert operations["get holdings"] == 1
        assert operations["get pages"] == 3, "the frame, the sentence for what is not here, and the page"
        assert {operation for operation in operations if not operation.endswith(" settings")} == {
            "get holdings",
            "get pages",
        }
        assert operations["get settings"] <= 11
    assert link.asked[requests_before:] == []


def test_a_question_reads_only_what_is_shown(link: MobileLink, page: Page) -> None:
    page.goto(f"{link.url}/fr-ML/search")
    page.locator("main .rows").wait_for(state="attached")
    calls, questions = CallCounter(page), StoreOperations(page)
    calls.to_the_end()  # the index comes
    spent = {}
    for question in SEARCH_TERMS:
        questions.taken()
        page.evaluate(TIME_SEARCH, question)
        spent[question] = calls.to_the_end()
        operations = Counter(questions.taken())
        assert set(operations) == {"get holdings", "get pages", "get searchIndexes"}
        assert 0 < operations["get pages"] <= SHOWN
        assert 0 < operations["get searchIndexes"] <= PIECES
    assert min(spent.values()) > 300, "each text was looked at: the counting works"
    assert max(spent.values()) <= CALLS, spent
