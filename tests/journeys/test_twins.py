"""Python and the phone judge every text alike: what one takes the other takes, and both name the same reason.

The cases are valid texts of each kind that the wire carries (sync/PROTOCOL.md) and what may become of them.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Sequence
from typing import Any

import pytest

from tests.support.twin_cases import CaseMaker
from tests.support.twin_verdicts import READERS, phone_verdicts, python_verdict
from tests.support.vectors import read_vectors

SAMPLE = 100  # cases of each kind in every run
MANY = 25_000
BATCH = 5_000


def differences(cases: Sequence[dict[str, Any]]) -> list[str]:
    """The cases about which the two disagree, each with both verdicts."""
    pairs = zip(cases, map(python_verdict, cases), phone_verdicts(cases), strict=True)
    return [
        json.dumps({"case": case, "python": ours, "phone": theirs}) for case, ours, theirs in pairs if ours != theirs
    ]


def test_every_reader_has_cases_and_a_twin() -> None:
    assert CaseMaker(0).kinds == list(READERS)


def test_they_agree_about_a_sample_of_every_kind() -> None:
    maker = CaseMaker(2026)
    cases = [case for kind in maker.kinds for case in maker.cases(kind, SAMPLE)]
    assert differences(cases) == []
    verdicts = {
        kind: Counter("value" in python_verdict(case) for case in cases if case["kind"] == kind) for kind in READERS
    }
    assert [kind for kind, counts in verdicts.items() if not counts[True]] == [], "some of each kind are taken"


@pytest.mark.parametrize("case", read_vectors("twins"), ids=lambda case: case["why"])
def test_python_judges_what_once_divided_them_as_the_wire_says(case: dict[str, Any]) -> None:
    """The phone's side of these vectors: pwa/test/protocol/twins.test.ts."""
    assert python_verdict(case["case"]) == case["verdict"]


@pytest.mark.soak
@pytest.mark.parametrize("kind", list(READERS))
def test_they_agree_about_many(kind: str) -> None:
    maker = CaseMaker(list(READERS).index(kind))
    for _ in range(MANY // BATCH):
        assert differences(list(maker.cases(kind, BATCH)))[:5] == []
