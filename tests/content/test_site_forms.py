"""The forms of content/forms: valid XLSForms that ask for no personal data."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
import yaml
from pyxform.xls2json_backends import md_to_dict
from pyxform.xls2xform import convert

from tests.support.repository import ROOT

FORMS = sorted((ROOT / "content/forms").glob("*.md"))
PERSONAL = re.compile(r"\b(?:nom|prenom|telephone|numero|adresse|courriel|email|signature|photo)\b")


def sheets(form: Path) -> dict[str, Any]:
    tables: dict[str, Any] = md_to_dict(form.read_text("utf-8"))
    return tables


def regions() -> list[dict[str, str]]:
    rows = []
    for file in (ROOT / "content/places").glob("*.yaml"):
        country = yaml.safe_load(file.read_text("utf-8"))
        for place in country["places"]:
            rows.append(
                {"list_name": "region", "name": place["code"], "label": place["name"], "pays": country["country"]}
            )
    return sorted(rows, key=lambda row: row["name"])


def test_the_site_has_seven_forms() -> None:
    expected = ["groupe-ecoute", "plainte", "question", "retour-communautaire", "rumeur", "seance-formation", "utilite"]
    assert [form.stem for form in FORMS] == expected


@pytest.mark.parametrize("form", FORMS, ids=lambda form: form.stem)
def test_a_form_converts_without_a_warning(form: Path) -> None:
    warnings: list[str] = []
    result = convert(xlsform=form.read_text("utf-8"), file_type=".md", warnings=warnings)
    assert warnings == []
    assert f'id="{form.stem}"' in result.xform


@pytest.mark.parametrize("form", FORMS, ids=lambda form: form.stem)
def test_a_form_asks_for_no_personal_data_and_limits_its_answers(form: Path) -> None:
    for question in sheets(form)["survey"]:
        if question["type"] == "end group":
            continue
        assert not PERSONAL.search(question["name"])
        assert len(question["label"]) <= 120
        assert "facultatif" not in question.get("hint", "").lower(), "phones say so beside the label"
        if question["type"] in ("text", "integer", "date"):
            assert question["constraint"]
            assert question["constraint_message"]


@pytest.mark.parametrize("form", FORMS, ids=lambda form: form.stem)
def test_a_forms_regions_are_those_of_the_places(form: Path) -> None:
    choices = [dict(row) for row in sheets(form)["choices"] if row["list_name"] == "region"]
    if any(question["type"] == "select_one region" for question in sheets(form)["survey"]):
        assert sorted(choices, key=lambda row: row["name"]) == regions()
    else:
        assert choices == []
