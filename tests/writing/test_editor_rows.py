"""Rows of a form added, removed and moved; a crafted request for a row is refused."""

from __future__ import annotations

from typing import Any

import pytest

from server.writing.editor_rows import edit_rows
from sync.errors import BadRequest, Refused
from tests.support.editor_forms import authority_slugs

OFFICES: dict[str, Any] = {
    "name": "Mali",
    "authorities": [{"slug": "a", "facts": [{"text": "1"}, {"text": "2"}]}, {"slug": "b"}],
}


@pytest.mark.parametrize(
    ("command", "order", "at"),
    [
        ("up:authorities.1", ["b", "a"], "authorities.0"),
        ("down:authorities.0", ["b", "a"], "authorities.1"),
        ("up:authorities.0", ["a", "b"], "authorities.0"),
        ("down:authorities.1", ["a", "b"], "authorities.1"),
        ("remove:authorities.0", ["b"], "authorities"),
        ("add:authorities", ["a", "b", ""], "authorities.2"),
    ],
)
def test_rows_are_added_removed_and_moved(command: str, order: list[str], at: str) -> None:
    changed, where = edit_rows("authorities", OFFICES, command)
    assert (authority_slugs(changed), where) == (order, at)
    assert authority_slugs(OFFICES) == ["a", "b"], "what was given stays"


def test_rows_within_rows_are_moved_and_made_where_there_were_none() -> None:
    changed, _ = edit_rows("authorities", OFFICES, "down:authorities.0.facts.0")
    assert [fact["text"] for fact in changed["authorities"][0]["facts"]] == ["2", "1"]
    assert edit_rows("authorities", OFFICES, "add:authorities.1.sources")[0]["authorities"][1]["sources"] == [{}]
    assert edit_rows("route", {"harms": [{"harm": "scam"}]}, "add:harms.0.guides")[0]["harms"][0]["guides"] == [""]
    assert edit_rows("topics", {}, "add:topics")[0] == {"topics": [{}]}


@pytest.mark.parametrize(
    "command",
    [
        "",
        "add",
        "add:",
        "add:name",
        "add:nowhere",
        "up:authorities.9",
        "up:authorities.-1",
        "up:authorities.x",
        "up:authorities",
        "add:authorities.0",
        "add:authorities.0.slug",
        "add:authorities.0.facts.0.source",
        "eat:authorities.0",
        "up:authorities.0.facts.7",
        "add:__class__",
        "up:authorities.٣",
    ],
)
def test_a_crafted_row_is_refused(command: str) -> None:
    with pytest.raises(BadRequest):
        edit_rows("authorities", OFFICES, command)


def test_rows_without_end_are_refused() -> None:
    with pytest.raises(Refused):
        edit_rows("places", {"places": [{}] * 500}, "add:places")
