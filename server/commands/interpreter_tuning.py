"""How a serving process is tuned once it is up: threads that take turns often, a collector that looks at what is new only."""

from __future__ import annotations

import gc
import sys

# Seconds until a thread that waits for the interpreter gets it. Those that write and that check signatures need it very often,
# a moment each: with Python's own 5 ms a busy server took a third fewer submissions.
SWITCH_INTERVAL = 0.0003


def tune() -> None:
    """What is there now stays until the end: looking through it again and again costs a busy sender of alerts a tenth of its time."""
    sys.setswitchinterval(SWITCH_INTERVAL)
    gc.collect()
    gc.freeze()
