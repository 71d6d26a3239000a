"""Going back inside a form, and erasing everything while another tab is open."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, expect

from tests.support.chromium import wait_until_offline_ready
from tests.support.mobile_link import MobileLink

QUESTION = "/fr-ML/forms/question"
pytestmark = pytest.mark.spared("room", "a full phone keeps no draft, and says so: tests/browser/test_faults.py")
NEXT = "main button:has-text('Suivant')"


def begin(page: Page, address: str) -> None:
    page.goto(address)
    page.get_by_role("button", name="Commencer").click()
    expect(page.locator("main form small[role=heading]:focus")).to_contain_text("Écran 1 sur")
    page.locator("main .question textarea").first.fill("Comment changer mon code ?")
    expect(page.locator("main form")).to_contain_text("Gardé sur ce téléphone")


def test_back_in_a_form_is_the_screen_before_and_then_the_page(link: MobileLink, page: Page) -> None:
    page.goto(f"{link.url}/fr-ML/")
    wait_until_offline_ready(page)
    begin(page, link.url + QUESTION)
    page.locator(NEXT).click()
    progress = page.locator("main form small").first
    expect(progress).to_contain_text("Écran 2")
    page.go_back()
    expect(progress).to_contain_text("Écran 1")
    expect(page.locator("main .question textarea").first).to_have_value("Comment changer mon code ?")
    page.locator(NEXT).click()
    page.get_by_role("button", name="Retour").click()
    expect(progress).to_contain_text("Écran 1")
    page.go_back()
    expect(page.get_by_role("button", name="Continuer «")).to_be_visible()
    expect(page).to_have_url(link.url + QUESTION)
    page.go_back()
    expect(page).to_have_url(f"{link.url}/fr-ML/")


def test_erasing_reaches_a_form_in_another_tab(link: MobileLink, page: Page) -> None:
    page.goto(f"{link.url}/fr-ML/")
    wait_until_offline_ready(page)
    form = page.context.new_page()
    begin(form, link.url + QUESTION)
    page.goto(f"{link.url}/fr-ML/phone")
    page.locator("main button", has_text="Tout effacer").click()
    page.locator("main button", has_text="Oui, tout effacer").click()
    expect(page).to_have_url(f"{link.url}/?choose")
    expect(form).to_have_url(f"{link.url}/?choose")
    form.goto(link.url + QUESTION)
    expect(form.get_by_role("button", name="Commencer")).to_be_visible()
    expect(form.get_by_role("button", name="Continuer «")).to_have_count(0)
