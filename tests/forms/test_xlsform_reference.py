"""XLSForms as other tools accept them: each feature that XLSForm's reference documents, with its result here.

The tables are our own and exercise the features of public sample forms. A form means here what it means elsewhere,
or it is refused by sheet, row and column.
"""

from __future__ import annotations

from typing import Any

import pytest

from sync.errors import BadFolder
from sync.forms.answer_checks import check_answers
from sync.forms.compiled_form import Form
from sync.forms.compiler import compile_markdown, read_tables
from sync.forms.sheets import BadCell

YES_NO = """
| choices |
| | list name | name | label |
| | yes_no | yes | Yes |
| | yes_no | no | No |
"""


def compiled(tables: str) -> dict[str, Any]:
    return compile_markdown("essai", tables)


def refused(tables: str) -> list[tuple[str, int, str, str]]:
    with pytest.raises(BadFolder) as caught:
        compiled(tables)
    positions = []
    for error in caught.value.errors:
        assert isinstance(error, BadCell)
        positions.append((error.cell.sheet, error.cell.row, error.cell.column, error.code))
    return positions


def first_failure(tables: str, answers: dict[str, Any]) -> str:
    """The code of the first failure, with the name of the question; empty if the answers are valid."""
    failure = check_answers(Form(compiled(tables)), answers, "2026-11-24", 0)
    return f"{failure.code} {failure.name}" if failure else ""


def test_older_spellings_of_types_and_headings_mean_what_they_meant() -> None:
    form = compiled(
        """
| survey |
| | Type | Name | Caption | Relevance | Constraint | Constraining message |
| | select one from yes_no | well | Are you well? | | | |
| | select all that apply from ills | ills | Which? | selected(${well}, 'no') | count-selected(.) < 3 | Two at most |
| | int | age | Age? | | . > 0 | |
| | string | what | What? | | | |
| | gps | where | Where? | | | |
| | photo | pic | A picture | | | |
| choices |
| | list name | name | caption |
| | yes_no | yes | Yes |
| | yes_no | no | No |
| | ills | fever | Fever |
| | ills | cough | Cough |
| | ills | pain | Pain |
"""
    )
    assert [(item["q"], item["type"]) for item in form["items"]] == [
        ("well", "select_one"),
        ("ills", "select_multiple"),
        ("age", "integer"),
        ("what", "text"),
        ("where", "geopoint"),
        ("pic", "image"),
    ]
    ills = form["items"][1]
    assert ills["relevant"] == ["selected", ["$", "well"], "no"]
    assert ills["constraint"] == ["<", ["count-selected", ["."]], 3]
    assert ills["constraint_message"] == {"fr": "Two at most"}


HOUSEHOLD = (
    """
| survey |
| | type | name | label | repeat_count | relevant | calculation | constraint | appearance |
| | integer | people | How many live here? | | | | . >= 1 and . <= 20 | |
| | begin repeat | person | Person | ${people} | | | | field-list |
| | text | who | Name? | | | | | |
| | integer | years | How old is ${who}? | | | | . >= 0 | |
| | begin group | school | School | | ${years} >= 6 and ${years} < 18 | | | |
| | select_one yes_no | goes | Does ${who} go to school? | | | | | |
| | end group | | | | | | | |
| | calculate | minor | | | | if(${years} < 18, 1, 0) | | |
| | calculate | place | | | | position(..) | | |
| | end repeat | | | | | | | |
| | calculate | minors | | | | sum(${minor}) | | |
| | calculate | eldest | | | | max(${years}) | | |
| | calculate | first | | | | indexed-repeat(${who}, ${person}, 1) | | |
| | note | told | ${minors} of ${people} are minors. | | | | | |
"""
    + YES_NO
)


def test_a_household_with_its_people_a_group_that_depends_on_one_of_them_and_totals() -> None:
    person = {"who": "Awa", "years": 40, "minor": "0", "place": "1"}
    child = {"who": "Ali", "years": 7, "goes": "yes", "minor": "1", "place": "2"}
    whole = {"people": 2, "person": [person, child], "minors": "1", "eldest": "40", "first": "Awa"}
    assert first_failure(HOUSEHOLD, whole) == ""
    assert first_failure(HOUSEHOLD, whole | {"person": [person]}) == "answer-count person"
    assert first_failure(HOUSEHOLD, whole | {"person": [person | {"goes": "no"}, child]}) == "answer-irrelevant goes"
    assert first_failure(HOUSEHOLD, whole | {"minors": "2"}) == "answer-calculation minors"
    assert first_failure(HOUSEHOLD, whole | {"people": 21}) == "answer-constraint people"


