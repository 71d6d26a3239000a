"""Answers are read back from every kind of export as they were typed, for every type of question, by other programs.

openpyxl reads workbooks, GEOS the GeoJSON.
"""

from __future__ import annotations

import csv
import datetime
import io
import json
import zipfile
from collections.abc import Callable, Iterator
from typing import Any

import openpyxl
import shapely

from sync.canonical import digest
from sync.forms.compiled_form import Form
from sync.forms.question_types import QUESTION_TYPES
from sync.submissions.submission import Attachment
from sync.submissions.submission_reader import ReadSubmission
from tests.support.exported_files import export_file
from tests.support.read_submissions import read_submission
from tests.support.xlsforms import compiled, q

COUNT = 250  # submissions, more than are read at a time
QUESTIONS = (
    q("text", "mot"),
    q("integer", "age"),
    q("decimal", "prix"),
    q("date", "jour"),
    q("time", "heure"),
    q("datetime", "moment"),
    q("select_one mois", "un"),
    q("select_multiple mois", "plusieurs"),
    q("rank mois", "ordre"),
    q("calculate", "calcul", "", calculation="concat(${mot}, '!')"),
    q("acknowledge", "lu"),
    q("geopoint", "ou"),
    q("geotrace", "chemin"),
    q("geoshape", "champ"),
    q("image", "vue"),
    q("audio", "voix"),
)
FORM = Form(
    compiled(
        *QUESTIONS,
        q("note", "texte"),
        q("begin repeat", "enfants"),
        *(question | {"name": f"{question['name']}_r"} for question in QUESTIONS[:-2]),
        q("end repeat", ""),
        choices="mois jan Janvier\nmois fev Février\nmois mar Mars",
        settings={"sealed": "no"},
    )
)
WORDS = ('Awa Ɛ, « dit » ; "rien"', "deux\nlignes\tet\rplus", "=SUM(1)", "'012", "0012", "#N/A", "", " à ", "عربي", "-")
FILES = (b"photo", b"son")
KINDS = ("image/webp", "audio/ogg")


def test_the_form_has_every_type() -> None:
    used = {item.kind for item in FORM.items.values()}
    assert set(QUESTION_TYPES) <= used


def typed(number: int) -> dict[str, Any]:
    """Answers of one person; every seventh left all blank."""
    if number % 7 == 6:
        return {}
    word = WORDS[number % len(WORDS)]
    answers = {
        "mot": word,
        "age": (0, -5, 9_007_199_254_740_991)[number % 3],
        "prix": ("0.1", "-2.5", "3.333333333333333", "123456789.25")[number % 4],
        "jour": ("2026-11-24", "1900-03-01", "2024-02-29")[number % 3],
        "heure": ("00:00", "08:30", "23:59")[number % 3],
        "moment": "2026-11-24T08:30",
        "un": "jan",
        "plusieurs": (["fev"], ["jan", "mar"])[number % 2],
        "ordre": (["mar", "jan", "fev"], ["fev"])[number % 2],
        "calcul": f"{word}!",
        "lu": True,
        "ou": ("12.65 -8.00", "-1.00 2.05")[number % 2],
        "chemin": "12.65 -8.00;12.66 -8.00",
        "champ": ("12.65 -8.00;12.66 -8.00;12.66 -8.01;12.65 -8.00", "1.00 1.00;1.00 2.00;2.00 2.00;1.00 1.00")[
            number % 2
        ],
    }
    return {name: value for name, value in answers.items() if value != ""}


def entries() -> Iterator[tuple[dict[str, Any], ReadSubmission]]:
    files = tuple(Attachment(digest(data), len(data), kind) for data, kind in zip(FILES, KINDS, strict=True))
    for number in range(COUNT):
        answers = typed(number)
        if answers:
            children = [{f"{name}_r": value for name, value in typed(number + child).items()} for child in range(2)]
            answers |= {"enfants": children, "vue": 0, "voix": 1}
        yield answers, read_submission(FORM, answers, number, files=files)


ANSWERS, ENTRIES = zip(*entries(), strict=True)


def test_every_answer_is_read_back_from_a_workbook() -> None:
    data, _ = export_file("xlsx", [FORM], ENTRIES)
    book = openpyxl.load_workbook(io.BytesIO(data), read_only=True)
    tables = {name: list(rows_of(book[name].iter_rows(values_only=True))) for name in book.sheetnames}
    assert [from_cells(row) for row in tables["reponses"]] == [from_answers(answers) for answers in ANSWERS]
    children = [child for answers in ANSWERS for child in answers.get("enfants", [])]
    assert [from_cells(row, "_r") for row in tables["enfants"]] == [from_answers(child, "_r") for child in children]
    codes = {row["code"] for row in tables["reponses"]}
    assert {row["parent"] for row in tables["enfants"]} <= codes and len(codes) == COUNT


