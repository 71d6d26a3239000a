"""The tables in tests/vectors, which the server and the app both read."""

from __future__ import annotations

import json
from typing import Any

from tests.support.repository import ROOT


def read_vectors(name: str) -> dict[str, Any]:
    """The table `tests/vectors/NAME.json`."""
    vectors: dict[str, Any] = json.loads((ROOT / f"tests/vectors/{name}.json").read_text("utf-8"))
    return vectors
