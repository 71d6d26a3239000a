"""The code of a place as submissions and forms carry it: the country, a dash, the region, as `ML-BKO`."""

from __future__ import annotations

import re

PLACE_CODE = re.compile(r"[A-Z]{2}-[A-Z0-9-]{1,16}")
