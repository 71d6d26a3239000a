"""The table of question types is the protocol's list; a type added to it works from the spreadsheet to the charts."""

from __future__ import annotations

import re
from typing import Any

import pytest

from sync.forms.answer_checks import check_answers
from sync.forms.answer_summaries import summarize_numbers
from sync.forms.compiled_form import Form
from sync.forms.compiler import read_tables
from sync.forms.question_types import (
    QUESTION_TYPES,
    CellContext,
    CellValue,
    IntegerParameter,
    QuestionType,
    list_types_by_spelling,
)
from sync.submissions.question_totals import question_totals
from sync.submissions.tables import TableBuilder
from tests.support import repository
from tests.support.read_submissions import read_submission
from tests.support.xlsforms import compiled, q, xlsform

DAY = "2026-11-24"


def test_the_table_holds_the_types_of_the_protocol_in_its_order() -> None:
    protocol = repository.text("sync/PROTOCOL.md")
    [row] = re.findall(r"^\| `type` \| `([a-z_ ]+)` \|$", protocol, re.MULTILINE)
    assert list(QUESTION_TYPES) == row.split()
    assert all(question_type.name == name for name, question_type in QUESTION_TYPES.items())


def test_every_type_with_a_value_is_in_the_protocols_table_of_answers() -> None:
    answers = repository.text("sync/PROTOCOL.md").partition("\n**Answers**")[2].partition("\n\nIn expressions")[0]
    named = {name for cell in re.findall(r"^\| ([a-z_, ]+) \|", answers, re.MULTILINE) for name in cell.split(", ")}
    assert named - {"type"} == {name for name, question_type in QUESTION_TYPES.items() if question_type.has_value}


def test_no_spelling_means_two_types() -> None:
    spellings = [
        spelling
        for question_type in QUESTION_TYPES.values()
        for spelling in (question_type.name, *question_type.aliases)
    ]
    assert len(spellings) == len(set(spellings))
    assert set(list_types_by_spelling()) < set(spellings)


def test_a_default_is_an_answer_of_its_type() -> None:
    defaults = {
        "text": "oui",
        "integer": "-7",
        "decimal": "2.50",
        "date": "2026-11-24",
        "time": "08:30:00",
        "datetime": "2026-11-24T08:30:00",
        "select_one": "a",
        "select_multiple": "b a",
        "rank": "b a",
        "geopoint": "12.6392 -8.0029 0 0",
    }
    assert set(defaults) == {name for name, question_type in QUESTION_TYPES.items() if question_type.parse_default}
    for name, text in defaults.items():
        question_type = QUESTION_TYPES[name]
        assert question_type.parse_default
        value = question_type.parse_default(text, ["a", "b"], 2)
        assert question_type.accepts(value, {"decimals": 2}, 0)


@pytest.mark.parametrize("text", ["100 200", "x y", "12.6"])
def test_a_default_that_is_nowhere_on_earth_is_left_out_and_told(text: str) -> None:
    reading = read_tables("essai", xlsform(q("geopoint", "lieu", default=text)))
    assert [notice.code for notice in reading.notices] == ["default-left-out"]
    assert "default" not in reading.form["items"][0]


def test_an_answer_that_an_older_version_took_for_text_is_no_number_in_tables() -> None:
    context = CellContext(str, " ", [])
    assert QUESTION_TYPES["decimal"].cell("environ 3", context) == "environ 3"
    assert QUESTION_TYPES["image"].cell("une photo", context) is None


def test_a_new_type_works_everywhere_once_it_is_in_the_table(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(QUESTION_TYPES, "scale", SCALE)
    form = Form(
        compiled(
            q("range", "avis", default="2", parameters="end=5"),
            q("note", "merci", relevant="${avis} = '4/5'"),
            q("text", "pourquoi", relevant="${avis} = '4/5'", required="yes"),
        )
    )
    assert form.items["avis"].json["type"] == "scale"
    assert form.items["avis"].json["default"] == [2, 5]
    assert form.items["avis"].json["end"] == 5
    assert form.is_sealed
    assert check_answers(form, {"avis": [3, 5]}, DAY) is None
    assert failure(form, {"avis": [6, 5]}) == ["answer-form", "avis"]
    assert failure(form, {"avis": [4, 5]}) == ["answer-missing", "pourquoi"]
    entries = [read_submission(form, {"avis": [points, 5]}) for points in (1, 1, 3)]
    tables = TableBuilder([form], labels=True)
    assert [sheet.columns[-2:] for sheet in tables.sheets] == [["avis", "pourquoi"]]
    rows = [row for each in entries for _, row in tables.rows_of(each)]
    assert [row[-2] for row in rows] == ["1 de 5", "1 de 5", "3 de 5"]
    totals = question_totals(form, [each.answers or {} for each in entries])[0]
    assert [(bar.name, bar.count) for bar in totals.bars] == [("1", 2), ("3", 1)]
    assert dict(totals.figures)["sum"] == 5


def is_scale(value: Any, question: Any, file_count: int) -> bool:
    return isinstance(value, list) and len(value) == 2 and value[1] == question["end"] and 0 < value[0] <= value[1]


def scale_cell(value: Any, context: CellContext) -> CellValue:
    return f"{value[0]} de {value[1]}"


SCALE = QuestionType(
    name="scale",
    aliases=("range",),
    is_personal=True,
    parameters={"end": IntegerParameter("end", 2, 9)},
    accepts=is_scale,
    parse_default=lambda text, choice_names, decimals: [int(text), 5],
    text=lambda value: f"{value[0]}/{value[1]}",
    cell=scale_cell,
    summarize=lambda values, choices: summarize_numbers([value[0] for value in values], choices),
)


def failure(form: Form, answers: dict[str, Any]) -> list[Any] | None:
    first = check_answers(form, answers, DAY)
    return first.as_json() if first else None
