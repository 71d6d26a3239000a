"""The editor's forms without a browser: their inputs, their fields as a browser sends them, and parsed again."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from server.writing.editor_fields import Input, KnownValues
from server.writing.editor_parser import PostedForm, parse_form

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


def slugs(fields: dict[str, Any]) -> list[str]:
    return [row.get("slug", "") for row in fields["authorities"]]
