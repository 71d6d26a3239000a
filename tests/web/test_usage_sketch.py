"""Recent use by sender: never too little, forgotten in minutes, and no address in what is kept."""

from __future__ import annotations

import pytest

from server.web.usage_sketch import COLUMNS, ROWS, UsageSketch


def test_use_is_counted_by_sender_and_forgotten() -> None:
    now = 0.0
    sketch = UsageSketch(lambda: now, memory=60)
    for _ in range(100):
        sketch.add("192.0.2.1")
    assert sketch.estimate("192.0.2.1") == pytest.approx(100)
    assert sketch.estimate("192.0.2.2") == 0
    now = 60.0
    assert sketch.estimate("192.0.2.1") == pytest.approx(36.8, abs=0.1)
    now = 900.0
    assert sketch.estimate("192.0.2.1") < 0.001


def test_a_thousand_senders_are_never_counted_too_low() -> None:
    sketch = UsageSketch(lambda: 0.0, memory=60)
    senders = [f"10.0.{number // 256}.{number % 256}" for number in range(1000)]
    for sender in senders:
        sketch.add(sender, 3)
    assert min(map(sketch.estimate, senders)) >= 3


def test_memory_is_constant_and_two_processes_hash_differently() -> None:
    first, second = UsageSketch(lambda: 0.0, 60), UsageSketch(lambda: 0.0, 60)
    for number in range(20_000):
        first.add(f"2001:db8:{number:x}::/48")
    assert len(first._counts) == len(first._updated_at) == ROWS * COLUMNS
    assert first._places("192.0.2.1") != second._places("192.0.2.1")
