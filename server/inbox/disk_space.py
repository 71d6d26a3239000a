"""Whether the disk has room for what arrives; looked at every few seconds, because asking costs more than a small answer."""

from __future__ import annotations

import shutil
import time
from pathlib import Path

LEFT = 200 * 1024 * 1024  # bytes free below which nothing more is taken
LOOK = 5.0  # seconds


class RoomLeft:
    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._looked = -LOOK
        self._there = True

    def is_there(self) -> bool:
        now = time.monotonic()
        if now - self._looked >= LOOK:
            self._looked = now
            self._there = not self._folder.exists() or shutil.disk_usage(self._folder).free > LEFT
        return self._there
