"""Forms of others are taken with what they hold for other tools; what is refused is refused truly, by its cell."""

from __future__ import annotations

import sys

import pytest

from sync.errors import BadFolder
from sync.forms.answer_checks import check_answers
from sync.forms.clean_copy import to_markdown
from sync.forms.cleaning import clean_sheets
from sync.forms.compiled_form import Form
from sync.forms.compiler import FormReading, read_tables
from sync.forms.sheets import BadCell, FormErrorReport, read_markdown
from tests.support import repository
from tests.support.corpus_forms import compiled_form, corpus_paths
from tests.support.xlsforms import compiled, q, xlsform

YES = "oui oui Oui\noui non Non"
TAKEN = 105  # of the 114 that stand in the corpus


def test_the_demonstrations_forms_need_no_cleaning() -> None:
    for path in repository.under("content/forms", ends=".md"):
        assert read_tables("essai", repository.text(path)).notices == (), path


def test_cleaning_twice_changes_nothing() -> None:
    text = xlsform(q("start", "s"), q("text", "a", "**Un** ${s} mot", relevant="${s} = ‘x’"), q("barcode", "b"))
    first = read_tables("essai", text)
    report = FormErrorReport("essai")
    sheets = read_markdown(to_markdown(first.sheets, ""), report)
    assert sheets
    clean_sheets(sheets, report)
    assert (report.errors, report.notices) == ([], [])


TOLD: list[tuple[str, list[dict[str, str]], str, tuple[str, int, str, str]]] = [
    ("a type of other tools", [q("text", "a"), q("barcode", "b")], "", ("survey", 3, "type", "type-replaced")),
    ("no label", [q("text", "a", "", hint="x")], "", ("survey", 2, "label", "label-missing")),
    (
        "an open pattern",
        [q("text", "a", constraint="regex(., '[0-9]+')")],
        "",
        ("survey", 2, "constraint", "pattern-open"),
    ),
    (
        "a column that choices lack",
        [q("select_one oui", "a", choice_filter="pays = 'ML'")],
        YES,
        ("survey", 2, "choice_filter", "column-unknown"),
    ),
    (
        "an appearance that changes answers",
        [q("image", "a", appearance="signature")],
        "",
        ("survey", 2, "appearance", "appearance-left-out"),
    ),
    ("markup", [q("text", "a", "**Votre** mot")], "", ("survey", 2, "label", "markup-left-out")),
    ("HTML", [q("text", "a", "<b>Votre</b> mot")], "", ("survey", 2, "label", "markup-left-out")),
    (
        "media that is not here",
        [{"type": "text", "name": "a", "label": "x", "media::image": "x.png"}],
        "",
        ("survey", 2, "media::image", "media-missing"),
    ),
    (
        "a guidance hint",
        [{"type": "text", "name": "a", "label": "x", "guidance_hint": "y"}],
        "",
        ("survey", 2, "guidance_hint", "column-left-out"),
    ),
    (
        "a trigger",
        [{"type": "text", "name": "a", "label": "x", "trigger": "${a}"}],
        "",
        ("survey", 2, "trigger", "column-left-out"),
    ),
    (
        "a body attribute",
        [{"type": "text", "name": "a", "label": "x", "body::accuracyThreshold": "5"}],
        "",
        ("survey", 2, "body::accuracyThreshold", "column-left-out"),
    ),
    (
        "a default that is no answer",
        [q("date", "a", default="24/11/2026")],
        "",
        ("survey", 2, "default", "default-left-out"),
    ),
    ("metadata", [q("text", "a"), q("start", "start")], "", ("survey", 3, "type", "row-left-out")),
    ("a video", [q("text", "a"), q("video", "v")], "", ("survey", 3, "type", "row-left-out")),
    (
        "what is said of a row that is left out",
        [q("deviceid", "d"), q("text", "a", "Vous êtes ${d}", relevant="${d} != ''")],
        "",
        ("survey", 3, "relevant", "reference-left-out"),
    ),
    (
        "curved quotes",
        [q("text", "a", relevant="‘oui’ = “oui”")],
        "",
        ("survey", 2, "relevant", "quotes-straightened"),
    ),
    (
        "a row that is switched off",
        [q("text", "a"), q("text", "b") | {"disabled": "yes"}],
        "",
        ("survey", 3, "type", "row-left-out"),
    ),
    (
        "a text that the form's language lacks",
        [
            {"type": "text", "name": "a", "label::Français (fr)": "Un", "label::English (en)": "One"},
            {"type": "text", "name": "b", "label::English (en)": "Two"},
        ],
        "",
        ("survey", 3, "label::English (en)", "text-untranslated"),
    ),
    (
        "a loop",
        [q("begin loop over oui", "l"), q("integer", "n", "Combien de %(label)s ?"), q("end loop", "")],
        YES,
        ("survey", 2, "type", "loop-written-out"),
    ),
    (
        "a filter of a question without a list",
        [q("text", "a", choice_filter="1 = 1")],
        "",
        ("survey", 2, "choice_filter", "filter-left-out"),
    ),
    (
        "a group without questions",
        [q("text", "a"), q("begin group", "g"), q("end group", "")],
        "",
        ("survey", 3, "type", "block-empty"),
    ),
    (
        "a range",
        [{"type": "range", "name": "a", "label": "x", "parameters": "start=0 end=10 step=2"}],
        "",
        ("survey", 2, "type", "type-replaced"),
    ),
]


