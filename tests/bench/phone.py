"""Response times on a cheap phone, in milliseconds: a stored page, the first search results, a form of 120 questions,
the answer to a message among 200 notices; in Chromium with a processor slowed six times and no network.

    python -m tests.bench.phone

A shared machine is no stopwatch: where a thing is done once, the fastest of many counts, for it is the one that nothing
else disturbed; where it is done again and again, the one in the middle. And most of what a page takes is the browser's
own: so pages take turns with a file of the app, which the worker answers in the same way and which needs no rendering,
and what ours takes beside it is a threshold too.
"""

from __future__ import annotations

import contextlib
import json
import statistics
import sys
import tempfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from playwright.sync_api import Browser, Page, sync_playwright

from tests.bench import claims, corpus
from tests.bench.exit_status import exit_status
from tests.support import site_texts
from tests.support.browser_costs import ANSWER_QUESTIONS, SEARCH_TERMS, TIME_ANSWER, TIME_CHECK, TIME_SEARCH, TIME_TAP
from tests.support.browser_form_site import enrol, running_form_site
from tests.support.browser_site import page_address, page_paths, running_site_server
from tests.support.chromium import FLAGS, PHONE, chromium_path, wait_until_offline_ready
from tests.support.content_folder import GOOD, write
from tests.support.mobile_link import running_link
from tests.support.repository import ROOT

SLOWER = 6
REPEATS = 60  # measurements of each action that a person does once
STEPS = 110  # answers to the form
BESIDE = 1.3  # times as long as a bare file, at most
OPENED = "() => performance.getEntriesByType('navigation')[0].domInteractive"
# One of the app's own scripts, which the browser shows as it is.
APP_FILE = """async () => {
    const name = (await caches.keys()).find(one => one.startsWith('app-'))
    const kept = await (await caches.open(name)).keys()
    return kept.map(one => new URL(one.url).pathname).find(one => one.endsWith('.js'))
}"""

Times = Mapping[str, list[float]]  # milliseconds, by what was done


@dataclass(frozen=True, slots=True)
class Threshold:
    """A limit in milliseconds. `once`: the minimum counts; else the median."""

    what: str
    limit: float
    once: bool = True

    def reached(self, times: Times) -> float:
        return min(times[self.what]) if self.once else statistics.median(times[self.what])


PAGE, BARE = "a page opens", "a bare file opens"
SEARCH, FORM = "first results of a search", "a form of 120 questions opens"
CHECK, NOTICES = "a message is checked among 200 notices", 200
ANSWER, STEP = "what follows from an answer", "the next question"
PROCESSOR = "processor of an answered question"
ANSWERED = 30  # questions of one measurement of the processor
THRESHOLDS = (
    Threshold(PAGE, 150),
    Threshold(SEARCH, 100),
    Threshold(FORM, 300),
    Threshold(CHECK, 150),
    Threshold(ANSWER, 100, once=False),
    Threshold(STEP, 100, once=False),
    Threshold(PROCESSOR, 60),
)


def measure_times() -> Times:
    """Measure all times; starts servers and a browser of its own and takes some minutes."""
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium_path(), args=FLAGS)
        times = {
            **_reading(browser, Path(folder, "library")),
            **_filling(browser, Path(folder, "field")),
            **_checking(browser, Path(folder, "notices")),
        }
        browser.close()
    return times


def slowdown(times: Times) -> float:
    """The time to open a page divided by the time to open a bare file right after it."""
    return statistics.median(ours / bare for ours, bare in zip(times[PAGE], times[BARE], strict=True))


def table(times: Times) -> str:
    lines = [
        "",
        f"| on a processor slowed {SLOWER} times | budget | fastest | in the middle |",
        "| --- | ---: | ---: | ---: |",
    ]
    limits = {threshold.what: f"{threshold.limit:.0f} ms" for threshold in THRESHOLDS}
    for what, some in times.items():
        lines.append(f"| {what} | {limits.get(what, '')} | {min(some):.0f} ms | {statistics.median(some):.0f} ms |")
    return "\n".join(
        [*lines, "", f"A page takes {slowdown(times):.2f} times as long as a bare file ({BESIDE:g} allowed)."]
    )


def missed_thresholds(times: Times) -> list[str]:
    """A sentence for each missed threshold."""
    slow = [
        f"Too slow: {threshold.what}: {threshold.reached(times):.0f} ms, {threshold.limit:.0f} allowed."
        for threshold in THRESHOLDS
        if threshold.reached(times) > threshold.limit
    ]
    if slowdown(times) > BESIDE:
        slow.append(f"Too slow: a page takes {slowdown(times):.2f} times as long as a bare file, {BESIDE:g} allowed.")
    return slow


