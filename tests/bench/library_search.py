"""Search in a library of 3,000 guides on a cheap phone: the time until the first results, and the page's memory; in
Chromium with a processor slowed six times and no network.

    python -m tests.bench.library_search [GUIDES]

The guides are the corpus's sections ten times over, each time with other titles and with some words of other sections,
so that every word stands in more pages than in a real library. The index is there already: a phone builds it at sync.
Each search is the first of its page. The fastest counts, for it is the one that nothing else on the machine disturbed.
"""

from __future__ import annotations

import random
import shutil
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass, replace
from itertools import islice
from pathlib import Path

from playwright.sync_api import Page, sync_playwright

from tests.bench import corpus
from tests.bench.exit_status import exit_status
from tests.support.browser_site import running_site_server
from tests.support.chromium import FLAGS, PHONE, chromium_path, wait_until_offline_ready
from tests.support.mobile_link import running_link
from tests.support.repository import ROOT

GUIDES = 3_000
SLOWER = 6
MAX_SECONDS, MAX_MEGABYTES = 1.0, 30.0
REPEATS = 5
QUESTIONS = ("installation d'un paquet", "configurer le réseau", "clavier", "mot de passe")
FIRST_ROW = """() => {
    const found = () => {
        if (document.querySelector('main form ~ .rows a')) window.foundAt ??= performance.now();
    }
    new MutationObserver(found).observe(document, {childList: true, subtree: true});
}"""
INDEXED = """async () => {
    const open = indexedDB.open('kunnafoni');
    const db = await new Promise(done => (open.onsuccess = () => done(open.result)));
    const get = db.transaction('searchIndexes').objectStore('searchIndexes').get('!');
    const head = await new Promise(done => (get.onsuccess = () => done(get.result)));
    db.close();
    return head ? JSON.parse(head).kinds.length : 0;
}"""
SIZE = """async () => {
    const open = indexedDB.open('kunnafoni');
    const db = await new Promise(done => (open.onsuccess = () => done(open.result)));
    const get = db.transaction('searchIndexes').objectStore('searchIndexes').getAll();
    const pieces = await new Promise(done => (get.onsuccess = () => done(get.result)));
    db.close();
    return pieces.reduce((bytes, piece) => bytes + new Blob([piece]).size, 0);
}"""


@dataclass(frozen=True, slots=True)
class Costs:
    """`seconds`: from opening the search page with a question to its first row, each. `megabytes`: the heap then."""

    guides: int
    seconds: tuple[float, ...]
    megabytes: float
    index_bytes: int


def guides(count: int) -> Iterator[corpus.Text]:
    sections = list(islice(corpus.texts(), corpus.TEXTS))
    chance = random.Random(7)
    for number in range(count):
        section, other = sections[number % len(sections)], chance.choice(sections)
        words = " ".join(chance.sample(other.body.split(), 20))
        title = f"{section.title} {number}"[:110]
        body = f"{section.body}\n\n{corpus_words(words)}"
        yield replace(section, slug=f"texte-{number:05d}", title=title, topic=f"partie-{number % 40}", body=body)


def corpus_words(words: str) -> str:
    """Words as plain text of a paragraph, without the marks of Markdown."""
    return "".join(letter for letter in words if letter.isalnum() or letter in " -.")


def measure_costs(count: int = GUIDES) -> Costs:
    """Serve, sync, index and search; takes some minutes."""
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as playwright:
        content = Path(folder, "content")
        corpus.write(content, list(guides(count)))
        shutil.copy(ROOT / "content" / "synonyms.yaml", content)
        with running_site_server(Path(folder, "data"), ROOT, content) as url, running_link(url) as link:
            browser = playwright.chromium.launch(executable_path=chromium_path(), args=FLAGS)
            context = browser.new_context(**PHONE)
            context.set_default_timeout(600_000)
            page = context.new_page()
            page.goto(f"{link.url}/fr-ML/")
            wait_until_offline_ready(page)
            while page.evaluate(INDEXED) < count:
                page.wait_for_timeout(500)
            size = page.evaluate(SIZE)
            link.down = True
            address = f"{link.url}/fr-ML/search"
            found = [_first_search(context.new_page(), address, each) for each in QUESTIONS * REPEATS]
            browser.close()
    return Costs(count, tuple(seconds for seconds, _ in found), max(heap for _, heap in found), size)


def _first_search(page: Page, address: str, question: str) -> tuple[float, float]:
    """Seconds until the first row, and the megabytes of the heap."""
    session = page.context.new_cdp_session(page)
    session.send("Emulation.setCPUThrottlingRate", {"rate": SLOWER})
    page.add_init_script(f"({FIRST_ROW})()")
    page.goto(f"{address}?q={question}")
    page.wait_for_function("() => window.foundAt !== undefined")
    heap = session.send("Runtime.getHeapUsage")["usedSize"] / 1_000_000
    seconds = page.evaluate("() => window.foundAt") / 1_000
    page.close()
    return seconds, heap


def table(costs: Costs) -> str:
    return "\n".join(
        [
            "",
            f"| search among {costs.guides:,} guides, processor slowed {SLOWER} times | budget | measured |",
            "| --- | ---: | ---: |",
            f"| first results, fastest of {len(costs.seconds)} | {MAX_SECONDS:.0f} s | {min(costs.seconds):.2f} s |",
            f"| the page's heap | {MAX_MEGABYTES:.0f} MB | {costs.megabytes:.1f} MB |",
            f"| the index on the phone | | {costs.index_bytes / 1000:,.0f} kB |",
        ]
    )


def missed_thresholds(costs: Costs) -> list[str]:
    missed = []
    if min(costs.seconds) > MAX_SECONDS:
        missed.append(f"Too slow: first search: {min(costs.seconds):.2f} s, {MAX_SECONDS:.0f} allowed.")
    if costs.megabytes > MAX_MEGABYTES:
        missed.append(f"Too large: the search page's heap: {costs.megabytes:.1f} MB, {MAX_MEGABYTES:.0f} allowed.")
    return missed


def main() -> int:
    """Exit code 1 when a threshold is missed."""
    costs = measure_costs(int(sys.argv[1]) if len(sys.argv) > 1 else GUIDES)
    return exit_status(table(costs), missed_thresholds(costs))


if __name__ == "__main__":
    sys.exit(main())
