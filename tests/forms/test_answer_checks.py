"""Phone and server check answers alike: every case of the vectors that both read."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from sync.forms.answer_checks import MAX_ANSWERS, MAX_INSTANCES, check_answers
from sync.forms.compiled_form import Form
from sync.forms.question_types import QUESTION_TYPES
from tests.support.xlsforms import compiled, q

TABLE: dict[str, Any] = json.loads((Path(__file__).parents[1] / "vectors/forms.json").read_text("utf-8"))
FORMS = {case["name"]: Form(case["compiled"]) for case in TABLE["forms"]}


@pytest.mark.parametrize("case", TABLE["forms"], ids=lambda case: case["name"])
def test_a_form_has_its_version(case: dict[str, Any]) -> None:
    assert Form(case["compiled"]).version == case["version"]
    assert Form(json.loads("".join(case["text"]))).version == case["version"]


@pytest.mark.parametrize("case", TABLE["answers"], ids=lambda case: case["why"])
def test_answers_hold_or_fail_where_stated(case: dict[str, Any]) -> None:
    failure = check_answers(FORMS[case["form"]], case["answers"], case["day"], case["files"])
    assert (failure.as_json() if failure else None) == case["failure"]


@pytest.mark.parametrize("case", TABLE["values"], ids=lambda case: f"{case['type']} {str(case['value'])[:30]}")
def test_a_value_has_the_answer_that_its_type_can_hold(case: dict[str, Any]) -> None:
    value = float(case["value"]["number"]) if isinstance(case["value"], dict) else case["value"]
    text = QUESTION_TYPES[case["type"]].convert(value)
    assert text == case["text"]
    assert not text or QUESTION_TYPES[case["type"]].accepts(int(text) if case["type"] == "integer" else text, {}, 0)


def test_more_instances_than_a_person_fills_are_refused() -> None:
    form = Form(compiled(q("begin repeat", "r"), q("text", "a"), q("end repeat", "")))
    assert check_answers(form, {"r": [{"a": "x"}] * MAX_INSTANCES}, "2026-11-24") is None
    failure = check_answers(form, {"r": [{"a": "x"}] * (MAX_INSTANCES + 1)}, "2026-11-24")
    assert failure and failure.code == "answer-count"


def test_more_answers_than_a_person_gives_are_refused() -> None:
    form = Form(compiled(q("begin repeat", "r"), *(q("text", f"a{n}") for n in range(11)), q("end repeat", "")))
    many = {"r": [{f"a{n}": "x" for n in range(11)}] * (MAX_ANSWERS // 11 + 1)}
    failure = check_answers(form, many, "2026-11-24")
    assert failure and failure.code == "answer-count"


def test_a_count_that_nobody_answered_is_none() -> None:
    form = Form(
        compiled(q("integer", "n"), q("begin repeat", "r", repeat_count="${n}"), q("text", "a"), q("end repeat", ""))
    )
    assert check_answers(form, {}, "2026-11-24") is None
    assert check_answers(form, {"n": 1, "r": [{"a": "x"}]}, "2026-11-24") is None
    failure = check_answers(form, {"r": [{"a": "x"}]}, "2026-11-24")
    assert failure and failure.code == "answer-count"
