"""Exports that analysts can read back: split choices, coordinates, real dates, keys of repeats, points."""

from __future__ import annotations

import csv
import datetime
import io
import json
import zipfile
from decimal import Decimal
from typing import Any

import openpyxl

from sync.forms.compiled_form import Form
from tests.support.exported_files import export_file
from tests.support.read_submissions import read_submission
from tests.support.xlsforms import compiled, q

CHOICES = "mois jan Janvier\nmois fev Février"
FORM = Form(
    compiled(
        q("text", "nom"),
        q("integer", "age"),
        q("decimal", "prix"),
        q("date", "jour"),
        q("time", "heure"),
        q("datetime", "moment"),
        q("select_one mois", "un"),
        q("select_multiple mois", "plusieurs", "Quels mois ?"),
        q("acknowledge", "lu"),
        q("geopoint", "ou"),
        q("begin repeat", "r"),
        q("text", "quoi"),
        q("geopoint", "la"),
        q("end repeat", ""),
        choices=CHOICES,
        settings={"sealed": "no"},
    )
)
ANSWERS: dict[str, Any] = {
    "nom": "Awa Ɛ",
    "age": 40,
    "prix": "2.5",
    "jour": "2026-11-24",
    "heure": "08:30",
    "moment": "2026-11-24T08:30",
    "un": "jan",
    "plusieurs": ["fev"],
    "lu": True,
    "ou": "12.65 -8.00",
    "r": [{"quoi": "a"}, {"quoi": "b", "la": "-1.00 2.00"}],
}


def workbook(answers: dict[str, Any], **options: Any) -> dict[str, list[dict[str, Any]]]:
    data, _ = export_file("xlsx", [FORM], [read_submission(FORM, answers)], **options)
    book = openpyxl.load_workbook(io.BytesIO(data))
    tables = {}
    for page in book.worksheets:
        headings, *rows = [[cell.value for cell in row] for row in page.iter_rows()]
        tables[page.title] = [dict(zip(headings, row, strict=True)) for row in rows]
    return tables


def moment(text: str) -> datetime.datetime:
    """A date as workbooks give it back: without a zone, at midnight."""
    return datetime.datetime.fromisoformat(text)


def test_a_workbook_holds_numbers_dates_and_pieces() -> None:
    [row] = workbook(ANSWERS)["reponses"]
    assert row["day"] == moment("2026-11-25")
    assert (row["nom"], row["age"], row["prix"], row["lu"]) == ("Awa Ɛ", 40, 2.5, True)
    assert row["jour"] == moment("2026-11-24")
    assert row["heure"] == datetime.time(8, 30)
    assert row["moment"] == moment("2026-11-24T08:30")
    assert (row["plusieurs"], row["plusieurs/jan"], row["plusieurs/fev"]) == ("fev", 0, 1)
    assert (row["ou"], row["ou/latitude"], row["ou/longitude"]) == ("12.65 -8.00", 12.65, -8.0)


def test_what_nobody_answered_is_empty_in_every_piece() -> None:
    [row] = workbook({"nom": "Awa"})["reponses"]
    assert {row["plusieurs/jan"], row["ou/latitude"], row["jour"], row["age"]} == {None}


def test_instances_of_a_repeat_have_keys() -> None:
    code = read_submission(FORM, ANSWERS).submission.code
    rows = workbook(ANSWERS)["r"]
    assert [(row["key"], row["parent"], row["quoi"]) for row in rows] == [
        (f"{code}/1", code, "a"),
        (f"{code}/2", code, "b"),
    ]


def test_labels_head_the_pieces_of_choices() -> None:
    [row] = workbook(ANSWERS, labels=True, lang="fr")["reponses"]
    assert (row["Quels mois ?"], row["Quels mois ?/Janvier"], row["Quels mois ?/Février"]) == ("Février", 0, 1)


def test_a_csv_reads_back_as_what_was_typed() -> None:
    data, suffix = export_file("csv", [FORM], [read_submission(FORM, ANSWERS)])
    assert suffix == "zip"
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        [row] = csv.DictReader(io.StringIO(archive.read("reponses.csv").decode("utf-8-sig"), newline=""))
    assert (row["jour"], Decimal(row["prix"]), row["plusieurs/jan"]) == ("2026-11-24", Decimal("2.5"), "0")
    assert (row["ou/latitude"], row["ou/longitude"]) == ("12.65", "-8.00")


def test_a_choice_that_only_an_older_version_offered_keeps_its_column() -> None:
    older = Form(
        compiled(q("select_multiple mois", "plusieurs"), choices=f"{CHOICES}\nmois mar Mars", settings={"sealed": "no"})
    )
    old = read_submission(older, {"plusieurs": ["mar"]})
    data, _ = export_file("xlsx", [FORM, older], [read_submission(FORM, ANSWERS), old])
    page = openpyxl.load_workbook(io.BytesIO(data))["reponses"]
    headings, *rows = [[cell.value for cell in row] for row in page.iter_rows()]
    assert [row[headings.index("plusieurs/mar")] for row in rows] == [0, 1]


def test_what_stood_elsewhere_in_an_older_version_keeps_its_place() -> None:
    """Also where a question has the name of a repeat, and a repeat that of the table of the form itself."""
    unsealed = {"sealed": "no"}
    end = q("end repeat", "")
    bucket = [q("begin repeat", "seaux"), q("text", "eau"), end]
    older = Form(
        compiled(q("text", "nom"), q("begin repeat", "reponses"), q("text", "quoi"), end, *bucket, settings=unsealed)
    )
    newer = Form(
        compiled(q("text", "reponses"), q("begin repeat", "puits"), q("text", "nom"), *bucket, end, settings=unsealed)
    )
    entries = [
        read_submission(older, {"nom": "Awa", "reponses": [{"quoi": "a"}], "seaux": [{"eau": "claire"}]}, 1),
        read_submission(newer, {"reponses": "b", "puits": [{"nom": "Nord", "seaux": [{"eau": "trouble"}]}]}, 2),
    ]
    data, _ = export_file("csv", [newer, older], entries)
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        tables = {
            name: list(csv.DictReader(io.StringIO(archive.read(name).decode("utf-8-sig"), newline="")))
            for name in archive.namelist()
        }
    assert [(row["reponses"], row["nom"]) for row in tables["reponses.csv"]] == [("", "Awa"), ("b", "")]
    assert [row["nom"] for row in tables["puits.csv"]] == ["Nord"]
    assert [row["eau"] for row in tables["seaux.csv"]] == ["trouble"]
    assert [row["quoi"] for row in tables["reponses-2.csv"]] == ["a"]
    assert [row["eau"] for row in tables["seaux-2.csv"]] == ["claire"]


def test_points_are_features() -> None:
    data, suffix = export_file("geojson", [FORM], [read_submission(FORM, ANSWERS)])
    features = json.loads(data)["features"]
    assert suffix == "geojson"
    assert [feature["geometry"]["coordinates"] for feature in features] == [[-8.0, 12.65], [2.0, -1.0]]
    assert [feature["properties"]["question"] for feature in features] == ["ou", "la"]
    assert features[1]["properties"]["quoi"] == "b"
