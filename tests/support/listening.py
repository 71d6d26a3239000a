"""A person who listens: a phone with a fake voice, its pages without visible text. Used by the browser stories."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from playwright.sync_api import Locator, Page

from tests.support.chromium import wait_until_true

FAKE_VOICE = Path(__file__).with_name("fake_voice.js").read_text("utf-8")
# Only fills of letters: pictures are drawn with strokes. The page's policy allows inserted rules, and no other sheet.
HIDE_TEXT = """addEventListener("DOMContentLoaded", () => {
    document.styleSheets[0].insertRule("* { -webkit-text-fill-color: transparent !important }");
});"""


def give_voice(page: Page, **options: Any) -> None:
    """Give the page's phone a voice. `lang`: its language; `silent`: it never begins."""
    page.add_init_script(f"globalThis.fakeVoice = {json.dumps(options)};\n{FAKE_VOICE}")


def hide_text(page: Page) -> None:
    page.add_init_script(HIDE_TEXT)


def deed(page: Page, name: str) -> Locator:
    """A button of the player, by what is drawn on it."""
    return page.locator(f".listen [data-deed={name}]")


def last_said(page: Page) -> str:
    """The sentence that the voice was told last, waiting for the first of a page."""
    wait_until_true(page, "said.length > 0")
    return str(page.evaluate("said[said.length - 1]"))


def hear_next(page: Page, pressed: str) -> str:
    """Press a button of the player, by what is drawn on it; return the next sentence that the voice is told."""
    before = page.evaluate("said.length")
    deed(page, pressed).click()
    wait_until_true(page, "(before) => said.length > before", before)
    return last_said(page)


def hear_until(page: Page, words: str, most: int = 200) -> str:
    """Let sentences end until one has the words. Fails after `most` of them."""
    for _ in range(most):
        sentence = last_said(page)
        if words in sentence:
            return sentence
        said = page.evaluate("[said.length, speechSynthesis.finish()][0]")
        wait_until_true(page, "(before) => said.length > before", said)
    raise AssertionError(f"never said: {words}")
