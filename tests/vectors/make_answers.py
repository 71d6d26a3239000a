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


def main() -> None:
    save(
        "forms",
        {
            "forms": [form_case("foyer", FOYER)],
            "answers": [
                {"why": why, "form": "foyer", "day": DAY, "files": 1, "answers": answers, "failure": failure}
                for why, answers, failure in CASES
            ],
        },
    )


def form_case(name: str, form: FormJson) -> dict[str, Any]:
    return {"name": name, "compiled": form, "version": version_of(form), "text": form_text_lines(form)}


if __name__ == "__main__":
    main()
