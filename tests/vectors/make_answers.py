"""Write forms.json: `python -m tests.vectors.make_answers`. One form, with valid and invalid answers stated by hand."""

from __future__ import annotations

from typing import Any

from sync.forms.compiled_form import form_text_lines
from sync.forms.version import FormJson, version_of
from tests.support.xlsforms import compiled, q
from tests.vectors.make import save

DAY = "2026-11-24"
YES = "oui oui Oui\noui non Non\nmois jan Janvier\nmois fev Février\nmois mar Mars"
REGIONS = (
    "pays ML Mali\npays NE Niger\nregion ML-1 Kayes pays=ML\nregion ML-2 Koulikoro pays=ML\nregion NE-1 Agadez pays=NE"
)

FOYER = compiled(
    q(
        "text",
        "chef",
        "Qui parle ?",
        required="yes",
        constraint="string-length(.) <= 20",
        constraint_message="Plus court.",
    ),
    q("integer", "age", "Quel âge ?", constraint=". >= 0 and . <= 120", required="${chef} != 'inconnu'"),
    q("calculate", "majeur", "", calculation="if(${age} >= 18, 'oui', 'non')"),
    q("begin group", "adulte", "Adulte", relevant="${majeur} = 'oui'"),
    q("select_one pays", "pays", "Pays", required="yes"),
    q("select_one region", "region", "Région", choice_filter="pays = ${pays}"),
    q("select_multiple mois", "mois", "Quels mois ?", constraint="count-selected(.) <= 2"),
    q("end group", ""),
    q("begin repeat", "enfants", "Enfant"),
    q("text", "prenom", "Nom"),
    q("integer", "ans", "Âge", required="yes", constraint=". < ${age}"),
    q("begin repeat", "doses", "Dose", relevant="${ans} < 5", repeat_count="2"),
    q("decimal", "ml", "Millilitres"),
    q("calculate", "rang", "", calculation="concat(position(..), '/', ${prenom})"),
    q("end repeat", ""),
    q("end repeat", ""),
    q("calculate", "total", "", calculation="sum(${ans})"),
    q("date", "jour", "Quel jour ?", constraint=". <= today()"),
    q("time", "heure", "Heure ?"),
    q("datetime", "moment", "Moment ?"),
    q("geopoint", "ou", "Où ?"),
    q("acknowledge", "lu", "J’ai lu"),
    q("image", "photo", "Photo"),
    q("note", "fin", "Merci ${chef} !"),
    choices=f"{YES}\n{REGIONS}",
    settings={"sealed": "no"},
)

GOOD: dict[str, Any] = {
    "chef": "Awa Ɛ",
    "age": 40,
    "majeur": "oui",
    "pays": "ML",
    "region": "ML-1",
    "mois": ["jan", "mar"],
    "enfants": [
        {"prenom": "Bu", "ans": 3, "doses": [{"ml": "2.5", "rang": "1/Bu"}, {"rang": "2/Bu"}]},
        {"ans": 12},
    ],
    "total": "15",
    "jour": DAY,
    "heure": "08:30",
    "moment": "2026-11-24T08:30",
    "ou": "12.65 -8.00",
    "lu": True,
    "photo": 0,
}


def changed(**answers: Any) -> dict[str, Any]:
    """The valid answers with changes; None removes one."""
    return {name: value for name, value in (GOOD | answers).items() if value is not None}


def child(index: int, **answers: Any) -> dict[str, Any]:
    enfants = [dict(one) for one in GOOD["enfants"]]
    enfants[index] = {name: value for name, value in (enfants[index] | answers).items() if value is not None}
    return changed(enfants=enfants, total=str(sum(one.get("ans", 0) for one in enfants)))