def _reading(browser: Browser, folder: Path) -> Times:
    folder.mkdir()
    with (
        running_site_server(folder / "data", ROOT, corpus.prepare_corpus() / "v1") as url,
        running_link(url) as link,
        _phone(browser) as page,
    ):
        page.goto(f"{link.url}/fr-ML/")
        wait_until_offline_ready(page)
        page.goto(f"{link.url}/fr-ML/search?q=installation")
        page.locator("main .rows a").first.wait_for()
        link.down = True
        file = page.evaluate(APP_FILE)
        _slow(page)
        times: dict[str, list[float]] = {PAGE: [], BARE: [], SEARCH: []}
        for path in [path for path in page_paths(url) if path.startswith("guides/")][:REPEATS]:
            for what, place in ((PAGE, page_address("fr-ML", path)), (BARE, file)):
                page.goto(link.url + place, wait_until="load")
                times[what].append(page.evaluate(OPENED))
        page.goto(f"{link.url}/fr-ML/search")
        page.locator("main .rows").wait_for(state="attached")
        page.wait_for_timeout(3_000)  # the index comes
        times[SEARCH] += [page.evaluate(TIME_SEARCH, question) for question in SEARCH_TERMS * 5]
    return times


def _filling(browser: Browser, folder: Path) -> Times:
    folder.mkdir()
    with running_form_site(folder, ROOT) as site, running_link(site.url) as link, _phone(browser) as page:
        page.goto(f"{link.url}/fr-ML/")
        wait_until_offline_ready(page)
        enrol(page, link.url, site.code())
        link.down = True
        _slow(page)
        times: dict[str, list[float]] = {FORM: [], ANSWER: [], STEP: [], PROCESSOR: []}
        for _ in range(REPEATS // 4):
            page.goto(f"{link.url}/fr-ML/forms/longue")
            page.locator("main button", has_text="Commencer").wait_for()
            times[FORM].append(page.evaluate(TIME_TAP, "Commencer"))
        for _ in range(STEPS):
            times[ANSWER].append(page.evaluate(TIME_ANSWER))
            times[STEP].append(page.evaluate(TIME_TAP, "Suivant"))
        for _ in range(3):
            page.goto(f"{link.url}/fr-ML/forms/longue")
            page.locator("main button", has_text="Commencer").click()
            times[PROCESSOR].append(_processor_time(page))
    return times


def _checking(browser: Browser, folder: Path) -> Times:
    folder.mkdir()
    content = write(folder / "content", {**GOOD, **_many_notices()})
    with (
        running_site_server(folder / "data", ROOT, content) as url,
        running_link(url) as link,
        _phone(browser) as page,
    ):
        page.goto(f"{link.url}/fr-ML/")
        wait_until_offline_ready(page)
        link.down = True
        page.goto(f"{link.url}/fr-ML/notices")
        page.locator("[data-feature=check] #message").wait_for()
        messages = [each.text for each in claims.read_messages(claims.OPEN)][:REPEATS]
        page.evaluate(TIME_CHECK, messages[0])  # the index, which is read while a person types, is there
        _slow(page)
        return {CHECK: [page.evaluate(TIME_CHECK, message) for message in messages]}


def _many_notices() -> dict[str, str]:
    """The site's notices, and others with as many words, which are their own, until there are enough."""
    notices = [writing.document for writing in site_texts.notices()]
    files = {}
    for number in range(NOTICES - 1):  # one is in the folder already
        notice, ending = notices[number % len(notices)], "abcde"[number // len(notices)]

        def other(text: str, ending: str = ending if number >= len(notices) else "") -> str:
            return " ".join(word + ending for word in text.split())

        fields = {
            "title": other(notice.title),
            "claim": other(notice.claim),
            "verdict": notice.verdict,
            "wordings": [other(text) for text in notice.wordings],
            "keywords": [other(text) for text in notice.keywords],
        }
        front = "\n".join(f"{name}: {json.dumps(value, ensure_ascii=False)}" for name, value in fields.items())
        files[f"notices/avis-{number}/fr.md"] = f"---\n{front}\n---\nCela se vérifie.\n"
    return files


def _processor_time(page: Page) -> float:
    """Milliseconds of the page's thread for an answer and the step to the next question, layout and paint with it."""
    session = page.context.new_cdp_session(page)
    session.send("Performance.enable", {"timeDomain": "threadTicks"})

    def spent() -> float:
        metrics = session.send("Performance.getMetrics")["metrics"]
        return 1000 * float(next(metric["value"] for metric in metrics if metric["name"] == "TaskDuration"))

    before = spent()
    page.evaluate(ANSWER_QUESTIONS, ANSWERED)
    return (spent() - before) / ANSWERED


@contextlib.contextmanager
def _phone(browser: Browser) -> Iterator[Page]:
    context = browser.new_context(**PHONE)
    context.set_default_timeout(60_000)
    yield context.new_page()
    context.close()


def _slow(page: Page) -> None:
    page.context.new_cdp_session(page).send("Emulation.setCPUThrottlingRate", {"rate": SLOWER})


def main() -> int:
    """Exit code 1 when a threshold is missed."""
    times = measure_times()
    return exit_status(table(times), missed_thresholds(times))


if __name__ == "__main__":
    sys.exit(main())
