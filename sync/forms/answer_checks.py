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

_SHAPE_CODES = frozenset({"answer-unknown", "answer-form"})

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
    """The first failure, or None if the answers are valid. `file_count`: number of attachments of the submission.

    Valid is also what follows the rules of apps of release 0.1.0, which phones go on using until they update.
    """
    if not isinstance(answers, dict):
        return AnswerFailure("answer-form", "")
    failure = _AnswerChecker(form, answers, day, file_count).first_failure()
    if failure is None or failure.code in _SHAPE_CODES:
        return failure
    return failure if _FirstReleaseChecker(form, answers, day, file_count).first_failure() else None


def answer_text(item: Mapping[str, Any], value: Any) -> str:
    """The answer's text in expressions, empty for None."""
    return "" if value is None else _type_of(item).text(value)


def instance_count(count: float) -> int:
    """Number of instances of a counted repeat: 0 if the count is NaN, as for an unanswered question."""
    return 0 if math.isnan(count) else int(max(0, min(count, MAX_INSTANCES)))


class Relevance:
    """Relevance of the items of one submission, computed where an expression asks for it."""

    def __init__(self, form: Form, answers: Answers, day: str) -> None:
        self._form = form
        self._answers = answers
        self._day = day
        self._known: dict[tuple[str, Indexes], bool] = {}

    def holds(self, item: FormItem, indexes: Indexes) -> bool:
        """True if the item is relevant in the instances that `indexes` name, one for each repeat around it."""
        if item.name not in self._form.conditional_names:
            return True
        key = (item.name, indexes)
        if key not in self._known:
            self._known[key] = True  # ends a circle, which no form compiled today has
            self._known[key] = self._compute(item, indexes)
        return self._known[key]

    def _compute(self, item: FormItem, indexes: Indexes) -> bool:
        if item.ancestors:
            parent = self._form.items[item.ancestors[-1]]
            if not self.holds(parent, indexes[: len(parent.repeats)]):
                return False
        if "relevant" not in item.json:
            return True
        scope = AnswerScope(self._form, self._answers, self._day, item, indexes, self)
        return evaluate_boolean(item.json["relevant"], scope)


class AnswerScope:
    """The scope of the expressions of one item, in the instances that `indexes` name.

    `relevance` leaves irrelevant values out of lists; None keeps them there as empty texts.
    """

    def __init__(
        self, form: Form, answers: Answers, day: str, item: FormItem, indexes: Indexes, relevance: Relevance | None
    ) -> None:
        self._form = form
        self._answers = answers
        self._relevance = relevance
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
        return _values_of(self._answers, target, self._indexes[:shared], self._relevance)

    def all_values(self, name: str) -> list[str]:
        target = self._form.items[name]
        return _values_of(self._answers, target, (), None)

    def column(self, name: str) -> str:
        return str(self._choice["name"] if name == "name" else self._choice.get("is", {}).get(name, ""))

    def choice_label(self, list_name: str, choice: str) -> str:
        return self._form.choice_label(list_name, choice)

    def lookup(self, list_name: str, column: str, key_column: str, key: str) -> str:
        return self._form.lookup(list_name, column, key_column, key)


def _values_of(answers: Answers, target: FormItem, indexes: Indexes, relevance: Relevance | None) -> list[str]:
    """The target's values in all instances that `indexes` leaves open; for a repeat one "" for each instance."""
    level: list[tuple[Indexes, Answers]] = [((), answers)]
    for depth, repeat in enumerate(target.repeats):
        level = [
            ((*outer, index), row)
            for outer, parent in level
            for index, row in _instances(parent, repeat, indexes[depth : depth + 1])
        ]
    rows = [row for instance, row in level if relevance is None or relevance.holds(target, instance)]
    if target.kind == "repeat":
        return ["" for row in rows for _ in row.get(target.name) or ()]
    return ["" if target.kind == "group" else answer_text(target.json, row.get(target.name)) for row in rows]


def _instances(answers: Answers, repeat: str, indexes: Indexes) -> Sequence[tuple[int, Answers]]:
    rows = list(enumerate(answers.get(repeat) or []))
    return rows if not indexes else rows[indexes[0] : indexes[0] + 1]


class _AnswerChecker:
    def __init__(self, form: Form, answers: Answers, day: str, files: int) -> None:
        self._form = form
        self._answers = answers
        self._day = day
        self._file_count = files
        self._remaining = MAX_ANSWERS
        self._relevance = self._find_relevance()

    def _find_relevance(self) -> Relevance | None:
        return Relevance(self._form, self._answers, self._day)

    def _calculate(self, item: Mapping[str, Any], scope: AnswerScope) -> str:
        """The text of the answer that the item's calculation gives."""
        return _type_of(item).convert(evaluate(item["calculation"], scope))

    def first_failure(self) -> AnswerFailure | None:
        return next(self.failures(self._form.json["items"], self._answers, ()), None)

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
            if scope.current_answer != self._calculate(item, scope):
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
        choices = self._form.choices(item["list"])
        offered = [
            choice["name"]
            for choice in choices
            if choice["name"] in chosen
            and ("filter" not in item or evaluate_boolean(item["filter"], scope.with_choice(choice)))
        ]
        if _type_of(item).keeps_order:
            return len(set(chosen)) == len(chosen) and set(chosen) <= set(offered)
        return list(dict.fromkeys(offered)) == chosen

    def _scope(self, name: str, indexes: Indexes) -> AnswerScope:
        return AnswerScope(self._form, self._answers, self._day, self._form.items[name], indexes, self._relevance)


class _FirstReleaseChecker(_AnswerChecker):
    """The rules of release 0.1.0: lists hold irrelevant values as empty texts, a calculation's text is the answer."""

    def _find_relevance(self) -> Relevance | None:
        return None

    def _calculate(self, item: Mapping[str, Any], scope: AnswerScope) -> str:
        return evaluate_text(item["calculation"], scope)


def _type_of(question: Mapping[str, Any]) -> QuestionType:
    return QUESTION_TYPES[question["type"]]


def _items_of_level(items: Sequence[Mapping[str, Any]]) -> Iterator[tuple[str, Mapping[str, Any]]]:
    """Names and items of one object of answers: groups add no level."""
    for item in items:
        if "group" in item:
            yield from _items_of_level(item["items"])
        else:
            yield item.get("q") or item["repeat"], item
