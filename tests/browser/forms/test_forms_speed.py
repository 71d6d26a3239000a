"""A form with 120 questions on a processor slowed six times: it opens, and answers a tap, within the budget.

A shared machine is no stopwatch: of many tries the fastest counts, for it is the one that nothing else disturbed.
"""
from __future__ import annotations

from functools import partial

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import ready
from tests.browser.forms.field import Field, enrol
from tests.browser.link import Link
from tests.browser.test_speed import SLOWER, fastest

OPEN = 300  # ms from the tap on "Commencer" to the first question
TAP = 100  # ms from an answer, or from "Suivant", until the page shows what follows

# From a tap to the moment when the page has changed and was laid out.
TAPPED = """name => new Promise(resolve => {
    const button = [...document.querySelectorAll('main button')].find(one => one.textContent === name)
    const began = performance.now()
    new MutationObserver((_, watch) => { watch.disconnect(); document.body.offsetHeight; resolve(performance.now() - began) })
        .observe(document.querySelector('[data-feature=form]'), {childList: true, subtree: true})
    button.click()
})"""
# From an answer to the moment when all that follows from it was computed.
ANSWERED = """() => {
    const field = document.querySelector('form.sheet input, form.sheet textarea')
    const began = performance.now()
    if (field.type === 'radio' || field.type === 'checkbox') field.click()
    else {
        field.value = field.type === 'date' ? '2026-11-20' : field.inputMode === 'numeric' ? '12' : 'un mot'
        field.dispatchEvent(new Event('input', {bubbles: true}))
    }
    document.body.offsetHeight
    return performance.now() - began
}"""


pytestmark = pytest.mark.speed


@pytest.fixture
def slow(site: Field, link: Link, page: Page) -> Page:
    """A facilitator's phone without a network, on the long form's page, its processor slow."""
    page.goto(f"{link.url}/fr-ML/")
    ready(page)
    enrol(page, link.url, site.code("SSSSS00001"))
    link.down = True
    page.goto(f"{link.url}/fr-ML/forms/longue")
    page.locator("main button", has_text="Commencer").wait_for()
    page.context.new_cdp_session(page).send("Emulation.setCPUThrottlingRate", {"rate": SLOWER})
    return page


def test_a_form_with_120_questions_opens_and_answers_a_tap_within_the_budget(link: Link, slow: Page) -> None:
    def opening() -> float:
        slow.goto(f"{link.url}/fr-ML/forms/longue")
        slow.locator("main button", has_text="Commencer").wait_for()
        taken: float = slow.evaluate(TAPPED, "Commencer")
        return taken

    assert fastest(OPEN, (opening for _ in range(12))) <= OPEN
    expect(slow.locator("form.sheet h2")).to_contain_text("Question 0")
    answers, steps = [], []
    for _ in range(110):
        answers.append(slow.evaluate(ANSWERED))
        steps.append(slow.evaluate(TAPPED, "Suivant"))
    for name, times in (("an answer", answers), ("a step", steps)):
        middle = sorted(times)[len(times) // 2]
        assert middle <= TAP, f"{name}: {middle:.0f} ms in the middle of {len(times)}"
    assert fastest(TAP, (partial(float, time) for time in answers[-20:])) <= TAP, "the last questions as the first"
