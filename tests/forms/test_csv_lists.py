"""Lists in CSV files beside a form become its choices; a file that is missing is named, and the form waits for it."""

from __future__ import annotations

import pytest

from sync.errors import BadFolder
from sync.forms.answer_checks import check_answers
from sync.forms.clean_copy import to_markdown
from sync.forms.compiled_form import Form
from sync.forms.compiler import read_tables
from sync.forms.csv_lists import MAX_LIST_ROWS
from sync.forms.form_document import compile_document, form_from_tables, form_from_workbook
from sync.forms.form_files import FormFiles
from sync.forms.sheets import BadCell
from tests.support.xlsforms import q, workbook, xlsform

VILLAGES = b"code;nom;pays;habitants\nv1;Kayes;ML;12\nv2;Agadez;NE;\nv3;Diffa;NE;7\n"
FILES = FormFiles({"villages.csv": VILLAGES})
SURVEY = (
    q("select_one oui", "pays", "Pays"),
    q(
        "select_one_from_file villages.csv",
        "village",
        "Village",
        choice_filter="pays = ${pays}",
        parameters="value=code label=nom",
    ),
    q("calculate", "gens", "", calculation="pulldata('villages', 'habitants', 'code', ${village}) + 1"),
)
COUNTRIES = "oui ML Mali\noui NE Niger"


def test_rows_of_a_file_become_choices_with_the_columns_that_are_read() -> None:
    form = read_tables("essai", xlsform(*SURVEY, choices=COUNTRIES), files=FILES).form
    assert form["v"] == 2, "apps of release 0.1.0 know no lookup and ask for an update"
    assert form["choices"]["villages"][1:] == [
        {"name": "v2", "label": {"fr": "Agadez"}, "is": {"code": "v2", "pays": "NE"}},
        {"name": "v3", "label": {"fr": "Diffa"}, "is": {"code": "v3", "habitants": "7", "pays": "NE"}},
    ]
    taken = Form(form)
    assert check_answers(taken, {"pays": "NE", "village": "v3", "gens": "8"}, "2026-11-24") is None
    wrong = check_answers(taken, {"pays": "NE", "village": "v3", "gens": "13"}, "2026-11-24")
    assert wrong and wrong.code == "answer-calculation"


def test_the_kept_form_needs_its_files_no_more() -> None:
    reading = read_tables("essai", xlsform(*SURVEY, choices=COUNTRIES), files=FILES)
    assert read_tables("essai", to_markdown(reading.sheets, "")).form == reading.form


def test_a_workbook_with_a_file_is_kept_whole() -> None:
    book = workbook(
        {
            "survey": [
                ["type", "name", "label", "calculation"],
                ["select_one_from_file fruits.csv", "f", "Fruit", None],
                ["calculate", "prix", None, "pulldata('fruits', 'prix', 'name', ${f})"],
            ],
        }
    )
    files = FormFiles({"fruits.csv": b"name,label,prix\nmangue,Mangue,100\n"})
    intake = form_from_workbook("fruits", book, "fruits.xlsx", files)
    assert compile_document(intake.document)["choices"]["fruits"][0]["is"] == {"prix": "100"}


@pytest.mark.parametrize(
    ("parameters", "expected"),
    [
        (None, {"prix": "100", "sorte": "fruit"}),  # no question reads the file: its rows have numbers for names
        ("value=code label=name", {"prix": "100", "sorte": "fruit"}),
        ("value=name label=label", {"prix": "100", "sorte": "fruit"}),
    ],
)
def test_pulldata_reads_the_files_own_name_and_label(parameters: str | None, expected: dict[str, str]) -> None:
    data = b"code,name,label,prix\nm1,mangue,fruit,100\nl2,laitue,feuille,50\n"
    select = [q("select_one_from_file prix.csv", "choix", "Choix", parameters=parameters)] if parameters else []
    survey = (
        *select,
        q("text", "mot", "Mot"),
        q("calculate", "prix", "", calculation="pulldata('prix', 'prix', 'name', ${mot})"),
        q("calculate", "sorte", "", calculation="pulldata('prix', 'label', 'code', 'm1')"),
    )
    form = Form(read_tables("essai", xlsform(*survey), files=FormFiles({"prix.csv": data})).form)
    assert check_answers(form, {"mot": "mangue", **expected}, "2026-11-24") is None


