"""Search terms are folded: accents do not matter."""

from __future__ import annotations

import json
from pathlib import Path

from sync.folding import terms


def test_terms_are_folded_as_the_vectors_say() -> None:
    for case in json.loads((Path(__file__).parent / "vectors/folding.json").read_text("utf-8"))["cases"]:
        assert terms(case["text"]) == case["terms"]
