"""A form with 120 questions: what its opening, an answer and a step cost the phone, counted. The bench measures the milliseconds."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page

from tests.support.browser_costs import ANSWERED, TAPPED, Calls, Questions
from tests.support.browser_form_site import Field, enrol
from tests.support.chromium import ready
from tests.support.mobile_link import Link

ASKED = 120
OPENED = 50 * ASKED  # calls of functions until the first question
TURN = 50 * ASKED  # from an answer, with all that follows from it, until the next question is there


@pytest.fixture
def page(site: Field, link: Link, page: Page) -> Page:
    """A facilitator's phone without a network, on the long form's page."""
    page.goto(f"{link.url}/fr-ML/")
    ready(page)
    enrol(page, link.url, site.code("SSSSS00001"))
    link.down = True
    page.goto(f"{link.url}/fr-ML/forms/longue")
    page.locator("main button", has_text="Commencer").wait_for()
    return page


def test_the_work_of_an_answer_grows_with_the_questions_and_no_faster(page: Page) -> None:
    calls, questions = Calls(page), Questions(page)
    page.evaluate(TAPPED, "Commencer")
    assert ASKED < calls.to_the_end() <= OPENED
    questions.taken()
    turns = []
    for _ in range(110):
        page.evaluate(ANSWERED)
        page.evaluate(TAPPED, "Suivant")
        turns.append(calls.taken())
    assert ASKED < max(turns) <= TURN
    assert sum(turns[-20:]) <= 1.2 * sum(turns[:20]), "the last questions as the first"
    operations = questions.taken()
    assert {operation.split()[0] for operation in operations} == {"put"}, "answering reads nothing"
    assert operations.count("put drafts") <= 2 * len(turns) + 2, "each answer and each step is kept once"