def test_search_reads_a_file_too() -> None:
    survey = q("select_one v", "village", appearance="minimal search('villages', 'matches', 'pays', 'NE')")
    form = read_tables("essai", xlsform(survey, choices="v code nom"), files=FILES).form
    [village] = form["items"]
    assert (village["filter"], village["appearance"]) == (["=", ["@", "pays"], "NE"], ["minimal"])
    assert [choice["label"] for choice in form["choices"][village["list"]]] == [
        {"fr": "Kayes"},
        {"fr": "Agadez"},
        {"fr": "Diffa"},
    ]


def test_a_missing_file_is_asked_for_and_the_form_is_judged_without_it() -> None:
    text = xlsform(*SURVEY, choices=COUNTRIES)
    intake = form_from_tables("essai", text, "essai.md", FormFiles(may_wait=True))
    assert intake.missing_lists == ("villages.csv",)
    [notice] = intake.notices
    assert isinstance(notice, BadCell)
    assert (notice.code, notice.cell.row, notice.cell.column) == ("list-file-missing", 3, "type")
    whole = form_from_tables("essai", intake.document.body, "essai.md", FILES)
    assert whole.missing_lists == ()
    assert len(compile_document(whole.document)["choices"]["villages"]) == 3
    with pytest.raises(BadFolder) as refused:
        read_tables("essai", text)
    assert [error.code for error in refused.value.errors] == ["list-file-missing"]


def test_a_file_of_a_search_is_asked_for_too() -> None:
    survey = q("select_one v", "village", appearance="minimal search('villages', 'matches', 'pays', 'NE')")
    intake = form_from_tables("essai", xlsform(survey, choices="v code nom"), "essai.md", FormFiles(may_wait=True))
    assert (intake.missing_lists, [notice.code for notice in intake.notices]) == (
        ("villages.csv",),
        ["list-file-missing"],
    )


def test_a_picture_that_is_missing_is_named_and_then_shown() -> None:
    text = xlsform({"type": "text", "name": "a", "label": "x", "media::image": "puits.png"})
    assert form_from_tables("essai", text, "essai.md", FormFiles(may_wait=True)).missing_media == ("puits.png",)
    name = f"{'a' * 43}.webp"
    intake = form_from_tables("essai", text, "essai.md", FormFiles(media={"puits.png": name}))
    assert (intake.missing_media, intake.media) == ((), (name,))
    assert compile_document(intake.document)["items"][0]["media"] == {"image": {"fr": name}}


REFUSED: list[tuple[str, bytes, str]] = [
    ("no CSV", b"", "list-file-unreadable"),
    ("a quote that nothing closes", b'name,label\n"x,y\n', "list-file-unreadable"),
    ("a name with a space", b"code,nom,pays\nv 1,x,ML\n", "choice-name"),
    ("no such column", b"nom,pays\nx,ML\n", "list-file-column"),
    ("no row", b"code,nom,pays,habitants\n", "list-file-empty"),
    ("too many rows", b"code,nom,pays\n" + b"v,x,ML\n" * (MAX_LIST_ROWS + 1), "sheet-long"),
]


@pytest.mark.parametrize(("why", "data", "code"), REFUSED, ids=[case[0] for case in REFUSED])
def test_a_file_that_cannot_be_read_says_why(why: str, data: bytes, code: str) -> None:
    with pytest.raises(BadFolder) as refused:
        read_tables("essai", xlsform(*SURVEY, choices=COUNTRIES), files=FormFiles({"villages.csv": data}))
    assert [error.code for error in refused.value.errors] == [code], "and nothing else"
    for error in refused.value.errors:
        error.text()  # raises KeyError if a placeholder has no value


def test_five_thousand_villages_are_taken() -> None:
    rows = "".join(f"v{n},Village {n},ML\n" for n in range(MAX_LIST_ROWS))
    files = FormFiles({"villages.csv": f"code,nom,pays\n{rows}".encode()})
    intake = form_from_tables("essai", xlsform(*SURVEY[:2], choices=COUNTRIES), "essai.md", files)
    form = Form(compile_document(intake.document))
    assert len(form.choices("villages")) == MAX_LIST_ROWS
    assert check_answers(form, {"pays": "ML", "village": "v4999"}, "2026-11-24") is None