# why, answers, failure
CASES: list[tuple[str, Any, list[Any] | None]] = [
    ("all is well", GOOD, None),
    ("only what must be there", {"chef": "inconnu", "majeur": "non", "total": "0"}, None),
    ("a required answer is missing", changed(chef=None), ["answer-missing", "chef"]),
    (
        "a required answer that depends on another",
        changed(age=None, majeur="non", pays=None, region=None, mois=None),
        ["answer-missing", "age"],
    ),
    ("an empty text", changed(chef=""), ["answer-form", "chef"]),
    ("a text too long for its constraint", changed(chef="x" * 21), ["answer-constraint", "chef"]),
    ("a number as text", changed(age="40"), ["answer-form", "age"]),
    ("a number with a fraction", changed(age=1.5), ["answer-form", "age"]),
    ("a number outside its constraint", changed(age=121), ["answer-constraint", "age"]),
    (
        "a calculation that was changed",
        changed(majeur="non", pays=None, region=None, mois=None),
        ["answer-calculation", "majeur"],
    ),
    ("a calculation left out", changed(total=None), ["answer-calculation", "total"]),
    ("a choice that is not in the list", changed(pays="FR"), ["answer-choice", "pays"]),
    ("a choice that the filter hides", changed(region="NE-1"), ["answer-choice", "region"]),
    ("choices out of order", changed(mois=["mar", "jan"]), ["answer-choice", "mois"]),
    ("a choice twice", changed(mois=["jan", "jan"]), ["answer-choice", "mois"]),
    ("no choice as an empty list", changed(mois=[]), ["answer-form", "mois"]),
    ("too many choices", changed(mois=["jan", "fev", "mar"]), ["answer-constraint", "mois"]),
    ("an answer inside what is irrelevant", changed(age=10, majeur="non"), ["answer-irrelevant", "pays"]),
    ("an answer to no question", changed(autre="x"), ["answer-unknown", "autre"]),
    ("an answer to a note", changed(fin="x"), ["answer-unknown", "fin"]),
    ("a group as an object", changed(adulte={"pays": "ML"}), ["answer-unknown", "adulte"]),
    ("a child older than its parent", child(1, ans=41), ["answer-constraint", "ans", 1]),
    ("a child without an age", child(1, ans=None), ["answer-missing", "ans", 1]),
    (
        "a counted repeat with one instance too few",
        child(0, doses=[{"ml": "2.5", "rang": "1/Bu"}]),
        ["answer-count", "doses", 0],
    ),
    (
        "an irrelevant repeat inside an instance",
        child(1, doses=[{"rang": "1/"}, {"rang": "2/"}]),
        ["answer-irrelevant", "doses", 1],
    ),
    (
        "a calculation inside an instance",
        child(0, doses=[{"rang": "1/Bu"}, {"rang": "1/Bu"}]),
        ["answer-calculation", "rang", 0, 1],
    ),
    (
        "a decimal with a needless zero",
        child(0, doses=[{"ml": "2.50", "rang": "1/Bu"}, {"rang": "2/Bu"}]),
        ["answer-form", "ml", 0, 0],
    ),
    ("a repeat that is no list", changed(enfants={"ans": 3}), ["answer-form", "enfants"]),
    ("a repeat without instances", changed(enfants=[], total="0"), ["answer-form", "enfants"]),
    ("a day that does not exist", changed(jour="2026-02-30"), ["answer-form", "jour"]),
    ("a day to come", changed(jour="2026-11-25"), ["answer-constraint", "jour"]),
    ("an hour that does not exist", changed(heure="24:00"), ["answer-form", "heure"]),
    ("a moment with seconds", changed(moment="2026-11-24T08:30:00"), ["answer-form", "moment"]),
    ("a place too exact", changed(ou="12.651 -8.001"), ["answer-form", "ou"]),
    ("a place outside the Earth", changed(ou="92.65 -8.00"), ["answer-form", "ou"]),
    ("an acknowledgement that is not", changed(lu=False), ["answer-form", "lu"]),
    ("an attachment that does not come with it", changed(photo=1), ["answer-form", "photo"]),
    ("no object", [], ["answer-form", ""]),
]


