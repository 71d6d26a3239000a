"""Answers of one submission as a person reads them: labels, days and numbers in words, photos in their place.

Used by the page of a submission. Tables for other programs are sync/submissions/tables.py.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sync.forms.compiled_form import FormItem
from sync.forms.conversions import day_of
from sync.locale import Language
from sync.submissions.submission_reader import ReadSubmission


@dataclass(frozen=True, slots=True)
class ReadableAnswer:
    """A question's label and its answer as text; `file`: index of the attachment that is the answer, else None."""

    label: str
    text: str
    file: int | None = None


@dataclass(frozen=True, slots=True)
class AnswerSection:
    """The answers of the form itself (`title` "") or of one instance of a repeat, with its number."""

    title: str
    answers: Sequence[ReadableAnswer]


def readable_sections(entry: ReadSubmission, language: Language) -> list[AnswerSection]:
    """The answers in the form's order, each repeat where it stands; nothing for what was not answered."""
    if entry.answers is None:
        return []
    return list(_sections(entry, entry.form.json["items"], entry.answers, "", language))


def _sections(
    entry: ReadSubmission,
    items: Sequence[Mapping[str, Any]],
    answers: Mapping[str, Any],
    title: str,
    language: Language,
) -> Iterator[AnswerSection]:
    rows: list[ReadableAnswer] = []
    for item in _flat(items):
        name = str(item.get("q") or item["repeat"])
        if name not in answers:
            continue
        if "q" in item:
            rows.append(_readable(entry, entry.form.items[name], answers[name], language))
            continue
        if rows:
            yield AnswerSection(title, rows)
            rows = []
        label = entry.form.label(name, language.code)
        for number, instance in enumerate(answers[name], start=1):
            outer = f"{title}, " if title else ""
            yield from _sections(entry, item["items"], instance, f"{outer}{label} {number}", language)
    if rows:
        yield AnswerSection(title, rows)


def _flat(items: Sequence[Mapping[str, Any]]) -> Iterator[Mapping[str, Any]]:
    """Questions and repeats, without the groups around them."""
    for item in items:
        if "group" in item:
            yield from _flat(item["items"])
        else:
            yield item


def _readable(entry: ReadSubmission, item: FormItem, value: Any, language: Language) -> ReadableAnswer:
    label = entry.form.label(item.name, language.code)
    if item.type.is_attachment and isinstance(value, int):
        return ReadableAnswer(label, "", value)
    return ReadableAnswer(label, _text(entry, item, value, language))


def _text(entry: ReadSubmission, item: FormItem, value: Any, language: Language) -> str:
    if item.type.has_list:
        names = value if isinstance(value, list) else [value]
        list_name = str(item.json.get("list", ""))
        return ", ".join(entry.form.choice_label(list_name, str(name), language.code) or str(name) for name in names)
    if value is True:
        return language("Oui")
    text = str(value)
    if item.kind == "decimal":
        return text.replace(".", language.number(0.5)[1])  # all its digits, and none grouped
    if item.kind in ("date", "datetime") and day_of(text[:10]):
        return " ".join(filter(None, (language.date(text[:10]), text[11:])))
    return text.replace(";", " → ") if item.kind in ("geotrace", "geoshape") else text
