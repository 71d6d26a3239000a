"""Files of answers: what the public wrote is text in every spreadsheet program, never a formula."""

from __future__ import annotations

import csv
import io
from decimal import Decimal

import pytest

from sync.forms.question_types import CellValue
from sync.submissions import export
from sync.submissions.tables import Sheet


@pytest.mark.parametrize(
    "text", ["=1", "+1", "-1", "@a", "\t=1", "\r=1", "\n=1", " =1", "\u00a0=1", "＝1", "＋1", " －1", "＠a", "\n"]
)
def test_text_that_a_spreadsheet_program_could_run_is_shown_as_text(text: str) -> None:
    sheet = Sheet("reponses", ["paroles"], ["paroles"], [[text]])
    rows = list(csv.reader(io.StringIO(export._csv(sheet).decode("utf-8-sig"), newline="")))
    assert rows == [["paroles"], [f"'{text}"]]


@pytest.mark.parametrize("value", ["1 = 1", "a@b", "", "moins -1", "é", 12, Decimal("-3.50")])
def test_other_values_stay_as_they_are(value: CellValue) -> None:
    sheet = Sheet("reponses", ["paroles"], ["paroles"], [[value]])
    rows = list(csv.reader(io.StringIO(export._csv(sheet).decode("utf-8-sig"), newline="")))
    assert rows == [["paroles"], [str(value)]]