# A blank, a quotient, an irrelevant instance: what calculations meet in the field.
CALCULS = compiled(
    q("integer", "a", "Combien ?"),
    q("integer", "b", "Et combien ?"),
    q("calculate", "somme", "", calculation="${a} + ${b}"),
    q("decimal", "part", "Part", calculation="${a} div ${b}"),
    q("integer", "moitie", "Moitié", calculation="${a} div 2"),
    q("date", "echeance", "Échéance", calculation="date('2026-01-31') + ${a}", relevant="${a} != 4"),
    q("text", "suite", "Pourquoi ?", relevant="${somme} != ''"),
    q("begin repeat", "lots", "Lot"),
    q("integer", "q", "Combien ?"),
    q("calculate", "double", "", calculation="${q} * 2", relevant="${q} > 1"),
    q("end repeat", ""),
    q("calculate", "total", "", calculation="sum(${double})"),
    q("calculate", "nombre", "", calculation="count(${double})"),
    settings={"sealed": "no"},
)

CALCULATED: dict[str, Any] = {
    "a": 10,
    "b": 3,
    "somme": "13",
    "part": "3.333333333333334",
    "moitie": 5,
    "echeance": "2026-02-10",
    "suite": "ainsi",
    "lots": [{"q": 0}, {"q": 3, "double": "6"}],
    "total": "6",
    "nombre": "1",
}

# why, answers, failure
CALCULATIONS: list[tuple[str, Any, list[Any] | None]] = [
    ("values that their types round", CALCULATED, None),
    (
        "a blank makes no value and hides what asks for one",
        {"a": 7, "moitie": 3, "echeance": "2026-02-07", "total": "0", "nombre": "0"},
        None,
    ),
    (
        "a value by zero is none",
        {
            "a": 1,
            "b": 0,
            "somme": "1",
            "moitie": 0,
            "echeance": "2026-02-01",
            "suite": "x",
            "total": "0",
            "nombre": "0",
        },
        None,
    ),
    (
        "the fraction of an integer",
        CALCULATED | {"a": 9, "somme": "12", "part": "3", "moitie": 4, "echeance": "2026-02-09"},
        None,
    ),
    ("a quotient that was changed", CALCULATED | {"part": "3.4"}, ["answer-calculation", "part"]),
    ("a sum over what is irrelevant", CALCULATED | {"total": "7"}, ["answer-calculation", "total"]),
    (
        "as an app of release 0.1.0 writes it",
        {
            "a": 4,
            "b": 2,
            "somme": "6",
            "part": "2",
            "moitie": 2,
            "suite": "x",
            "lots": [{"q": 0}, {"q": 3, "double": "6"}],
            "total": "NaN",
            "nombre": "2",
        },
        None,
    ),
    ("half as that app writes it", CALCULATED | {"total": "NaN"}, ["answer-calculation", "total"]),
]

# A list with columns, of which a question takes rows and calculations cells.
VILLAGES = compiled(
    q("select_one pays", "pays", "Pays"),
    q("select_one village", "village", "Village", choice_filter="pays = ${pays}"),
    q("calculate", "puits", "", calculation="instance('village')/root/item[name = ${village}]/puits"),
    q("calculate", "chef", "", calculation="instance('chefs')/root/item[code = concat('c-', ${village})]/nom"),
    q("text", "lequel", "Lequel ?", relevant="${puits} > 2"),
    q("calculate", "dit", "", calculation="instance('village')/root/item[puits = '2']/label"),
    choices=(
        "pays ML Mali\npays NE Niger\nvillage v1 Nara pays=ML puits=2\nvillage v2 Kita pays=ML puits=3\n"
        "village v3 Diffa pays=NE\nchefs 1 1 code=c-v1 nom=Awa\nchefs 2 2 code=c-v3 nom=Bu\nchefs 3 3 code=c-v3 nom=Ami"
    ),
    settings={"sealed": "no"},
)
VILLAGE: dict[str, Any] = {"pays": "ML", "village": "v1", "puits": "2", "chef": "Awa", "dit": "Nara"}

