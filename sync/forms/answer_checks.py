"""Checks of answers against their form (PROTOCOL.md, section 9): on receipt, or when sealed answers are opened.

Used by the inbox and by sync/submissions/submission_reader.py. Twin: pwa/src/protocol/answer-checks.ts.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sync.forms.compiled_form import Form, FormItem
from sync.forms.conversions import to_number
from sync.forms.evaluation import evaluate, evaluate_boolean, evaluate_text
from sync.forms.question_types import QUESTION_TYPES, QuestionType

MAX_INSTANCES = 200
MAX_ANSWERS = 2_000

Answers = Mapping[str, Any]
Indexes = tuple[int, ...]


@dataclass(frozen=True, slots=True)
class AnswerFailure:
    """The first failure in the form's order: a code, the item's name, the indexes of its repeat instances."""

    code: str
    name: str
    indexes: Indexes = ()

    def as_json(self) -> list[Any]:
        return [self.code, self.name, *self.indexes]


def check_answers(form: Form, answers: Any, day: str, file_count: int = 0) -> AnswerFailure | None:
    """The first failure, or None if the answers are valid. `file_count`: number of attachments of the submission."""
    if not isinstance(answers, dict):
        return AnswerFailure("answer-form", "")
    walk = _AnswerChecker(form, answers, day, file_count)
    return next(walk.failures(form.json["items"], answers, ()), None)


def answer_text(item: Mapping[str, Any], value: Any) -> str:
    """The answer's text in expressions, empty for None."""
    return "" if value is None else _type_of(item).text(value)


def instance_count(count: float) -> int:
    """Number of instances of a counted repeat: 0 if the count is NaN, as for an unanswered question."""
    return 0 if math.isnan(count) else int(max(0, min(count, MAX_INSTANCES)))


class AnswerScope:
    """The scope of the expressions of one item, in the instances that `indexes` name."""

    def __init__(self, form: Form, answers: Answers, day: str, item: FormItem, indexes: Indexes) -> None:
        self._form = form
        self._answers = answers
        self._item = item
        self._indexes = indexes
        self._choice: Mapping[str, Any] = {}
        self.today = day
        self.current_answer = ""
        self.position = indexes[-1] + 1 if indexes else 1

    def with_choice(self, choice: Mapping[str, Any]) -> AnswerScope:
        self._choice = choice
        return self

    def values(self, name: str) -> list[str]:
        target = self._form.items[name]
        shared = 0
        repeats = self._item.repeats + ((self._item.name,) if self._item.kind == "repeat" else ())
        for own_repeat, target_repeat in zip(repeats[: len(self._indexes)], target.repeats, strict=False):
            if own_repeat != target_repeat:
                break
            shared += 1
        return _values_of(self._answers, target, self._indexes[:shared])

    def all_values(self, name: str) -> list[str]:
        target = self._form.items[name]
        return _values_of(self._answers, target, ())

    def column(self, name: str) -> str:
        return str(self._choice["name"] if name == "name" else self._choice.get("is", {}).get(name, ""))

    def choice_label(self, list_name: str, choice: str) -> str:
        return self._form.choice_label(list_name, choice)


def _values_of(answers: Answers, target: FormItem, indexes: Indexes) -> list[str]:
    """The target's values in all instances that `indexes` leaves open; for a repeat one "" for each instance."""
    level: list[Answers] = [answers]
    for depth, repeat in enumerate(target.repeats):
        level = [row for outer in level for row in _instances(outer, repeat, indexes[depth : depth + 1])]
    if target.kind == "repeat":
        return ["" for row in level for _ in row.get(target.name) or ()]
    return ["" if target.kind == "group" else answer_text(target.json, row.get(target.name)) for row in level]


def _instances(answers: Answers, repeat: str, indexes: Indexes) -> Sequence[Answers]:
    rows = answers.get(repeat) or []
    return rows if not indexes else rows[indexes[0] : indexes[0] + 1]