def test_every_answer_is_read_back_from_csv() -> None:
    data, suffix = export_file("csv", [FORM], ENTRIES)
    assert suffix == "zip"
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        assert archive.testzip() is None
        tables = {
            name: list(csv.DictReader(io.StringIO(archive.read(name).decode("utf-8-sig"), newline="")))
            for name in archive.namelist()
        }
    assert [from_text(row) for row in tables["reponses.csv"]] == [from_answers(answers) for answers in ANSWERS]
    children = [child for answers in ANSWERS for child in answers.get("enfants", [])]
    assert [from_text(row, "_r") for row in tables["enfants.csv"]] == [from_answers(child, "_r") for child in children]


def test_answers_leave_as_lines_exactly_as_sent() -> None:
    data, _ = export_file("ndjson", [FORM], ENTRIES)
    assert tuple(json.loads(line)["answers"] for line in data.decode().splitlines()) == ANSWERS


def test_places_are_valid_geojson() -> None:
    data, _ = export_file("geojson", [FORM], ENTRIES)
    collection = json.loads(data)
    assert collection["type"] == "FeatureCollection"
    shapes = [shapely.from_geojson(json.dumps(feature["geometry"])) for feature in collection["features"]]
    assert all(shape.is_valid and not shape.is_empty for shape in shapes)
    assert all(shape.exterior.is_ccw for shape in shapes if shape.geom_type == "Polygon")
    assert {shape.geom_type for shape in shapes} == {"Point", "LineString", "Polygon"}
    assert len(shapes) == 3 * sum(1 + len(answers.get("enfants", [])) for answers in ANSWERS if answers) - missing()
    assert shapely.from_geojson(data.decode()).geom_type == "GeometryCollection"


def missing() -> int:
    """Places that blank children lack."""
    return 3 * sum(not child for answers in ANSWERS for child in answers.get("enfants", []))


def test_no_place_at_all_is_an_empty_collection() -> None:
    data, _ = export_file("geojson", [FORM], [])
    assert json.loads(data) == {"type": "FeatureCollection", "features": []}


def rows_of(rows: Iterator[tuple[Any, ...]]) -> Iterator[dict[str, Any]]:
    headings = next(rows)
    for row in rows:
        yield dict(zip(headings, row, strict=False))  # blank cells at the end of a row are not read


def from_answers(answers: dict[str, Any], suffix: str = "") -> dict[str, Any]:
    """The cells that a table should have: numbers as numbers, choices behind each other, digests of files."""
    cells: dict[str, Any] = {}
    for question in QUESTIONS:
        name = question["name"] + suffix
        value = answers.get(name)
        if value is not None:
            is_file, is_decimal = question["type"] in ("image", "audio"), question["type"] == "decimal"
            text = " ".join(value) if isinstance(value, list) else value
            cells[name] = digest(FILES[value]) if is_file else float(value) if is_decimal else text
    return cells


def from_cells(row: dict[str, Any], suffix: str = "") -> dict[str, Any]:
    """The answers in a row of a workbook, dates as the phone writes them."""
    cells: dict[str, Any] = {}
    for question in QUESTIONS:
        name, kind = question["name"] + suffix, question["type"]
        value = row.get(name)
        if value is None:
            continue
        if kind in MOMENTS:
            assert isinstance(value, (datetime.datetime, datetime.time)), "a date is a date"
            value = value.isoformat()[: MOMENTS[kind]]
        cells[name] = float(value) if kind == "decimal" else value
        check_parts(row, name, str(value))
    return cells


def from_text(row: dict[str, str], suffix: str = "") -> dict[str, Any]:
    """The answers in a row of a CSV."""
    cells: dict[str, Any] = {}
    for question in QUESTIONS:
        name, kind = question["name"] + suffix, question["type"]
        text = row.get(name, "")
        if text:
            text = text.removeprefix("'") if text.startswith(("'=", "'-")) else text  # kept from running as a formula
            cells[name] = READERS.get(kind, str)(text)
            check_parts(row, name, text)
    return cells


MOMENTS = {"date": 10, "datetime": 16, "time": 5}  # characters of ISO 8601
READERS: dict[str, Callable[[str], Any]] = {"integer": int, "decimal": float, "acknowledge": "True".__eq__}


def check_parts(row: dict[str, Any], name: str, text: str) -> None:
    """The further columns of a question say the same as its own."""
    choices = ("jan", "fev", "mar")
    if name.startswith("plusieurs"):
        assert [choice for choice in choices if int(row[f"{name}/{choice}"])] == text.split()
    if name.startswith("ordre"):
        ranks = {choice: int(row[f"{name}/{choice}"]) for choice in choices if row[f"{name}/{choice}"]}
        assert sorted(ranks, key=ranks.__getitem__) == text.split()
    if name.startswith("ou"):
        point = [float(row[f"{name}/{part}"]) for part in ("latitude", "longitude")]
        assert point == [float(number) for number in text.split()]