CASCADE = """
| survey |
| | type | name | label | choice_filter |
| | select_one state | state | State? | |
| | select_one county | county | County? | state=${state} |
| | select_multiple city | city | Cities? | state=${state} and county=${county} |
| choices |
| | list_name | name | label | state | county |
| | state | texas | Texas | | |
| | state | washington | Washington | | |
| | county | king | King | washington | |
| | county | cameron | Cameron | texas | |
| | city | seattle | Seattle | washington | king |
| | city | redmond | Redmond | washington | king |
| | city | brownsville | Brownsville | texas | cameron |
"""


def test_a_cascade_of_three_levels_offers_only_what_follows_from_the_answers() -> None:
    assert first_failure(CASCADE, {"state": "washington", "county": "king", "city": ["seattle", "redmond"]}) == ""
    assert first_failure(CASCADE, {"state": "texas", "county": "king"}) == "answer-choice county"
    assert (
        first_failure(CASCADE, {"state": "washington", "county": "king", "city": ["seattle", "brownsville"]})
        == "answer-choice city"
    )
    assert [choice["name"] for choice in compiled(CASCADE)["choices"]["city"]] == ["seattle", "redmond", "brownsville"]


def test_each_text_keeps_its_languages_and_its_values() -> None:
    form = compiled(
        """
| survey |
| |type|name|label::English|label::fr|hint:fr|required|requiredMsg:fr|constraint|constraint_message:en|constraintMsg:fr|
| | integer | n | How many? | Combien ? | Un nombre | true() | Il le faut. | . < 10 | Too many | Trop |
| | note | m | You said ${n} | Vous dites ${n} | | | | | | |
| | select_one yes_no | ok | Right? | Juste ? | | yes | | | | |
| choices |
| | list_name | name | label::English (en) | label::Français (fr) |
| | yes_no | yes | Yes | Oui |
| settings |
| | default_language | form_title |
| | Français (fr) | Essai |
"""
    )
    first, note, last = form["items"]
    assert form["languages"] == ["fr", "en"]
    assert first["required_message"] == {"fr": "Il le faut."}
    assert first["constraint_message"] == {"en": "Too many", "fr": "Trop"}
    assert (first["required"], last["required"]) == (True, True)
    assert note["label"] == {"en": ["You said ", ["$", "n"]], "fr": ["Vous dites ", ["$", "n"]]}
    assert form["choices"]["yes_no"] == [{"name": "yes", "label": {"en": "Yes", "fr": "Oui"}}]


OTHER = """
| survey |
| | type | name | label | required |
| | select_one fruit or specify other | fruit | Your fruit? | yes |
| | select_multiple fruit or_other | fruits | All of them? | |
| choices |
| | list_name | name | label |
| | fruit | mango | Mango |
| | fruit | other | Another kind |
"""


def test_or_other_asks_what_the_other_is_and_only_then() -> None:
    assert first_failure(OTHER, {"fruit": "other", "fruit_other": "Néré"}) == ""
    assert first_failure(OTHER, {"fruit": "mango", "fruit_other": "Néré"}) == "answer-irrelevant fruit_other"
    assert first_failure(OTHER, {"fruit": "mango", "fruits": ["mango", "other"], "fruits_other": "Zaban"}) == ""
    assert [choice["label"] for choice in compiled(OTHER)["choices"]["fruit"]] == [
        {"fr": "Mango"},
        {"fr": "Another kind"},
    ]


NUTRITION = """
| survey |
| | type | name | label | calculation | constraint | constraint_message | default | required | readonly |
| | date | visit | Day of the visit | | . <= today() | Not in the future | today() | yes | |
| | date | birth | Born on | | . < ${visit} | Before the visit | | yes | |
| | decimal | weight | Weight (kg) | | . > 0.5 and . < 60 | | | yes | |
| | decimal | height | Height (cm) | | . >= 30 | | | yes | |
| | calculate | months | | int((decimal-date-time(${visit}) - decimal-date-time(${birth})) div 30.4375) | | | | | |
| | calculate | index | | round(${weight} div pow(${height} div 100, 2), 1) | | | | | |
| | calculate | word | | if(${index} < 16, 'thin', if(${index} < 25, 'well', 'heavy')) | | | | | |
| | text | card | Card number | | regex(., '^[A-Z]{2}-[0-9]{4}$') | Two letters, four digits | | | |
| | integer | seen | Seen | string-length(${card}) | | | | | yes |
"""


