"""The cost of a form with 120 questions, counted in function calls. The bench measures milliseconds."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page

from tests.support.browser_costs import TIME_ANSWER, TIME_TAP, CallCounter, StoreOperations
from tests.support.browser_form_site import FormSite, enrol
from tests.support.chromium import wait_until_offline_ready
from tests.support.mobile_link import MobileLink

ASKED = 120
OPENED = 52 * ASKED  # calls of functions until the first question
TURN = 50 * ASKED  # from an answer, with all that follows from it, until the next question is there


@pytest.fixture
def page(site: FormSite, link: MobileLink, page: Page) -> Page:
    """A facilitator's phone without a network, on the long form's page."""
    page.goto(f"{link.url}/fr-ML/")
    wait_until_offline_ready(page)
    enrol(page, link.url, site.code())
    link.down = True
    page.goto(f"{link.url}/fr-ML/forms/longue")
    page.locator("main button", has_text="Commencer").wait_for()
    return page


def test_the_work_of_an_answer_grows_with_the_questions_and_no_faster(page: Page) -> None:
    calls, questions = CallCounter(page), StoreOperations(page)
    page.evaluate(TIME_TAP, "Commencer")
    assert ASKED < calls.to_the_end() <= OPENED
    questions.taken()
    turns = []
    for _ in range(110):
        page.evaluate(TIME_ANSWER)
        page.evaluate(TIME_TAP, "Suivant")
        turns.append(calls.taken())
    assert ASKED < max(turns) <= TURN
    assert sum(turns[-20:]) <= 1.2 * sum(turns[:20]), "the last questions as the first"
    operations = questions.taken()
    assert {operation.split()[0] for operation in operations} == {"put"}, "answering reads nothing"
    assert operations.count("put drafts") <= 2 * len(turns) + 2, "each answer and each step is kept once"
