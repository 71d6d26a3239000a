"""The checker of Debian's Prometheus, if installed or named by KUNNAFONI_TEST_PROMTOOL."""

from __future__ import annotations

import os
import shutil

PROMTOOL = os.environ.get("KUNNAFONI_TEST_PROMTOOL", "") or shutil.which("promtool") or ""
