"""Steps of a person who follows a complaint on the phone: questions, region, and the code that keeps the case."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Page, expect

from tests.support.mobile_link import MobileLink

CASE = "/fr-ML/complaints/case"
NOT_SAID = "Je préfère ne pas le dire"  # the answer to the question about the region
PIN = "246813"
NO_ROOM = pytest.mark.spared("room", "the room is less than the pages and what the browser writes for a case")


def answer(page: Page, word: str) -> None:
    """Answer the question on the screen, and wait for the next screen."""
    question = page.locator("main h2:visible").first.text_content()
    page.locator("main .rows a:visible", has_text=re.compile(f"^{word}$")).click()
    expect(page.locator("main h2:visible").first).not_to_have_text(question or "")


def open_harms(page: Page, link: MobileLink) -> None:
    """Open the entrance of a case, once the app has taken over: before, its links lead to plain pages."""
    page.goto(link.url + CASE)
    expect(page.locator("[data-plain]")).to_have_count(0)


def begin(page: Page, link: MobileLink, harm: str, answers: str, region: str = NOT_SAID) -> None:
    """Answer the questions of a harm: y or n each, then choose a region."""
    open_harms(page, link)
    page.locator(f"[data-harm={harm}]").click()
    for letter in answers:
        answer(page, "Oui" if letter == "y" else "Non")
    answer(page, region)
    expect(page.get_by_role("heading", name="Qui d’autre tient ce téléphone ?")).to_be_visible()


def keep_under_code(page: Page) -> None:
    page.get_by_role("link", name="Garder, avec un code").click()
    page.fill("#pin-new", PIN)
    page.fill("#pin-again", PIN)
    page.get_by_role("button", name="Garder ce code").click()
    expect(page.get_by_role("heading", name=re.compile("^Dossier 1"))).to_be_visible()
