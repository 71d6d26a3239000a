"""The budgets on 300 real texts. `make bench` prints the same figures beside the peer's."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.bench import budgets, corpus, product
from tests.bench.budgets import Budget

pytestmark = pytest.mark.anyio


def exceeded(rows: list[Budget]) -> list[Budget]:
    return [row for row in rows if not row.holds]


def test_the_app_stays_within_its_budget() -> None:
    assert exceeded(budgets.app()) == []


async def test_a_visit_and_a_sync_stay_within_theirs(tmp_path: Path) -> None:
    texts = corpus.prepare_corpus()
    measured = await product.measure(texts, tmp_path)
    assert exceeded([*budgets.visits(measured.visits), *budgets.steps(measured.steps, texts)]) == []


def test_a_budget_that_is_exceeded_is_seen() -> None:
    assert exceeded([Budget("an answer", 400, 401, "B"), Budget("an answer", 400, 400, "B")]) == [
        Budget("an answer", 400, 401, "B")
    ]
