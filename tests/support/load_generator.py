"""People who send submissions continuously, and the verdicts they got. Used by the journeys."""

from __future__ import annotations

import json
import threading
import time
import urllib.error
import urllib.request
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field

from sync.forms.compiled_form import Form
from tests.support.phone_simulator import FilledForm, PhoneSimulator, padded_body

PAUSE = 0.05  # seconds between answers of one person: a load, not a benchmark
SITE = "essai"


@dataclass
class SentReports:
    """`accepted`: acknowledged submissions; `waiting`: those to send again."""

    counts: Counter[str] = field(default_factory=Counter)
    accepted: dict[str, FilledForm] = field(default_factory=dict)
    waiting: dict[str, FilledForm] = field(default_factory=dict)
    slowest: float = 0.0

    def add(self, other: SentReports) -> None:
        self.counts += other.counts
        self.accepted |= other.accepted
        self.waiting |= other.waiting
        self.slowest = max(self.slowest, other.slowest)


def send(url: str, filled: FilledForm) -> str:
    """Send one submission; return its verdict, or `no answer`."""
    try:
        request = urllib.request.Request(f"{url}inbox", padded_body(filled.line), method="POST")
        with urllib.request.urlopen(request, timeout=60) as answer:
            return str(json.loads(answer.readline())["verdict"])
    except (urllib.error.URLError, OSError, ValueError):
        return "no answer"


@contextmanager
def sending_people(urls: Sequence[str], form: Form, seed: int) -> Iterator[SentReports]:
    """One person per server until the block ends; then the merged results."""
    sent, over = SentReports(), threading.Event()
    parts = [SentReports() for _ in urls]
    threads = [
        threading.Thread(
            target=_send_on, args=(url, PhoneSimulator(SITE, seed * 100 + index), form, parts[index], over)
        )
        for index, url in enumerate(urls)
    ]
    for thread in threads:
        thread.start()
    try:
        yield sent
    finally:
        over.set()
        for thread, part in zip(threads, parts, strict=True):
            thread.join()
            sent.add(part)


def _send_on(url: str, phone: PhoneSimulator, form: Form, sent: SentReports, over: threading.Event) -> None:
    while not over.wait(PAUSE):
        filled = phone.fill(form, {"mot": "bonjour"})
        start = time.monotonic()
        verdict = send(url, filled)
        sent.slowest = max(sent.slowest, time.monotonic() - start)
        sent.counts[verdict] += 1
        (sent.accepted if verdict == "accepted" else sent.waiting)[filled.id] = filled
