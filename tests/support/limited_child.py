"""Children for tests of limited processes: each argument names what the child does."""

from __future__ import annotations

import os
import sys
import time
from pathlib import Path

from server.web.limited_process import ProcessLimits, apply_limits

LIMITS = ProcessLimits(memory=256 * 1024 * 1024, processor=1, timeout=30)


def main() -> None:
    apply_limits(LIMITS)
    deed, *rest = sys.argv[1:]
    data = sys.stdin.buffer.read()
    if deed == "spin":
        while True:
            data = data[:1] + data[1:]
    if deed == "sleep":
        time.sleep(60)
    if deed == "eat":
        data = b"x" * (2 * LIMITS.memory)
    if deed == "write":
        Path(rest[0]).write_bytes(b"x" * 10)
    if deed == "environment":
        data = repr(sorted(os.environ.keys() - {"LC_CTYPE"})).encode()
    sys.stdout.buffer.write(data)