def test_dates_numbers_and_patterns_are_computed_as_the_odk_specification_says() -> None:
    good = {
        "visit": "2026-11-24",
        "birth": "2024-11-24",
        "weight": "11.5",
        "height": "85",
        "months": "23",
        "index": "15.9",
        "word": "thin",
        "card": "ML-0042",
        "seen": 7,
    }
    assert first_failure(NUTRITION, good) == ""
    assert first_failure(NUTRITION, good | {"visit": "2026-11-25"}) == "answer-constraint visit"
    assert first_failure(NUTRITION, good | {"birth": "2026-11-24"}) == "answer-constraint birth"
    assert first_failure(NUTRITION, good | {"card": "ML-42"}) == "answer-constraint card"
    assert first_failure(NUTRITION, good | {"index": "15.92"}) == "answer-calculation index"
    assert compiled(NUTRITION)["items"][0]["default"] == {"is": ["today"]}


def test_repeats_inside_repeats_are_added_by_hand_or_counted() -> None:
    tables = """
| survey |
| | type | name | label | repeat_count |
| | begin repeat | village | Village | |
| | text | name_of | Name? | |
| | begin repeat | well | Well | 2 |
| | decimal | depth | Depth? | |
| | end repeat | | | |
| | calculate | deepest | | |
| | end repeat | | | |
"""
    assert refused(tables) == [("survey", 7, "calculation", "calculation-missing")]
    mended = tables.replace("| label | repeat_count |", "| label | repeat_count | calculation |").replace(
        "| | calculate | deepest | | |", "| | calculate | deepest | | | max(${depth}) |"
    )
    village = {"name_of": "Kita", "well": [{"depth": "3.5"}, {"depth": "12"}], "deepest": "12"}
    assert first_failure(mended, {"village": [village, {**village, "name_of": "Nioro"}]}) == ""
    assert (
        first_failure(mended, {"village": [{**village, "well": [{"depth": "3.5"}], "deepest": "3.5"}]})
        == "answer-count well"
    )
    assert first_failure(mended, {}) == ""


def test_a_grid_of_likert_questions_on_one_page() -> None:
    form = compiled(
        """
| survey |
| | type | name | label | appearance |
| | begin group | views | What do you think? | field-list |
| | select_one scale | radio | The radio helps. | likert |
| | select_one scale | town | The town hall answers. | minimal |
| | acknowledge | read | I have read this. | |
| | end group | | | |
| choices |
| | list_name | name | label |
| | scale | 1 | No |
| | scale | 2 | Yes |
"""
    )
    [group] = form["items"]
    assert (group["group"], group["page"]) == ("views", True)
    assert [(item["q"], item["type"], item.get("appearance")) for item in group["items"]] == [
        ("radio", "select_one", ["likert"]),
        ("town", "select_one", ["minimal"]),
        ("read", "acknowledge", None),
    ]


EVERY_WIDGET = """
| survey |
| | type | name | label | parameters | appearance | calculation |
| | start | start | | | | |
| | deviceid | device | | | | |
| | range | r | R | start=1 end=10 step=1 | | |
| | rank l | k | K | | | |
| | select_one_from_file towns.csv | t | T | | | |
| | select_multiple_from_file towns.geojson | u | U | | | |
| | geotrace | path | Way | | | |
| | geoshape | area | Field | | | |
| | barcode | bar | Code | | | |
| | video | film | Film | | | |
| | file | doc | File | | | |
| | csv-external | y | | | | |
| | hidden | h | | | | |
| | audit | audit | | | | |
| | image | sign | Signature | | signature | |
| | select_one l | found | L | | search('x') | |
| | calculate | c1 | | | | pulldata('x', 'y', 'z', ${r}) |
| | calculate | c2 | | | | once(today()) |
| | calculate | c3 | | | | uuid() |
| | text | near | Near | | | |
| choices |
| | list_name | name | label |
| | l | x | X |
"""


