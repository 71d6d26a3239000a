"""Free disk space for what strangers may write, checked every few seconds: a check costs more than a small submission.

Used by the inbox and by push subscriptions.
"""

from __future__ import annotations

import shutil
import time
from pathlib import Path

MIN_FREE_BYTES = 200 * 1024 * 1024  # bytes; below this, submissions and subscriptions are refused
CHECK_INTERVAL = 5.0  # seconds


def free_bytes(folder: Path) -> int | None:
    """Bytes that are free on the folder's disk; None if there is no such folder."""
    return shutil.disk_usage(folder).free if folder.exists() else None


class DiskSpace:
    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._checked_at = -CHECK_INTERVAL
        self._is_enough = True

    def is_available(self) -> bool:
        now = time.monotonic()
        if now - self._checked_at >= CHECK_INTERVAL:
            self._checked_at = now
            self._is_enough = not self._folder.exists() or shutil.disk_usage(self._folder).free > MIN_FREE_BYTES
        return self._is_enough