class _AnswerChecker:
    def __init__(self, form: Form, answers: Answers, day: str, files: int) -> None:
        self._form = form
        self._answers = answers
        self._day = day
        self._file_count = files
        self._remaining = MAX_ANSWERS

    def failures(
        self, items: Sequence[Mapping[str, Any]], answers: Answers, indexes: Indexes
    ) -> Iterator[AnswerFailure]:
        """All failures, in the form's order. The shapes of all values come first: expressions rely on them."""
        if not indexes:
            yield from self._check_shapes(items, answers, indexes)
        yield from self._check_items(items, answers, indexes, is_parent_relevant=True)

    def _check_shapes(
        self, items: Sequence[Mapping[str, Any]], answers: Any, indexes: Indexes
    ) -> Iterator[AnswerFailure]:
        items_by_name: dict[str, Mapping[str, Any]] = dict(_items_of_level(items))
        for name in sorted(answers):
            self._remaining -= 1
            if name not in items_by_name or (
                "type" in items_by_name[name] and not _type_of(items_by_name[name]).has_value
            ):
                yield AnswerFailure("answer-unknown", str(name)[:80], indexes)
            elif self._remaining < 0:
                yield AnswerFailure("answer-count", name, indexes)
        for name, item in items_by_name.items():
            if name not in answers:
                continue
            value = answers[name]
            if "repeat" not in item:
                if not _type_of(item).accepts(value, item, self._file_count):
                    yield AnswerFailure("answer-form", name, indexes)
            elif not isinstance(value, list) or not value or not all(isinstance(instance, dict) for instance in value):
                yield AnswerFailure("answer-form", name, indexes)
            elif len(value) > MAX_INSTANCES:
                yield AnswerFailure("answer-count", name, indexes)
            else:
                for index, instance in enumerate(value):
                    yield from self._check_shapes(item["items"], instance, (*indexes, index))

    def _check_items(
        self, items: Sequence[Mapping[str, Any]], answers: Answers, indexes: Indexes, *, is_parent_relevant: bool
    ) -> Iterator[AnswerFailure]:
        for item in items:
            name = item.get("q") or item.get("group") or item.get("repeat") or ""
            scope = self._scope(name, indexes)
            is_relevant = is_parent_relevant and ("relevant" not in item or evaluate_boolean(item["relevant"], scope))
            if "group" in item:
                yield from self._check_items(item["items"], answers, indexes, is_parent_relevant=is_relevant)
            elif "repeat" in item:
                yield from self._check_repeat(item, name, answers, indexes, scope, is_relevant)
            else:
                yield from self._check_question(item, name, answers.get(name), indexes, scope, is_relevant)

    def _check_repeat(
        self,
        item: Mapping[str, Any],
        name: str,
        answers: Answers,
        indexes: Indexes,
        scope: AnswerScope,
        is_relevant: bool,
    ) -> Iterator[AnswerFailure]:
        instances = answers.get(name) or []
        if instances and not is_relevant:
            yield AnswerFailure("answer-irrelevant", name, indexes)
        elif (
            is_relevant
            and "count" in item
            and instance_count(to_number(evaluate(item["count"], scope))) != len(instances)
        ):
            yield AnswerFailure("answer-count", name, indexes)
        for index in range(len(instances)):
            yield from self._check_items(
                item["items"], instances[index], (*indexes, index), is_parent_relevant=is_relevant
            )

    def _check_question(
        self, item: Mapping[str, Any], name: str, value: Any, indexes: Indexes, scope: AnswerScope, is_relevant: bool
    ) -> Iterator[AnswerFailure]:
        scope.current_answer = answer_text(item, value)
        if not is_relevant:
            if value is not None:
                yield AnswerFailure("answer-irrelevant", name, indexes)
        elif "calculation" in item:
            if scope.current_answer != evaluate_text(item["calculation"], scope):
                yield AnswerFailure("answer-calculation", name, indexes)
        elif value is None:
            if item.get("required") is True or ("required" in item and evaluate_boolean(item["required"], scope)):
                yield AnswerFailure("answer-missing", name, indexes)
        elif "list" in item and not self._are_offered(item, value, scope):
            yield AnswerFailure("answer-choice", name, indexes)
        elif "constraint" in item and not evaluate_boolean(item["constraint"], scope):
            yield AnswerFailure("answer-constraint", name, indexes)

    def _are_offered(self, item: Mapping[str, Any], value: Any, scope: AnswerScope) -> bool:
        chosen = value if isinstance(value, list) else [value]
        order = [choice["name"] for choice in self._form.choices(item["list"])]
        if [name for name in order if name in chosen] != chosen:
            return False
        if "filter" not in item:
            return True
        offered = (choice for choice in self._form.choices(item["list"]) if choice["name"] in chosen)
        return all(evaluate_boolean(item["filter"], scope.with_choice(choice)) for choice in offered)

    def _scope(self, name: str, indexes: Indexes) -> AnswerScope:
        return AnswerScope(self._form, self._answers, self._day, self._form.items[name], indexes)


def _type_of(question: Mapping[str, Any]) -> QuestionType:
    return QUESTION_TYPES[question["type"]]


def _items_of_level(items: Sequence[Mapping[str, Any]]) -> Iterator[tuple[str, Mapping[str, Any]]]:
    """Names and items of one object of answers: groups add no level."""
    for item in items:
        if "group" in item:
            yield from _items_of_level(item["items"])
        else:
            yield item.get("q") or item["repeat"], item