@pytest.mark.parametrize(("why", "survey", "choices", "notice"), TOLD, ids=[case[0] for case in TOLD])
def test_what_does_not_serve_is_left_out_and_told_at_its_place(
    why: str, survey: list[dict[str, str]], choices: str, notice: tuple[str, int, str, str]
) -> None:
    reading = read_tables("essai", xlsform(*survey, choices=choices))
    assert notice in [(at.cell.sheet, at.cell.row, at.cell.column, at.code) for at in reading.notices]
    for told in reading.notices:
        told.text()  # raises KeyError if a placeholder has no value


def test_the_clean_copy_means_the_same() -> None:
    for _, survey, choices, _ in TOLD:
        reading = read_tables("essai", xlsform(*survey, choices=choices))
        again = read_tables("essai", to_markdown(reading.sheets, ""))
        assert again.form == reading.form


def test_a_loop_becomes_a_group_for_each_choice() -> None:
    form = compiled(
        q("begin loop over oui", "l", "Réponses"),
        q("integer", "n", "Combien de %(label)s ?"),
        q("end loop", ""),
        choices=YES,
    )
    [loop] = form["items"]
    assert (loop["group"], loop["label"]) == ("l", {"fr": "Réponses"})
    names = [
        (group["group"], [(inner["q"], inner["label"]["fr"]) for inner in group["items"]]) for group in loop["items"]
    ]
    assert names == [("oui", [("n", "Combien de Oui ?")]), ("non", [("non.n", "Combien de Non ?")])]


def test_one_name_in_two_groups_is_told_apart_by_the_group() -> None:
    form = compiled(
        q("begin group", "a"),
        q("integer", "n"),
        q("end group", ""),
        q("begin group", "b"),
        q("integer", "n"),
        q("text", "t"),
        q("end group", ""),
    )
    first, second = form["items"]
    assert [item["q"] for item in (*first["items"], *second["items"])] == ["n", "b.n", "t"]


def test_a_choice_may_stand_twice_where_a_filter_tells_them_apart() -> None:
    form = compiled(
        q("select_one oui", "pays"),
        q("select_one ville", "ville", choice_filter="pays = ${pays}"),
        choices=f"{YES}\nville autre Autre pays=oui\nville autre Autre pays=non\nville autre Encore pays=non",
        settings={"allow_choice_duplicates": "yes"},
    )
    assert form["v"] == 2, "apps of release 0.1.0 ask for an update"
    assert len(form["choices"]["ville"]) == 2, "the third says what the second says"
    for answers in ({"pays": "oui", "ville": "autre"}, {"pays": "non", "ville": "autre"}):
        assert check_answers(Form(form), answers, "2026-11-24") is None


@pytest.mark.soak
def test_most_forms_of_others_are_taken_and_each_refusal_names_its_place() -> None:
    paths = corpus_paths()
    taken, refusals = 0, []
    for path in paths:
        try:
            compiled_form(path)
            taken += 1
        except BadFolder as refused:
            refusals += [(path.name, error) for error in refused.errors]
    sys.stderr.write(f"{taken} of {len(paths)} forms of the corpus taken\n")
    sys.stderr.writelines(f"  {name}: {error.text()}\n" for name, error in refusals)
    assert not paths or taken >= TAKEN
    assert all(isinstance(error, BadCell) and error.cell.sheet for _, error in refusals)


def test_a_record_is_named_by_its_form_or_the_author_is_told_why_not() -> None:
    def named(formula: str) -> FormReading:
        settings = {"form_title": "Ménage", "form_id": "menage", "instance_name": formula}
        return read_tables("menage", xlsform(q("text", "chef", "Qui ?"), q("integer", "n", "?"), settings=settings))

    taken = named("concat(${chef}, ' ', ${n})")
    assert taken.form["instance_name"] == ["concat", ["$", "chef"], " ", ["$", "n"]]
    assert not taken.notices
    told = named("uuid()")
    assert "instance_name" not in told.form
    assert [(notice.code, notice.cell.column) for notice in told.notices] == [("record-name-left-out", "instance_name")]
