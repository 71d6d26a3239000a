"""Chromium as a phone: its flags and where it is installed. Used by the stories in a browser and by the bench."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Sequence
from typing import Any

from playwright.sync_api import BrowserContext, Page

CHECK_FOR_UPDATE = "async () => { await (await navigator.serviceWorker.getRegistration()).update() }"

FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--host-resolver-rules=MAP kunnafoni.test 127.0.0.1",  # a name of this machine that browsers do not take for secure
]

PHONE: dict[str, Any] = {"viewport": {"width": 360, "height": 740}, "locale": "fr-FR", "has_touch": True}

# Asks the worker's own listener for pages as a navigation does, without the browser's work of drawing each.
ASK_WORKER = """async (addresses) => {
    const answers = [];
    for (const address of addresses) {
        const request = Object.defineProperty(new Request(address), "mode", { value: "navigate" });
        const event = new FetchEvent("fetch", { request });
        let answer;
        event.respondWith = (given) => (answer = given);
        event.waitUntil = () => {};
        self.dispatchEvent(event);
        const response = await answer;
        answers.push([response.status, await response.text()]);
    }
    return answers;
}"""

PROGRAM_NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")

POLL = 0.05  # seconds

PhoneFactory = Callable[..., BrowserContext]


def chromium_path() -> str:
    return next(path for path in map(shutil.which, PROGRAM_NAMES) if path)


def wait_until_offline_ready(page: Page) -> None:
    """Wait until the page reports that it works offline."""
    page.locator("#status", has_text="Prêt hors ligne").wait_for()


def wait_until_true(page: Page, expression: str, arg: Any = None, patience: float = 20) -> None:
    """Wait until an expression of the page holds. Playwright's own wait evaluates text in the page, which the
    pages' policy refuses from its second try on. `patience`: seconds.
    """
    for _ in range(round(patience / POLL)):
        if page.evaluate(expression, arg):
            return
        page.wait_for_timeout(POLL * 1000)
    raise AssertionError(f"never true: {expression}")


def worker_answers(page: Page, addresses: Sequence[str]) -> list[tuple[int, str]]:
    """Status and text of what the page's service worker answers to those who go to these addresses."""
    return [(status, text) for status, text in page.context.service_workers[0].evaluate(ASK_WORKER, list(addresses))]
