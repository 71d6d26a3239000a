"""Tuning of the Python interpreter: for a serving process, and for a command that ends soon."""

from __future__ import annotations

import gc
import sys
from collections.abc import Iterator
from contextlib import contextmanager

# Seconds before a waiting thread gets the GIL. The threads that write to the store and check signatures need it often
# and briefly: with Python's default of 5 ms a busy server accepted a third fewer submissions.
SWITCH_INTERVAL = 0.0003


def tune() -> None:
    """Set the switch interval and freeze start-up objects: rescanning them costs 10% of CPU during fan-out."""
    sys.setswitchinterval(SWITCH_INTERVAL)
    gc.collect()
    gc.freeze()


@contextmanager
def paused_collector() -> Iterator[None]:
    """Pause the garbage collector while a command does its work: it costs a tenth of publishing and frees little."""
    gc.disable()
    try:
        yield
    finally:
        gc.enable()