# why, answers, failure
LOOKUPS: list[tuple[str, Any, list[Any] | None]] = [
    ("cells of the row that was taken", VILLAGE, None),
    (
        "a cell that makes a question relevant, and a list without that row",
        {"pays": "ML", "village": "v2", "puits": "3", "lequel": "Au nord", "dit": "Nara"},
        None,
    ),
    (
        "an empty cell, and the first of two rows with one key",
        {"pays": "NE", "village": "v3", "chef": "Bu", "dit": "Nara"},
        None,
    ),
    ("nothing taken", {"dit": "Nara"}, None),
    (
        "the second of two rows with one key",
        {"pays": "NE", "village": "v3", "chef": "Ami", "dit": "Nara"},
        ["answer-calculation", "chef"],
    ),
    ("another row's cell", VILLAGE | {"puits": "3", "lequel": "x"}, ["answer-calculation", "puits"]),
    ("a row that the filter hides", VILLAGE | {"pays": "NE"}, ["answer-choice", "village"]),
]


# Rankings and lines, which release 0.1.0 did not know.
PARCELLE = compiled(
    q("rank mois", "ordre", "Dans quel ordre ?", constraint="selected-at(., 0) != 'mar'"),
    q("rank mois", "reste", "Et ceux-ci ?", choice_filter="name != ${premier}"),
    q("calculate", "premier", "", calculation="selected-at(${ordre}, 0)"),
    q("geotrace", "chemin", "Par où ?"),
    q("geoshape", "champ", "Quel champ ?"),
    choices=YES,
    settings={"sealed": "no"},
)

DRAWN: dict[str, Any] = {
    "ordre": ["fev", "jan"],
    "reste": ["mar", "jan"],
    "premier": "fev",
    "chemin": "12.65 -8.00;12.66 -8.00;12.65 -8.00",
    "champ": "12.65 -8.00;12.66 -8.00;12.66 -8.01;12.65 -8.00",
}

# why, answers, failure
DRAWINGS: list[tuple[str, Any, list[Any] | None]] = [
    ("a ranking in the person's order, and lines", DRAWN, None),
    ("nothing ranked and nothing drawn", {}, None),
    ("a choice with two ranks", DRAWN | {"ordre": ["fev", "fev"]}, ["answer-choice", "ordre"]),
    ("a rank for a choice that is not in the list", DRAWN | {"ordre": ["fev", "mai"]}, ["answer-choice", "ordre"]),
    ("a rank for a choice that the filter hides", DRAWN | {"reste": ["mar", "fev"]}, ["answer-choice", "reste"]),
    ("a first rank against the constraint", DRAWN | {"ordre": ["mar"]}, ["answer-constraint", "ordre"]),
    ("no rank as an empty list", DRAWN | {"ordre": []}, ["answer-form", "ordre"]),
    ("a line of one point", DRAWN | {"chemin": "12.65 -8.00"}, ["answer-form", "chemin"]),
    ("a point twice in a row", DRAWN | {"chemin": "12.65 -8.00;12.65 -8.00"}, ["answer-form", "chemin"]),
    ("a line too exact", DRAWN | {"chemin": "12.651 -8.00;12.66 -8.00"}, ["answer-form", "chemin"]),
    ("a line with blanks", DRAWN | {"chemin": "12.65 -8.00; 12.66 -8.00"}, ["answer-form", "chemin"]),
    (
        "a line of 200 points",
        DRAWN | {"chemin": ";".join(f"{number % 2}.00 0.00" for number in range(200))},
        None,
    ),
    (
        "a line of 201 points",
        DRAWN | {"chemin": ";".join(f"{number % 2}.00 0.00" for number in range(201))},
        ["answer-form", "chemin"],
    ),
    ("an outline that is open", DRAWN | {"champ": "12.65 -8.00;12.66 -8.00;12.66 -8.01"}, ["answer-form", "champ"]),
    (
        "an outline of one line",
        DRAWN | {"champ": "12.65 -8.00;12.66 -8.00;12.65 -8.00"},
        ["answer-form", "champ"],
    ),
]

