"""Processor time of `kunnafoni publish`, as a command of its own: one changed sentence, more changes, more documents.

The demonstration site is published in its seven channels. Larger sites have its guides again under other names, in two
channels. The time of `kunnafoni --help` is taken off what has a threshold on the demonstration site. Compression at the
best level, which a server does later, is measured beside it.
"""

from __future__ import annotations

import asyncio
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from statistics import median

from server.app import create_services
from server.program import ROOT
from server.settings import Settings
from sync.content.folder import read_folder
from sync.content.schemas import to_fields
from sync.documents.model import Guide
from sync.store.contract import Collection, Write
from sync.store.open_store import open_store

ROUNDS = 3
SENTENCE_LIMIT = 1.0  # seconds: a sentence of the demonstration site, less the time of --help
ONE_OF_3000_LIMIT = 2.0  # seconds
GROWTH_LIMIT = 2.0  # times the cost of a document, from ten times fewer
CHANGED = (1, 10, 100, 1000)  # of 3,000 documents
TOTALS = (100, 1000, 3000, 10_000)  # documents, of which one changed
CHANNELS = ("fr-ML", "fr-BF")


@dataclass(frozen=True, slots=True)
class PublishingCosts:
    """Seconds of processor time. `by_changed`: by number of changed documents. `by_total`: by number of documents."""

    help: float
    sentence: float
    unchanged: float
    by_changed: dict[int, float]
    by_total: dict[int, float]
    hardening: float


def measure_costs() -> PublishingCosts:
    with tempfile.TemporaryDirectory() as folder:
        site = Path(folder)
        help_time = median(run_command(site, "--help") for _ in range(ROUNDS))
        run_command(site, "import", str(ROOT / "content"))
        run_command(site, "publish")
        sentence = median(_publish_changed(site, 1, round) for round in range(ROUNDS))
        unchanged = median(run_command(site, "publish") for _ in range(ROUNDS))
        hardening = asyncio.run(_harden(site))
    by_total, by_changed = {}, {}
    for total in TOTALS:
        with tempfile.TemporaryDirectory() as folder:
            site = Path(folder)
            asyncio.run(_fill(site, total))
            run_command(site, "publish")
            by_total[total] = median(_publish_changed(site, 1, round) for round in range(ROUNDS))
            if total == 3000:
                by_changed = {changed: _publish_changed(site, changed, changed) for changed in CHANGED}
    return PublishingCosts(help_time, sentence, unchanged, by_changed, by_total, hardening)


def run_command(site: Path, *words: str) -> float:
    """Processor time of a command with its store in `site`, in the process and what it starts."""
    environment = os.environ | {
        "KUNNAFONI_DATA": str(site),
        "LC_ALL": "fr_FR.UTF-8",
        "PYTHONDONTWRITEBYTECODE": "",  # an installed program is compiled once, not at each start
        "PYTHONPYCACHEPREFIX": str(site / "bytecode"),
    }
    before = os.times()
    subprocess.run(
        [sys.executable, "-m", "server.commands.cli", *words],
        cwd=ROOT,
        env=environment,
        check=True,
        capture_output=True,
    )
    after = os.times()
    return after.children_user - before.children_user + after.children_system - before.children_system


def _publish_changed(site: Path, count: int, round: int) -> float:
    asyncio.run(_change(site, count, f"Phrase changée {round}."))
    return run_command(site, "publish")


async def _change(site: Path, count: int, sentence: str) -> None:
    """Add a sentence to the first `count` guides of the site's language."""
    store = open_store(Settings(data=site).store_address)
    records = await store.scan(Collection.CONTENT, "guide:", "guide;", limit=20_000)
    writes = []
    for record in [record for record in records if record.id.endswith(":fr")][:count]:
        body = dict(record.body) | {
            "fields": record.body["fields"] | {"body": f"{sentence}\n\n" + record.body["fields"]["body"]}
        }
        writes.append(Write(record.id, body, record.rev))
    await store.write(Collection.CONTENT, writes)
    await store.close()


async def _fill(site: Path, total: int) -> None:
    """A store with `total` guides: half for each channel."""
    documents = read_folder(ROOT / "content").documents
    guides: list[Guide] = [each.value for each in documents if each.kind == "guide" and each.value.lang == "fr"]
    writes = [
        Write("topics", {"kind": "topics", "fields": to_fields("topics", each.value)})
        for each in documents
        if each.kind == "topics"
    ]
    [site_document] = [each.value for each in documents if each.kind == "site"]
    writes.append(
        Write("site", {"kind": "site", "fields": to_fields("site", replace(site_document, channels=CHANNELS))})
    )
    for number in range(total):
        guide = replace(
            guides[number % len(guides)],
            slug=f"texte-{number:05d}",
            title=f"{guides[number % len(guides)].title} ({number})",
            essential=False,
            questions=(),  # only essential guides have some
            countries=(CHANNELS[number % 2][-2:],),
        )
        writes.append(Write(f"guide:{guide.slug}:fr", {"kind": "guide", "fields": to_fields("guide", guide)}))
    store = open_store(Settings(data=site).store_address)
    await store.prepare()
    for start in range(0, len(writes), 500):
        await store.write(Collection.CONTENT, writes[start : start + 500])
    await store.close()


async def _harden(site: Path) -> float:
    """Processor time in which a server compresses every channel at the best level."""
    services = create_services(Settings(data=site))
    await services.current_editions.load()
    before = time.process_time()
    for channel in services.current_editions.channels:
        await services.feeds.precompress(channel)
    await services.store.close()
    return time.process_time() - before


def missed_thresholds(costs: PublishingCosts) -> list[str]:
    spent = costs.sentence - costs.help
    missed = []
    if spent >= SENTENCE_LIMIT:
        missed.append(f"a changed sentence: {spent:.2f} s of processor time, at most {SENTENCE_LIMIT} s")
    if costs.by_total[3000] >= ONE_OF_3000_LIMIT:
        missed.append(f"one of 3,000 documents: {costs.by_total[3000]:.2f} s, at most {ONE_OF_3000_LIMIT} s")
    for what, growth in (("changed", costs.by_changed), ("in all", costs.by_total)):
        few, many, most = list(growth)[-3:]
        slope, next_slope = (growth[many] - growth[few]) / (many - few), (growth[most] - growth[many]) / (most - many)
        if next_slope > GROWTH_LIMIT * max(slope, 0.0001):
            missed.append(f"documents {what}: {1000 * next_slope:.2f} ms each after {1000 * slope:.2f} ms")
    return missed


def table(costs: PublishingCosts) -> str:
    rows: Sequence[tuple[str, float, str]] = [
        ("`--help`", costs.help, ""),
        ("a sentence changed in 134 documents x 7 channels, less `--help`", costs.sentence - costs.help, "1.0 s"),
        ("nothing changed, less `--help`", costs.unchanged - costs.help, ""),
        *[(f"{count:,} of 3,000 documents changed", seconds, "") for count, seconds in costs.by_changed.items()],
        *[
            (f"one of {count:,} documents changed", seconds, "2.0 s" if count == 3000 else "")
            for count, seconds in costs.by_total.items()
        ],
        ("compression at the best level by a server, 7 channels", costs.hardening, ""),
    ]
    lines = ["", "| publishing | budget | processor time |", "| --- | ---: | ---: |"]
    return "\n".join([*lines, *[f"| {what} | {limit} | {seconds:.2f} s |" for what, seconds, limit in rows]])


if __name__ == "__main__":
    measured = measure_costs()
    print(table(measured))
    print("\n".join(missed_thresholds(measured)))
