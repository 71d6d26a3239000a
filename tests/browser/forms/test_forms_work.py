"""A form with 120 questions: what its opening, an answer and a step cost the phone, counted. The bench measures the milliseconds."""
from __future__ import annotations

import pytest
from playwright.sync_api import Page

from tests.browser.conftest import ready
from tests.browser.cost import ANSWERED, TAPPED, Calls, Questions
from tests.browser.forms.field import Field, enrol
from tests.browser.link import Link

ASKED = 120
OPENED = 50 * ASKED  # calls of functions until the first question
ANSWER = 40 * ASKED  # until all that follows from an answer was computed
STEP = 12 * ASKED  # until the next question is there


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
    assert ASKED < calls.taken() <= OPENED
    questions.taken()
    answers, steps = [], []
    for _ in range(110):
        page.evaluate(ANSWERED)
        answers.append(calls.taken())
        page.evaluate(TAPPED, "Suivant")
        steps.append(calls.taken())
    assert ASKED < max(answers) <= ANSWER
    assert max(answers[-20:]) <= 1.1 * max(answers[:20]), "the last questions as the first"
    assert max(steps) <= STEP
    taken = questions.taken()
    assert {one.split()[0] for one in taken} == {"put"}, "answering reads nothing"
    assert taken.count("put drafts") <= 2 * len(answers) + 2, "each answer and each step is kept once"
