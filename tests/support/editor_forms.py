"""The editor's forms without a browser: their inputs, their fields as a browser sends them, and parsed again."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from server.writing.editor_fields import Input, KnownValues
from server.writing.editor_parser import PostedForm, parse_form

KNOWN_VALUES: KnownValues = {
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
    "media": [],
}


def all_inputs(form: Sequence[Input]) -> list[Input]:
    below = [part for item in form for part in (*item.parts, *(part for row in item.rows for part in row.parts))]
    return [*form, *(all_inputs(below) if below else [])]


def posted_values(form: Sequence[Input]) -> dict[str, list[str]]:
    """The fields that a browser posts of the unchanged form."""
    values_by_name: dict[str, list[str]] = {}
    for item in all_inputs(form):
        if item.control == "ticks":
            values_by_name[item.name] = [value for value in item.options if value in item.value]
        elif item.control == "tick":
            values_by_name[item.name] = ["1"] if item.value else []
        elif item.control == "lines":
            values_by_name[f"{item.name}.lines"] = [str(item.value)]
        elif item.control not in ("rows", "group"):
            values_by_name[item.name] = [str(item.value)]
    return {name: values for name, values in values_by_name.items() if values}


def parse_posted(kind: str, values_by_name: dict[str, list[str]], *, whole: bool = False) -> dict[str, Any]:
    def first(name: str) -> str:
        return next(iter(values_by_name.get(name, [])), "")

    return parse_form(
        kind, PostedForm(first, lambda name: values_by_name.get(name, []), values_by_name.keys()), keep_empty_rows=whole
    )


def authority_slugs(fields: dict[str, Any]) -> list[str]:
    return [row.get("slug", "") for row in fields["authorities"]]
