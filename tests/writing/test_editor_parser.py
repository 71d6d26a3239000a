"""Posted forms parsed into fields: untouched fields come back unchanged."""

from __future__ import annotations

from typing import Any

import pytest

from server.writing.checks import EDITABLE_KINDS
from server.writing.editor_fields import excluded_fields, make_inputs
from tests.support.editor_forms import KNOWN_VALUES, authority_slugs, parse_posted, posted_values


def test_the_forms_of_all_content_untouched_give_the_same_fields(
    content_documents: list[tuple[str, dict[str, Any]]],
) -> None:
    assert {kind for kind, _ in content_documents} == set(EDITABLE_KINDS)
    for kind, fields in content_documents:
        editable = {name: value for name, value in fields.items() if name not in excluded_fields(kind)}
        assert parse_posted(kind, posted_values(make_inputs(kind, fields, KNOWN_VALUES))) == editable, fields.get(
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
                "sources": [{"title": "N", "seen": {"how": "copy", "day": "2025-01-01"}}, {"title": "M"}],
            },
        ),
        ("notice", {"title": "T", "body": "B", "claim": "C", "verdict": "scam", "keywords": ["un mot", "deux"]}),
        (
            "notice",
            {
                "title": "T",
                "body": "B",
                "claim": "C",
                "verdict": "true",
                "evidence": [{"title": "N", "published": "2024"}],
            },
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
    assert parse_posted(kind, posted_values(make_inputs(kind, fields, KNOWN_VALUES))) == fields


def test_an_emptied_row_is_gone_and_those_after_it_stay() -> None:
    request = posted_values(
        make_inputs(
            "guide",
            {"sources": [{"title": "N", "published": "2025"}, {"title": "M", "published": "2024"}]},
            KNOWN_VALUES,
        )
    )
    request["sources.0.title"] = request["sources.0.published"] = [""]
    assert parse_posted("guide", request) == {"sources": [{"title": "M", "published": "2024"}]}


def test_an_empty_row_keeps_its_number_until_it_is_saved() -> None:
    fields = {"name": "Mali", "authorities": [{}, {"slug": "b", "sources": [{}]}, {}]}
    request = posted_values(make_inputs("authorities", fields, KNOWN_VALUES))
    assert authority_slugs(parse_posted("authorities", request, whole=True)) == ["", "b", ""]
    assert parse_posted("authorities", request)["authorities"] == [{"slug": "b"}]


def test_a_form_shows_what_a_document_says_by_itself_and_reads_it_as_nothing_said() -> None:
    values = {item.name: item.value for item in make_inputs("site", {"id": "essai"}, KNOWN_VALUES)}
    assert (values["name"], values["lang"], values["channels"]) == ("Kunnafoni", "fr", "fr-ML")
    request = posted_values(make_inputs("site", {"id": "essai"}, KNOWN_VALUES))
    assert parse_posted("site", request) == {"id": "essai"}
    assert parse_posted("site", request | {"name": ["Radio"], "lang": [""]}) == {"id": "essai", "name": "Radio"}
    harms = posted_values(make_inputs("route", {"harms": [{"harm": "scam"}]}, KNOWN_VALUES))
    del harms["harms.0.contact_offender"]
    assert parse_posted("route", harms) == {"harms": [{"harm": "scam", "contact_offender": False}]}
    assert parse_posted("guide", {"order": ["0"]}) == {"order": 0}


def test_a_price_with_a_comma_is_a_price() -> None:
    request = posted_values(
        make_inputs(
            "site", {"prices": {"ML": {"francs": "2.5", "source": {"name": "N", "date": "2024"}}}}, KNOWN_VALUES
        )
    )
    request["prices.ML.francs"] = ["2,5"]
    assert parse_posted("site", request)["prices"]["ML"]["francs"] == "2.5"
    assert "BF" not in parse_posted("site", request)["prices"]