# type, value, the answer's text
VALUES: list[tuple[str, Any, str]] = [
    ("text", "", ""),
    ("text", {"number": "NaN"}, ""),
    ("text", {"number": "Infinity"}, ""),
    ("text", {"number": "0.1"}, "0.1"),
    ("text", True, "true"),
    ("text", ["un", "deux"], "un"),
    ("text", "x" * 10_001, "x" * 10_000),
    ("text", "\U0001f600" * 10_001, "\U0001f600" * 10_000),
    ("text", "NaN", "NaN"),
    ("calculate", {"number": "-Infinity"}, ""),
    ("integer", {"number": "2.5"}, "2"),
    ("integer", {"number": "-2.5"}, "-2"),
    ("integer", {"number": "-0.5"}, "0"),
    ("integer", {"number": "9007199254740991"}, "9007199254740991"),
    ("integer", {"number": "9007199254740992"}, ""),
    ("integer", {"number": "NaN"}, ""),
    ("integer", "12", "12"),
    ("integer", "douze", ""),
    ("integer", False, "0"),
    ("decimal", {"number": "3.3333333333333335"}, "3.333333333333334"),
    ("decimal", {"number": "0.30000000000000004"}, "0.3"),
    ("decimal", {"number": "-0.30000000000000004"}, "-0.3"),
    ("decimal", {"number": "1e-20"}, "0"),
    ("decimal", {"number": "-1e-20"}, "0"),
    ("decimal", {"number": "1e16"}, "10000000000000000"),
    ("decimal", {"number": "1e17"}, ""),
    ("decimal", {"number": "-1e16"}, ""),
    ("decimal", {"number": "9.9999999999999995e14"}, "1000000000000000"),
    ("decimal", {"number": "99.99999999999999"}, "99.99999999999999"),
    ("decimal", {"number": "NaN"}, ""),
    ("decimal", {"number": "-Infinity"}, ""),
    ("decimal", "1.50", "1.5"),
    ("decimal", "beaucoup", ""),
    ("date", {"number": "20000.9"}, "2024-10-04"),
    ("date", "2024-10-04T08:30", "2024-10-04"),
    ("date", "2024-10-04T", ""),
    ("date", "demain", ""),
    ("date", {"number": "1e30"}, ""),
    ("time", "08:30:59", "08:30"),
    ("time", "2024-10-04T08:30", "08:30"),
    ("time", "2024-10-04", ""),
    ("time", {"number": "0.5"}, ""),
    ("datetime", "2024-10-04T08:30:59", "2024-10-04T08:30"),
    ("datetime", "2024-10-04", "2024-10-04T00:00"),
    ("datetime", "08:30", ""),
    ("datetime", {"number": "20000.5"}, "2024-10-04T12:00"),
    ("datetime", {"number": "-0.25"}, "1969-12-31T18:00"),
    ("datetime", {"number": "NaN"}, ""),
]


def main() -> None:
    forms = {"foyer": FOYER, "calculs": CALCULS, "villages": VILLAGES, "parcelle": PARCELLE}
    all_cases = {"foyer": CASES, "calculs": CALCULATIONS, "villages": LOOKUPS, "parcelle": DRAWINGS}
    save(
        "forms",
        {
            "forms": [form_case(name, form) for name, form in forms.items()],
            "answers": [
                {"why": why, "form": form, "day": DAY, "files": 1, "answers": answers, "failure": failure}
                for form, cases in all_cases.items()
                for why, answers, failure in cases
            ],
            "values": [{"type": name, "value": value, "text": text} for name, value, text in VALUES],
        },
    )


def form_case(name: str, form: FormJson) -> dict[str, Any]:
    return {"name": name, "compiled": form, "version": version_of(form), "text": form_text_lines(form)}


if __name__ == "__main__":
    main()
