"""`make bench`: print every budget as measured now: transport beside the peer's, response times, publishing,
push, inbox, the console's lists and downloads, strangers' requests.
"""

from __future__ import annotations

import asyncio
import sys
import tempfile
from collections.abc import Mapping
from pathlib import Path

from tests.bench import (
    answers,
    budgets,
    claims,
    cold_visit,
    corpus,
    feedback,
    inbox,
    library_search,
    peer,
    phone,
    product,
    proof_of_work,
    publishing,
    push,
    strangers,
)
from tests.bench.budgets import Budget
from tests.bench.peer import Step
from tests.bench.slow_link import EDGE

JOURNEYS = {"first": "first sync", "nothing": "nothing new", "week": "a week of edits"}


async def main() -> int:
    """Exit code 1 when a budget is exceeded or a threshold missed."""
    texts = corpus.prepare_corpus()
    with tempfile.TemporaryDirectory() as folder:
        data = Path(folder)
        async with peer.couchdb() as couch:
            note("on the wire, Kunnafoni and PouchDB …")
            wire = await product.measure(texts, data / "wire"), await peer.measure(couch, texts)
            note("on EDGE, Kunnafoni and PouchDB …")
            edge = await product.measure(texts, data / "edge", EDGE), await peer.measure(couch, texts, EDGE)
    rows = [*budgets.visits(wire[0].visits), *budgets.app(), *budgets.steps(wire[0].steps, texts, wire[1])]
    print(table(rows))
    print(edge_table(edge[0].steps, edge[1]))
    note("milliseconds on a slow phone …")
    waited = await asyncio.to_thread(phone.measure_times)
    print(phone.table(waited))
    note("a first visit on EDGE …")
    first_visit = await cold_visit.measure_cold_visit()
    print(cold_visit.table(first_visit))
    note("search among 3,000 guides …")
    searched = await asyncio.to_thread(library_search.measure_costs)
    print(library_search.table(searched))
    note("messages and the notices they fit …")
    print(await asyncio.to_thread(claims.tables))
    note("processor time of answers, Kunnafoni and a bare Response …")
    costs = await asyncio.to_thread(answers.measure_costs)
    print(answers.table(costs))
    note("proof of work for a flooded inbox …")
    worked = await asyncio.to_thread(proof_of_work.measure_costs)
    print(proof_of_work.table(worked))
    note("publishing what changed …")
    published = await asyncio.to_thread(publishing.measure_costs)
    print(publishing.table(published))
    note("push messages, Kunnafoni and pywebpush …")
    pushed = await push.measure()
    print(push.table(pushed))
    note("submissions, Kunnafoni and CouchDB …")
    rounds = await asyncio.to_thread(inbox.measure_rates)
    print(inbox.table(rounds))
    note("console over 20,000 submissions …")
    listed = await asyncio.to_thread(feedback.measure_costs)
    print(feedback.table(listed))
    note("processor time of strangers' requests …")
    with tempfile.TemporaryDirectory() as folder:
        asked = await strangers.measure(Path(folder))
    print(strangers.table(asked))
    slow = [
        *phone.missed_thresholds(waited),
        *cold_visit.missed_thresholds(first_visit),
        *library_search.missed_thresholds(searched),
        *proof_of_work.missed_thresholds(worked),
        *answers.missed_thresholds(costs),
        *publishing.missed_thresholds(published),
        *push.missed_thresholds(pushed),
        *inbox.missed_thresholds(rounds),
        *feedback.missed_thresholds(listed),
        *strangers.missed_thresholds(asked),
    ]
    for sentence in slow:
        note(sentence)
    return 0 if all(row.holds for row in rows) and not slow else 1


def note(text: str) -> None:
    print(f"  {text}", file=sys.stderr, flush=True)


def table(rows: list[Budget]) -> str:
    lines = ["", "| what | budget | Kunnafoni | PouchDB |", "| --- | ---: | ---: | ---: |"]
    for row in rows:
        mark = "" if row.holds else " **exceeded**"
        lines.append(
            f"| {row.what} | {figure(row.limit, row.unit)} | {figure(row.spent, row.unit)}{mark} "
            f"| {figure(row.peer, row.unit)} |"
        )
    return "\n".join(lines)


def edge_table(ours: Mapping[str, Step], theirs: Mapping[str, Step]) -> str:
    lines = ["", "| on EDGE (240/200 kbit/s, 840 ms) | Kunnafoni | PouchDB |", "| --- | ---: | ---: |"]
    lines += [
        f"| {name} | {ours[step].seconds:.1f} s | {theirs[step].seconds:.1f} s |" for step, name in JOURNEYS.items()
    ]
    return "\n".join(lines)


def figure(value: float, unit: str) -> str:
    return "" if value < 0 else f"{value:,.0f} {unit}".rstrip()


if __name__ == "__main__":
    sys.exit(asyncio.run(main()))
