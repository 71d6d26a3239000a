"""Place codes of submissions and forms: country, hyphen, region, as in `ML-BKO`."""

from __future__ import annotations

import re

PLACE_CODE = re.compile(r"[A-Z]{2}-[A-Z0-9-]{1,16}")
