"""Fields as inputs and back: every field of the tables has one, order stays, empty rows are no rows."""
from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pytest

from server.writing.inputs import ELSEWHERE, Input, inputs, read
from sync.documents.kinds import WRITTEN

KNOWN: dict[str, Sequence[str]] = {"topics": ["a", "b", "c"], "countries": ["ML", "BF"]}


def posted(form: Sequence[Input]) -> dict[str, list[str]]:
    """What a browser sends of the form untouched."""
    sent: dict[str, list[str]] = {}
    for one in form:
        if one.control == "rows":
            for row in one.rows:
                sent |= posted(row)
        elif one.control == "ticks":
            sent[one.name] = [value for value in one.options if value in one.value]
        elif one.control == "tick":
            sent[one.name] = ["1"] if one.value else []
        elif one.control == "lines":
            sent[f"{one.name}.lines"] = [str(one.value)]
        else:
            sent[one.name] = [str(one.value)]
    return sent


def back(kind: str, sent: dict[str, list[str]]) -> dict[str, Any]:
    def first(name: str) -> str:
        return next(iter(sent.get(name, [])), "")

    return read(kind, first, lambda name: sent.get(name, []), lambda name: bool(sent.get(name)))


@pytest.mark.parametrize("kind", sorted(WRITTEN))
def test_every_field_of_the_table_has_an_input(kind: str) -> None:
    named = {one.key for one in inputs(kind, {}, KNOWN)}
    assert named == set(WRITTEN[kind].fields) - set(ELSEWHERE)


@pytest.mark.parametrize(("kind", "fields"), [
    ("guide", {"title": "T", "body": "B", "topics": ["c", "a"], "order": 0, "essential": True, "countries": ["BF"]}),
    ("guide", {"title": "T", "body": "B", "topics": ["gone"], "sources": [{"name": "N", "date": "2025"}, {"name": "M", "checked": False}]}),
    ("notice", {"title": "T", "body": "B", "claim": "C", "verdict": "scam", "keywords": ["un mot", "deux"]}),
    ("notice", {"title": "T", "body": "B", "claim": "C", "verdict": "true", "evidence": [{"name": "N", "date": "2024"}]}),
    ("template", {"title": "T", "body": "{nom}", "step": "police", "fields": [{"name": "nom", "label": "L", "required": True}]}),
    ("template", {"title": "T", "body": "B", "harms": ["scam", "insult"], "step": "police"}),
])  # fmt: skip
def test_a_form_untouched_gives_the_same_fields(kind: str, fields: dict[str, Any]) -> None:
    assert back(kind, posted(inputs(kind, fields, KNOWN))) == fields


def test_an_emptied_row_is_gone_and_those_after_it_stay() -> None:
    sent = posted(inputs("guide", {"sources": [{"name": "N", "date": "2025"}, {"name": "M", "date": "2024"}]}, KNOWN))
    sent["sources.0.name"] = sent["sources.0.date"] = [""]
    assert back("guide", sent) == {"sources": [{"name": "M", "date": "2024"}]}
