"""Fields as inputs and back: every field has one, with words; order stays, empty rows are no rows; rows are added and moved."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest

from server.console.components.labels import FIELDS, PICTOGRAMS
from server.writing.checks import EDITABLE_KINDS
from server.writing.editor_fields import Input, KnownValues, excluded_fields, make_inputs
from server.writing.editor_parser import PostedForm, parse_form
from server.writing.editor_rows import edit_rows
from sync.content.folder import read_folder
from sync.content.schemas import schema_of, to_fields
from sync.documents import pictograms
from sync.errors import BadRequest, Refused

KNOWN: KnownValues = {
    "topics": ["a", "b", "c"],
    "countries": ["ML", "BF"],
    "country": ["ML", "BF"],
    "lang": ["fr", "bm"],
    "drafts": ["fr", "bm"],
    "authority": ["pole"],
    "template": ["lettre"],
    "guides": ["g", "h"],
    "pictogram": ["lock"],
    "audio": [],
}


def all_of(form: Sequence[Input]) -> list[Input]:
    below = [part for one in form for part in (*one.parts, *(part for row in one.rows for part in row.parts))]
    return [*form, *(all_of(below) if below else [])]


def posted(form: Sequence[Input]) -> dict[str, list[str]]:
    """What a browser sends of the form untouched."""
    sent: dict[str, list[str]] = {}
    for one in all_of(form):
        if one.control == "ticks":
            sent[one.name] = [value for value in one.options if value in one.value]
        elif one.control == "tick":
            sent[one.name] = ["1"] if one.value else []
        elif one.control == "lines":
            sent[f"{one.name}.lines"] = [str(one.value)]
        elif one.control not in ("rows", "group"):
            sent[one.name] = [str(one.value)]
    return {name: values for name, values in sent.items() if values}


def back(kind: str, sent: dict[str, list[str]], *, whole: bool = False) -> dict[str, Any]:
    def first(name: str) -> str:
        return next(iter(sent.get(name, [])), "")

    return parse_form(kind, PostedForm(first, lambda name: sent.get(name, []), sent.keys()), keep_empty_rows=whole)


@pytest.mark.parametrize("kind", sorted(EDITABLE_KINDS))
def test_every_field_of_the_table_has_an_input(kind: str) -> None:
    named = {one.key for one in make_inputs(kind, {}, KNOWN)}
    assert named == set(schema_of(kind).fields) - set(excluded_fields(kind))


def test_every_input_and_every_pictogram_has_words(content_documents: list[tuple[str, dict[str, Any]]]) -> None:
    keys = {one.key for kind, fields in content_documents for one in all_of(make_inputs(kind, fields, KNOWN))}
    assert {key for key in keys if key and ":" not in key} <= set(FIELDS)
    assert set(PICTOGRAMS) == set(pictograms.PICTOGRAMS)


@pytest.fixture(scope="module")
def content_documents(root: Path) -> list[tuple[str, dict[str, Any]]]:
    """Every document of the real content that the console edits, as the store keeps it."""
    found = read_folder(root / "content")
    return [(one.kind, to_fields(one.kind, one.value)) for one in found.documents if one.kind in EDITABLE_KINDS]


def test_the_forms_of_all_content_untouched_give_the_same_fields(
    content_documents: list[tuple[str, dict[str, Any]]],
) -> None:
    assert {kind for kind, _ in content_documents} == set(EDITABLE_KINDS)
    for kind, fields in content_documents:
        shown = {name: value for name, value in fields.items() if name not in excluded_fields(kind)}
        assert back(kind, posted(make_inputs(kind, fields, KNOWN))) == shown, fields.get(
            "slug", fields.get("country", kind)
        )


@pytest.mark.parametrize(
    ("kind", "fields"),
    [
        (
            "guide",
            {"title": "T", "body": "B", "topics": ["c", "a"], "order": 0, "essential": True, "countries": ["BF"]},
        ),
        (
            "guide",
            {
                "title": "T",
                "body": "B",
                "topics": ["gone"],
                "sources": [{"name": "N", "date": "2025"}, {"name": "M", "checked": False}],
            },
        ),
        ("notice", {"title": "T", "body": "B", "claim": "C", "verdict": "scam", "keywords": ["un mot", "deux"]}),
        (
            "notice",
            {"title": "T", "body": "B", "claim": "C", "verdict": "true", "evidence": [{"name": "N", "date": "2024"}]},
        ),
        (
            "template",
            {
                "title": "T",
                "body": "{nom}",
                "step": "police",
                "fields": [{"name": "nom", "label": "L", "required": True}],
            },
        ),
        ("template", {"title": "T", "body": "B", "harms": ["scam", "insult"], "step": "police"}),
    ],
)
def test_a_form_untouched_gives_the_same_fields(kind: str, fields: dict[str, Any]) -> None:
    assert back(kind, posted(make_inputs(kind, fields, KNOWN))) == fields


def test_an_emptied_row_is_gone_and_those_after_it_stay() -> None:
    sent = posted(
        make_inputs("guide", {"sources": [{"name": "N", "date": "2025"}, {"name": "M", "date": "2024"}]}, KNOWN)
    )
    sent["sources.0.name"] = sent["sources.0.date"] = [""]
    assert back("guide", sent) == {"sources": [{"name": "M", "date": "2024"}]}


OFFICES: dict[str, Any] = {
    "name": "Mali",
    "authorities": [{"slug": "a", "facts": [{"text": "1"}, {"text": "2"}]}, {"slug": "b"}],
}


def slugs(fields: dict[str, Any]) -> list[str]:
    return [row.get("slug", "") for row in fields["authorities"]]


@pytest.mark.parametrize(
    ("asked", "order", "at"),
    [
        ("up:authorities.1", ["b", "a"], "authorities.0"),
        ("down:authorities.0", ["b", "a"], "authorities.1"),
        ("up:authorities.0", ["a", "b"], "authorities.0"),
        ("down:authorities.1", ["a", "b"], "authorities.1"),
        ("remove:authorities.0", ["b"], "authorities"),
        ("add:authorities", ["a", "b", ""], "authorities.2"),
    ],
)
def test_rows_are_added_removed_and_moved(asked: str, order: list[str], at: str) -> None:
    changed, where = edit_rows("authorities", OFFICES, asked)
    assert (slugs(changed), where) == (order, at)
    assert slugs(OFFICES) == ["a", "b"], "what was given stays"


def test_rows_within_rows_are_moved_and_made_where_there_were_none() -> None:
    changed, _ = edit_rows("authorities", OFFICES, "down:authorities.0.facts.0")
    assert [fact["text"] for fact in changed["authorities"][0]["facts"]] == ["2", "1"]
    assert edit_rows("authorities", OFFICES, "add:authorities.1.sources")[0]["authorities"][1]["sources"] == [{}]
    assert edit_rows("route", {"harms": [{"harm": "scam"}]}, "add:harms.0.guides")[0]["harms"][0]["guides"] == [""]
    assert edit_rows("topics", {}, "add:topics")[0] == {"topics": [{}]}


def test_an_empty_row_keeps_its_number_until_it_is_saved() -> None:
    fields = {"name": "Mali", "authorities": [{}, {"slug": "b", "sources": [{}]}, {}]}
    sent = posted(make_inputs("authorities", fields, KNOWN))
    assert slugs(back("authorities", sent, whole=True)) == ["", "b", ""]
    assert back("authorities", sent)["authorities"] == [{"slug": "b"}]


@pytest.mark.parametrize(
    "asked",
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
def test_a_crafted_row_is_refused(asked: str) -> None:
    with pytest.raises(BadRequest):
        edit_rows("authorities", OFFICES, asked)


def test_rows_without_end_are_refused() -> None:
    with pytest.raises(Refused):
        edit_rows("places", {"places": [{}] * 500}, "add:places")


def test_a_form_shows_what_a_document_says_by_itself_and_reads_it_as_nothing_said() -> None:
    shown = {one.name: one.value for one in make_inputs("site", {"id": "essai"}, KNOWN)}
    assert (shown["name"], shown["lang"], shown["channels"]) == ("Kunnafoni", "fr", "fr-ML")
    sent = posted(make_inputs("site", {"id": "essai"}, KNOWN))
    assert back("site", sent) == {"id": "essai"}
    assert back("site", sent | {"name": ["Radio"], "lang": [""]}) == {"id": "essai", "name": "Radio"}
    harms = posted(make_inputs("route", {"harms": [{"harm": "scam"}]}, KNOWN))
    del harms["harms.0.contact_offender"]
    assert back("route", harms) == {"harms": [{"harm": "scam", "contact_offender": False}]}
    assert back("guide", {"order": ["0"]}) == {"order": 0}


@pytest.mark.parametrize(
    ("kind", "fields", "called"),
    [
        ("topics", {"topics": [{"slug": "argent", "titles": {"fr": "Argent"}}]}, "Argent"),
        ("topics", {"topics": [{"slug": "argent"}]}, "argent"),
        ("route", {"harms": [{"harm": "scam"}]}, "scam"),
        ("route", {"harms": [{"harm": "scam", "title": "On m’a volé"}]}, "On m’a volé"),
        ("places", {"places": [{}]}, None),
    ],
)
def test_a_row_is_called_by_what_people_know_it_by(kind: str, fields: dict[str, Any], called: str | None) -> None:
    [rows] = [one.rows for one in make_inputs(kind, fields, KNOWN) if one.control == "rows"]
    assert (rows[0].title_input.value if rows[0].title_input else None) == called


def test_a_price_with_a_comma_is_a_price() -> None:
    sent = posted(
        make_inputs("site", {"prices": {"ML": {"francs": "2.5", "source": {"name": "N", "date": "2024"}}}}, KNOWN)
    )
    sent["prices.ML.francs"] = ["2,5"]
    assert back("site", sent)["prices"]["ML"]["francs"] == "2.5"
    assert "BF" not in back("site", sent)["prices"]
