"""Debian's Caddy, if installed or named by KUNNAFONI_TEST_CADDY."""

from __future__ import annotations

import os
import shutil

CADDY = os.environ.get("KUNNAFONI_TEST_CADDY", "") or shutil.which("caddy") or ""
