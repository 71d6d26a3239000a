"""Answers without their texts: what totals and filters need of a submission, small enough to stay in memory."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
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


def values_at(answers: Mapping[str, Any], name: str, repeats: tuple[str, ...]) -> Iterator[Any]:
    """The answers to one question, in all instances of the `repeats` around it, outermost first."""
    if repeats:
        instances = answers.get(repeats[0])
        for instance in instances if isinstance(instances, list) else []:
            if isinstance(instance, dict):
                yield from values_at(instance, name, repeats[1:])
    elif name in answers:
        yield answers[name]