def test_what_every_widget_sample_holds_beyond_this_is_left_out_or_refused_row_by_row() -> None:
    errors = refused(EVERY_WIDGET)
    types = [row for sheet, row, column, code in errors if column == "type"]
    assert types == [5, 6, 7, 13], "what is no CSV, and a list whose file is missing, is refused, the others taken"
    assert ("survey", 6, "type", "list-file-missing") in errors
    assert ("survey", 17, "appearance", "list-file-missing") in errors
    assert [(row, code) for _, row, column, code in errors if column == "calculation"] == [
        (19, "function-unknown"),
        (20, "function-unknown"),
    ]
    assert len(errors) == 7, "and nothing else"


@pytest.mark.parametrize(
    ("tables", "places", "types"),
    [
        (
            (
                "| survey |\n| | type | name | label | choice_filter |\n| | text | region | Region? | |\n"
                "| | select_one_external towns | town | Town? | region=${region} |\n"
                "| external_choices |\n| | list_name | name | region |\n| | towns | a | x |\n"
            ),
            [("survey", 3, "type", "type-replaced"), ("external_choices", 2, "label", "label-missing")],
            ["text", "select_one"],
        ),
        (
            (
                "| survey |\n| | type | name | label | save_to |\n| | text | who | Who? | who |\n"
                "| entities |\n| | dataset | label |\n| | people | x |\n"
            ),
            [("entities", 0, "", "sheet-left-out"), ("survey", 2, "save_to", "column-left-out")],
            ["text"],
        ),
        (
            (
                "| survey |\n| | type | name | label |\n| | osm house | b | B |\n"
                "| osm |\n| | list name | name | label |\n| | house | name | x |\n"
            ),
            [("osm", 0, "", "sheet-left-out"), ("survey", 2, "type", "type-replaced")],
            ["text"],
        ),
    ],
    ids=["external choices", "entities", "osm"],
)
def test_sheets_of_other_tools_are_taken_or_left_out_and_told(
    tables: str, places: list[tuple[str, int, str, str]], types: list[str]
) -> None:
    reading = read_tables("essai", tables)
    assert [(at.cell.sheet, at.cell.row, at.cell.column, at.code) for at in reading.notices] == places
    assert [item["type"] for item in reading.form["items"]] == types


def test_a_block_of_unknown_kind_is_refused_where_it_stands() -> None:
    tables = "| survey |\n| | type | name | label |\n| | include | other | |\n| | text | a | A |\n"
    assert refused(tables) == [("survey", 2, "type", "type-unsupported")]


def test_a_slip_of_the_pen_in_a_heading_is_refused_and_not_taken_for_a_note_of_the_authors() -> None:
    tables = """
| survey |
| | type | name | label | relevent | requird | constraint message | my notes |
| | text | who | Who? | 1 = 1 | yes | x | ask twice |
| chioces |
| | list_name | name | label |
| | a | b | c |
| settings |
| | form_titel | region |
| | Essai | south |
"""
    assert refused(tables) == [
        ("survey", 2, "relevent", "column-misspelt"),
        ("survey", 2, "requird", "column-misspelt"),
        ("settings", 2, "form_titel", "column-misspelt"),
    ]


def test_headings_and_sheets_in_capitals_are_the_same_and_a_type_in_capitals_is_no_type() -> None:
    tables = "| SURVEY |\n| | TYPE | NAME | LABEL |\n| | text | a | A? |\n"
    assert compiled(tables)["items"] == [{"q": "a", "type": "text", "label": {"fr": "A?"}}]
    assert refused(tables.replace("text", "Select_One YN")) == [("survey", 2, "TYPE", "type-unsupported")]


def test_a_list_of_both_sheets_is_two_lists() -> None:
    form = compile_markdown(
        "essai",
        "| survey |\n| | type | name | label |\n| | select_one c | a | A |\n| | select_one_external c | b | B |\n"
        "| choices |\n| | list_name | name | label |\n| | c | x | X |\n"
        "| external_choices |\n| | list_name | name | label |\n| | c | y | Y |\n",
    )
    lists = {item["q"]: [choice["name"] for choice in form["choices"][item["list"]]] for item in form["items"]}
    assert lists == {"a": ["x"], "b": ["y"]}
