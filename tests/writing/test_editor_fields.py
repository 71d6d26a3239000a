"""Editor fields: every field has an input, and every input a label."""

from __future__ import annotations

from typing import Any

import pytest

from server.console.components.labels import FIELDS
from server.console.writing.choice_labels import PICTOGRAMS
from server.writing.checks import EDITABLE_KINDS
from server.writing.editor_fields import excluded_fields, make_inputs
from sync.content.schemas import schema_of
from sync.documents import pictograms
from tests.support.editor_forms import KNOWN_VALUES, all_inputs


@pytest.mark.parametrize("kind", sorted(EDITABLE_KINDS))
def test_every_field_of_the_table_has_an_input(kind: str) -> None:
    named = {item.key for item in make_inputs(kind, {}, KNOWN_VALUES)}
    assert named == set(schema_of(kind).fields) - set(excluded_fields(kind))


def test_every_input_and_every_pictogram_has_words(content_documents: list[tuple[str, dict[str, Any]]]) -> None:
    keys = {
        item.key for kind, fields in content_documents for item in all_inputs(make_inputs(kind, fields, KNOWN_VALUES))
    }
    assert {key for key in keys if key and ":" not in key} <= set(FIELDS)
    assert set(PICTOGRAMS) == set(pictograms.PICTOGRAMS)


@pytest.mark.parametrize(
    ("kind", "fields", "title"),
    [
        ("topics", {"topics": [{"slug": "argent", "titles": {"fr": "Argent"}}]}, "Argent"),
        ("topics", {"topics": [{"slug": "argent"}]}, "argent"),
        ("route", {"harms": [{"harm": "scam"}]}, "scam"),
        ("route", {"harms": [{"harm": "scam", "title": "On m’a volé"}]}, "On m’a volé"),
        ("places", {"places": [{}]}, None),
    ],
)
def test_a_row_is_called_by_what_people_know_it_by(kind: str, fields: dict[str, Any], title: str | None) -> None:
    [rows] = [item.rows for item in make_inputs(kind, fields, KNOWN_VALUES) if item.control == "rows"]
    assert (rows[0].title_input.value if rows[0].title_input else None) == title
