"""Answers without their texts: what totals and filters need of a submission, small enough to stay in memory."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from sys import intern
from typing import Any

from sync.forms.compiled_form import Form


def keep_countable(form: Form, answers: Mapping[str, Any]) -> dict[str, Any]:
    """The answers with True for each text, photo and recording. `form`: the version that they answer."""
    countable: dict[str, Any] = {}
    for name, value in answers.items():
        item = form.items.get(name)
        if item is None:
            continue
        if not item.is_question:
            countable[name] = [keep_countable(form, instance) for instance in value]
        else:
            countable[name] = _share(value) if item.type.summarize else True
    return countable


def _share(value: Any) -> Any:
    """The value, its texts one object for all submissions."""
    if isinstance(value, str):
        return intern(value)
    return [_share(each) for each in value] if isinstance(value, list) else value


AnswerColumns = Mapping[tuple[str, ...], Mapping[str, list[Any]]]


def collect_columns(answers: Iterable[Mapping[str, Any]]) -> AnswerColumns:
    """All answers of many submissions: by the repeats around a question, outermost first, then by its name."""
    columns: defaultdict[tuple[str, ...], defaultdict[str, list[Any]]] = defaultdict(lambda: defaultdict(list))

    def collect(level: Mapping[str, Any], repeats: tuple[str, ...], values: defaultdict[str, list[Any]]) -> None:
        for name, value in level.items():
            if type(value) is list and value and type(value[0]) is dict:
                inner = (*repeats, name)
                for instance in value:
                    collect(instance, inner, columns[inner])
            else:
                values[name].append(value)

    for each in answers:
        collect(each, (), columns[()])
    return columns
