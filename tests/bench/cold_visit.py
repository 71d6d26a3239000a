"""The first visit of a phone over EDGE, in Chromium: requests and seconds until the essential pages and then all are
offline, and until a form that a link opened asks its first question.

The essential is what a new phone shows without a network: the frame, what danger asks for, the essential guides, and
the reader's set. All is the whole library and the scripts of forms beside: some 275 kB, for which such a link alone
takes nine seconds.

    python -m tests.bench.cold_visit
"""

from __future__ import annotations

import asyncio
import tempfile
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from pathlib import Path

from playwright.async_api import Browser, Page, async_playwright

from tests.bench.slow_link import EDGE, running_link
from tests.support import mobile_link
from tests.support.browser_site import running_site
from tests.support.chromium import FLAGS, PHONE, chromium_path
from tests.support.repository import ROOT

PATIENCE = 120_000  # ms

Waiting = Callable[[Page], Awaitable[None]]


@dataclass(frozen=True, slots=True)
class Row:
    what: str
    limit: float
    measured: float

    @property
    def holds(self) -> bool:
        return self.measured <= self.limit


async def measure_cold_visit() -> list[Row]:
    """Two visits by new phones, one after the other."""
    with tempfile.TemporaryDirectory() as folder, running_site(Path(folder) / "data", ROOT) as site:
        async with async_playwright() as playwright:
            browser = await playwright.chromium.launch(executable_path=chromium_path(), args=FLAGS)
            asked, (essential, ready) = await _visit(browser, site.url, "/fr-ML/", _until_essential, _until_offline)
            _, (answering,) = await _visit(browser, site.url, "/fr-ML/forms/question", _until_first_question)
            await browser.close()
    return [
        Row("requests until all is offline", 12, len(asked)),
        Row("addresses asked for twice", 0, len(asked) - len(set(asked))),
        Row("seconds until the essential is offline", 9, essential),
        Row("seconds until all is offline", 16, ready),
        Row("seconds until the first question of a form, by a link", 6, answering),
    ]


async def _visit(browser: Browser, target: str, path: str, *waits: Waiting) -> tuple[list[str], list[float]]:
    """The addresses asked for and the seconds until each wait ends, for a phone without anything."""
    with mobile_link.running_link(target) as counted:
        port = int(counted.url.rpartition(":")[2])
        async with running_link(port, EDGE) as slow:
            context = await browser.new_context(**PHONE)
            page = await context.new_page()
            page.set_default_timeout(PATIENCE)
            started = time.perf_counter()
            await page.goto(f"http://127.0.0.1:{slow.port}{path}", wait_until="commit")
            seconds = []
            for wait in waits:
                await wait(page)
                seconds.append(time.perf_counter() - started)
            await context.close()
            return list(counted.asked), seconds


async def _until_essential(page: Page) -> None:
    await page.locator("#status", has_text="L’essentiel est déjà").wait_for()


async def _until_offline(page: Page) -> None:
    await page.locator("#status", has_text="Prêt hors ligne").wait_for()


async def _until_first_question(page: Page) -> None:
    await page.get_by_role("button", name="Commencer").click()
    await page.locator("main .question").first.wait_for()


def table(rows: list[Row]) -> str:
    lines = ["", "| a first visit on EDGE | budget | measured |", "| --- | ---: | ---: |"]
    return "\n".join([*lines, *(f"| {row.what} | {row.limit:g} | {row.measured:.3g} |" for row in rows)])


def missed_thresholds(rows: list[Row]) -> list[str]:
    return [f"Too much: {row.what}: {row.measured:.3g}, {row.limit:g} allowed." for row in rows if not row.holds]


if __name__ == "__main__":
    print(table(asyncio.run(measure_cold_visit())))
