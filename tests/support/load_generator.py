"""People who send answers without pause, and what they were told."""

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
from tests.support.phone_simulator import Filled, Phone

PAUSE = 0.05  # seconds between answers of one person: a load, not a benchmark
SITE = "essai"


@dataclass
class Told:
    """`accepted`: what was acknowledged; `waiting`: what was not, and is to be sent again."""

    counts: Counter[str] = field(default_factory=Counter)
    accepted: dict[str, Filled] = field(default_factory=dict)
    waiting: dict[str, Filled] = field(default_factory=dict)
    slowest: float = 0.0

    def add(self, other: Told) -> None:
        self.counts += other.counts
        self.accepted |= other.accepted
        self.waiting |= other.waiting
        self.slowest = max(self.slowest, other.slowest)


def send(url: str, filled: Filled) -> str:
    """The verdict; `no answer` when the server gave none."""
    try:
        request = urllib.request.Request(f"{url}inbox", filled.line.encode(), method="POST")
        with urllib.request.urlopen(request, timeout=60) as answer:
            return str(json.loads(answer.readline())["verdict"])
    except (urllib.error.URLError, OSError, ValueError):
        return "no answer"


@contextmanager
def people(urls: Sequence[str], form: Form, seed: int) -> Iterator[Told]:
    """One person at each server, until the block ends; then everything they were told."""
    told, over = Told(), threading.Event()
    parts = [Told() for _ in urls]
    threads = [
        threading.Thread(target=_send_on, args=(url, Phone(SITE, seed * 100 + index), form, parts[index], over))
        for index, url in enumerate(urls)
    ]
    for thread in threads:
        thread.start()
    try:
        yield told
    finally:
        over.set()
        for thread, part in zip(threads, parts, strict=True):
            thread.join()
            told.add(part)


def _send_on(url: str, phone: Phone, form: Form, told: Told, over: threading.Event) -> None:
    while not over.wait(PAUSE):
        filled = phone.fill(form, {"mot": "bonjour"})
        begun = time.monotonic()
        verdict = send(url, filled)
        told.slowest = max(told.slowest, time.monotonic() - begun)
        told.counts[verdict] += 1
        (told.accepted if verdict == "accepted" else told.waiting)[filled.id] = filled
