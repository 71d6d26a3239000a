"""XLSForms become small JSON, or are refused by sheet, row and column with a hint."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from sync.canonical import canonical
from sync.errors import BadFolder
from sync.forms.clean_copy import to_markdown
from sync.forms.compiled_form import form_text_lines
from sync.forms.compiler import compile_markdown, read_workbook
from sync.forms.sheets import BadCell
from sync.forms.version import version_of
from tests.support.repository import ROOT
from tests.support.xlsforms import compiled, q, table, workbook, xlsform

YES = "oui oui Oui\noui non Non"
REGIONS = "pays ML Mali\npays NE Niger\nregion ML-1 Kayes pays=ML code=a\nregion NE-1 Agadez pays=NE code=b"
FORMS = sorted((ROOT / "content/forms").glob("*.md"))


def items(form: dict[str, Any]) -> list[dict[str, Any]]:
    return list(form["items"])


def refusals(
    *survey: dict[str, str], choices: str = "", settings: dict[str, str] | None = None
) -> list[tuple[str, int, str, str]]:
    """(sheet, row, column, code) of each error; raises KeyError if a sentence lacks a value."""
    with pytest.raises(BadFolder) as caught:
        compiled(*survey, choices=choices, settings=settings)
    positions = []
    for error in caught.value.errors:
        assert isinstance(error, BadCell)
        assert error.text().startswith("Feuille ")
        positions.append((error.cell.sheet, error.cell.row, error.cell.column, error.code))
    return positions


@pytest.mark.parametrize("path", FORMS, ids=lambda path: path.stem)
def test_the_sites_own_forms_compile(path: Path) -> None:
    form = compile_markdown(path.stem, path.read_text("utf-8"))
    assert form["form"] == path.stem
    assert form["items"]


def test_a_forms_text_is_the_form_in_lines() -> None:
    form = compiled(q("text", "a", "Moins de < 3 ?"), q("begin group", "g"), q("integer", "b"), q("end group", ""))
    lines = form_text_lines(form)
    assert json.loads("".join(lines)) == json.loads(canonical(form))
    assert "<" not in "".join(lines)
    assert all(line.endswith("\n") for line in lines)
    assert sum('"q":"' in line for line in lines) == 2


def test_the_version_is_over_what_the_form_says_not_how_it_is_laid_out() -> None:
    form = compiled(q("text", "a"), q("integer", "b"))
    assert version_of(form) == version_of(
        compiled(q("text", "a"), {"type": "integer", "name": "b", "label": "Texte", "mes notes": "à revoir"})
    )
    assert version_of(form) != version_of(compiled(q("integer", "b"), q("text", "a")))


def test_groups_and_repeats_nest() -> None:
    form = compiled(
        q("integer", "n"),
        q("begin group", "g", "Foyer", relevant="${n} > 0", appearance="field-list"),
        q("begin repeat", "r", "Enfant", repeat_count="${n}"),
        q("text", "nom"),
        q("end repeat", ""),
        q("end group", ""),
    )
    group = items(form)[1]
    assert (group["group"], group["page"], group["relevant"]) == ("g", True, [">", ["$", "n"], 0])
    assert group["items"][0] == {
        "repeat": "r",
        "label": {"fr": "Enfant"},
        "count": ["$", "n"],
        "items": [
            {"q": "nom", "type": "text", "label": {"fr": "Texte"}},
        ],
    }


def test_a_cascading_select_keeps_only_the_columns_its_filter_asks() -> None:
    form = compiled(
        q("select_one pays", "pays"), q("select_one region", "region", choice_filter="pays = ${pays}"), choices=REGIONS
    )
    assert items(form)[1]["filter"] == ["=", ["@", "pays"], ["$", "pays"]]
    assert form["choices"]["region"][0] == {"name": "ML-1", "label": {"fr": "Kayes"}, "is": {"pays": "ML"}}
    assert form["place"] == "region"


def test_or_other_adds_a_choice_and_a_question() -> None:
    form = compiled(q("select_multiple oui or_other", "x"), choices=YES)
    assert [choice["name"] for choice in form["choices"]["oui"]] == ["oui", "non", "other"]
    assert items(form)[1] == {
        "q": "x_other",
        "type": "text",
        "label": {"fr": "Précisez"},
        "relevant": ["selected", ["$", "x"], "other"],
    }


def test_several_languages() -> None:
    form = compiled(
        {"type": "text", "name": "a", "label::Français (fr)": "Quoi ?", "label::Bamanankan (bm)": "Mun?"},
        {"type": "text", "name": "b", "label::Français (fr)": "Et ?", "label::English": "And?"},
        settings={"default_language": "Français (fr)"},
    )
    assert form["languages"] == ["fr", "bm", "en"]
    assert items(form)[0]["label"] == {"fr": "Quoi ?", "bm": "Mun?"}
    assert items(form)[1]["label"] == {"fr": "Et ?", "en": "And?"}


def test_values_in_a_label() -> None:
    form = compiled(q("text", "nom"), q("note", "salut", "Bonjour ${nom} !"))
    assert items(form)[1]["label"] == {"fr": ["Bonjour ", ["$", "nom"], " !"]}


def test_defaults_are_answers_or_expressions() -> None:
    form = compiled(
        q("date", "jour", default="2026-11-24"),
        q("date", "veille", default="today() - 1"),
        q("integer", "n", default="3"),
        q("select_multiple oui", "m", default="non oui"),
        q("decimal", "d", default="2.50"),
        q("datetime", "quand", default="now()"),
        choices=YES,
    )
    assert [item["default"] for item in items(form)] == [
        "2026-11-24",
        {"is": ["-", ["today"], 1]},
        3,
        ["oui", "non"],
        "2.5",
        {"is": ["now"]},
    ]


def test_personal_questions_are_sealed_unless_the_settings_say_no() -> None:
    assert compiled(q("text", "a", "Quel est votre nom ?"))["sealed"]
    assert compiled(q("image", "a", "La facture"))["sealed"]
    assert not compiled(q("text", "a", "Quel sujet ?"))["sealed"]
    assert not compiled(q("text", "a", "Quel est votre nom ?"), settings={"sealed": "no"})["sealed"]
    assert compiled(q("text", "a", "Quel sujet ?"), settings={"sealed": "yes"})["sealed"]


def test_settings() -> None:
    form = compiled(q("geopoint", "ou"), settings={"audience": "public", "keep": "30", "decimals": "1"})
    assert (form["audience"], form["keep"], items(form)[0]["decimals"]) == ("public", 30, 1)


REFUSED: list[tuple[str, list[dict[str, str]], str, tuple[str, int, str, str]]] = [
    ("choices in a file", [q("select_one_from_file x.csv", "a")], "", ("survey", 2, "type", "list-file-missing")),
    ("a name twice", [q("text", "a"), q("integer", "a")], "", ("survey", 3, "name", "name-twice")),
    ("a name with a space", [q("text", "a b")], "", ("survey", 2, "name", "name-form")),
    ("a name that every object of a phone has", [q("text", "constructor")], "", ("survey", 2, "name", "name-form")),
    ("no name", [q("text", "")], "", ("survey", 2, "name", "name-missing")),
    (
        "a question that does not exist",
        [q("text", "a", relevant="${z} = 1")],
        "",
        ("survey", 2, "relevant", "reference-unknown"),
    ),
    (
        "a function of other tools",
        [q("calculate", "a", "", calculation="random()")],
        "",
        ("survey", 2, "calculation", "function-unknown"),
    ),
    ("a path", [q("text", "a", constraint="../b > 1")], "", ("survey", 2, "constraint", "expression-path")),
    (
        "a path inside brackets",
        [q("integer", "a"), q("calculate", "c", "", calculation="count(${a}[. > 1])")],
        "",
        ("survey", 3, "calculation", "expression-path"),
    ),
    (
        "the record before",
        [q("text", "a", default="${last-saved#a}")],
        "",
        ("survey", 2, "default", "expression-last-saved"),
    ),
    (
        "the label of a choice in two languages",
        [
            q("select_one l", "a") | {"label::English (en)": "Which?"},
            q("calculate", "c", "", calculation="jr:choice-name(${a}, '${a}')"),
        ],
        "l un Un",
        ("survey", 3, "calculation", "function-arguments"),
    ),
    (
        "a list in a file that is not there, said once",
        [q("select_one l", "a", appearance="search('villages', 'contains', 'nom', 'x')")],
        "l code nom",
        ("survey", 2, "appearance", "list-file-missing"),
    ),
    (
        "a circle",
        [q("calculate", "a", "", calculation="${b} + 1"), q("calculate", "b", "", calculation="${a}")],
        "",
        ("survey", 2, "calculation", "cycle"),
    ),
    (
        "a circle through relevance",
        [q("text", "a", relevant="${b} = ''"), q("text", "b", relevant="${a} = ''")],
        "",
        ("survey", 2, "relevant", "cycle"),
    ),
    (
        "a repeat's value from outside",
        [q("begin repeat", "r"), q("integer", "n"), q("end repeat", ""), q("note", "x", relevant="${n} > 1")],
        "",
        ("survey", 5, "relevant", "reference-many"),
    ),
    ("a list that is not there", [q("select_one rien", "a")], "oui oui Oui", ("survey", 2, "type", "list-unknown")),
    (
        "a choice twice",
        [q("select_one oui", "a")],
        "oui oui Oui\noui oui Ouais pays=ML",
        ("choices", 3, "name", "choice-twice"),
    ),
    ("a group that stays open", [q("begin group", "g"), q("text", "a")], "", ("survey", 2, "type", "block-open")),
    ("an end without a beginning", [q("text", "a"), q("end repeat", "")], "", ("survey", 3, "type", "block-end")),
    (
        "a language nobody knows",
        [{"type": "text", "name": "a", "label::Martien": "x"}],
        "",
        ("survey", 2, "label::Martien", "column-language"),
    ),
    (
        "randomised choices",
        [{"type": "select_one oui", "name": "a", "label": "x", "parameters": "randomize=true"}],
        YES,
        ("survey", 2, "parameters", "parameter-unsupported"),
    ),
    (
        "a calculation without a formula",
        [q("calculate", "a", "")],
        "",
        ("survey", 2, "calculation", "calculation-missing"),
    ),
]


@pytest.mark.parametrize(("why", "survey", "choices", "refusal"), REFUSED, ids=[case[0] for case in REFUSED])
def test_what_is_not_supported_is_refused_at_its_place(
    why: str, survey: list[dict[str, str]], choices: str, refusal: tuple[str, int, str, str]
) -> None:
    assert refusal in refusals(*survey, choices=choices)


def test_a_form_of_which_nothing_is_left_is_refused() -> None:
    assert refusals(q("start", "start")) == [("survey", 0, "", "form-empty")]


def test_settings_that_are_not_supported_are_refused() -> None:
    assert refusals(q("text", "a"), settings={"decimals": "beaucoup"}) == [("settings", 2, "decimals", "setting-value")]
    assert refusals(q("text", "a"), settings={"audience": "tous"}) == [("settings", 2, "audience", "setting-value")]


def test_an_error_in_a_content_file_names_the_line_too() -> None:
    text = "# Titre\n\nPour tous.\n\n" + table("survey", ("type", "name", "label"), q("text", "a"), q("rank", "b"))
    with pytest.raises(BadFolder) as caught:
        compile_markdown("essai", text)
    assert [error.line for error in caught.value.errors] == [8]


def test_every_error_is_told_at_once() -> None:
    assert len(refusals(q("background-audio", "a"), q("rank", "b"), q("text", "c", relevant="${z}"))) == 3


def test_what_other_xlsform_tools_refuse_is_refused() -> None:
    errors = refusals(q("text", "a"), settings={"form_id": "essai", "version": "1", "name": "a b"})
    assert [code for *_, code in errors] == ["form-invalid"]


def test_xlsx_and_its_markdown_compile_alike() -> None:
    data = workbook(
        {
            "survey": [
                ["type", "name", "label", "relevant"],
                ["text", "a", "Un | deux", None],
                [],
                ["integer", "b", "Âge", "${a} != ''"],
            ],
            "settings": [["form_title", "form_id", "version"], ["Essai", "essai", 3]],
        }
    )
    form = read_workbook("essai", data).form
    assert form == compile_markdown("essai", to_markdown(read_workbook("essai", data).sheets, "Essai"))
    assert [item["q"] for item in form["items"]] == ["a", "b"]


def test_rows_of_xlsx_are_counted_with_the_empty_ones() -> None:
    data = workbook({"survey": [["type", "name", "label"], ["text", "a", "x"], [], ["rank", "b", "y"]]})
    with pytest.raises(BadFolder) as caught:
        read_workbook("essai", data)
    [error] = caught.value.errors
    assert isinstance(error, BadCell)
    assert error.cell.row == 4


@pytest.mark.parametrize(
    "data", [b"", b"PK\x03\x04", b"x" * 100, b"\xff" * 5000], ids=["empty", "cut zip", "text", "bytes"]
)
def test_a_file_that_is_no_workbook_is_refused(data: bytes) -> None:
    with pytest.raises(BadFolder) as caught:
        read_workbook("essai", data)
    assert [error.code for error in caught.value.errors] == ["form-unreadable"]


def test_a_hundred_and_twenty_questions_in_three_languages_compile() -> None:
    survey = [
        {
            "type": "text",
            "name": f"q{n}",
            "label::Français (fr)": f"Question {n} ?",
            "label::English (en)": f"Question {n}?",
            "label::Bamanankan (bm)": "Mun?",
        }
        for n in range(120)
    ]
    form = compile_markdown("essai", xlsform(*survey, settings={"default_language": "Français (fr)"}))
    assert len(form["items"]) == 120
