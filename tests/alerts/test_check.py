"""The checks before an alert is sent: places, dates, languages, references, length."""

from __future__ import annotations

import datetime
from dataclasses import replace
from typing import Any

import pytest

from sync.alerts.alert import Alert, AlertInfo
from sync.alerts.alert_file import read_alert
from sync.alerts.check import find_issues, require_sendable
from sync.alerts.issue import IssueLevel
from sync.alerts.named_persons import find_person
from sync.errors import BadFolder
from tests.support import site_texts
from tests.support.sample_alerts import ALERT, ALERT_YAML, CANCEL, FRENCH, LIBRARY, UPDATE, library_with

NOW = datetime.datetime(2026, 11, 24, 12, tzinfo=datetime.UTC)


def codes(alert: Alert, *stored: Alert, level: IssueLevel = IssueLevel.STOP) -> list[str]:
    return [issue.code for issue in find_issues(alert, library_with(*stored), NOW) if issue.level is level]


def advice(alert: Alert, *stored: Alert) -> list[str]:
    return codes(alert, *stored, level=IssueLevel.ADVICE)


def test_a_good_alert_has_no_problem() -> None:
    assert codes(ALERT) == []
    assert codes(UPDATE, ALERT) == []


@pytest.mark.parametrize(
    ("alert", "stored", "code"),
    [
        (replace(ALERT, geocode=("NE-1",)), (), "place-unknown"),
        (replace(ALERT, geocode=("ML-99",)), (), "place-unknown"),
        (replace(ALERT, expires="2026-11-24T12:00:00Z"), (), "alert-over"),
        (replace(ALERT, expires="2027-11-24T12:00:00Z"), (), "alert-lasting"),
        (replace(ALERT, info={"bm": FRENCH}), (), "alert-language"),
        (replace(ALERT, topic="absent"), (), "topic-unknown"),
        (UPDATE, (), "alert-unknown"),
        (replace(CANCEL, references=("crue-bani-1",)), (ALERT, UPDATE), "alert-replaced"),
        (UPDATE, (replace(ALERT, status="Exercise"),), "alert-status"),
        (replace(UPDATE, references=(ALERT.slug, "feu")), (ALERT, replace(ALERT, slug="feu")), "alert-stories"),
    ],
)
def test_what_keeps_an_alert_from_being_sent(alert: Alert, stored: tuple[Alert, ...], code: str) -> None:
    assert codes(alert, *stored) == [code]


def test_a_cancel_may_come_after_the_end() -> None:
    assert codes(replace(CANCEL, expires="2026-11-24T11:00:00Z"), ALERT, UPDATE) == []


def test_a_text_too_long_for_one_message_is_named_with_its_line() -> None:
    long = AlertInfo("Titre", "ɲ" * 1999, "Crue", "Allez.")
    read = read_alert(ALERT_YAML.replace("L’eau monte vite.", "ɲ" * 1999).encode(), "crue.yaml")
    with pytest.raises(BadFolder) as caught:
        require_sendable(read.alert, LIBRARY, NOW, "crue.yaml", read.node)
    assert [(error.line, error.code, error.path) for error in caught.value.errors] == [
        (12, "alert-too-long", "crue.yaml")
    ]
    assert codes(replace(ALERT, info={"fr": FRENCH, "bm": long})) == ["alert-too-long"]


DEADLY = replace(ALERT, severity="Extreme")
END = replace(CANCEL, references=(DEADLY.slug,))


def french(**texts: str) -> dict[str, AlertInfo]:
    return {"fr": replace(FRENCH, **texts)}


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"responseType": ("Evacuate",)}, "cancel-orders"),
        ({"info": {**END.info, "fr": replace(END.info["fr"], instruction="Revenez.")}}, "cancel-orders"),
        ({"info": {**END.info, "fr": replace(END.info["fr"], description="Quittez les rives.")}}, "cancel-orders"),
        ({"info": {**END.info, "fr": replace(END.info["fr"], description="Prenez les bêtes !")}}, "cancel-orders"),
        ({"info": {"fr": END.info["fr"]}}, "alert-language-dropped"),
    ],
)
def test_what_the_end_of_a_deadly_danger_must_not_do_stops_it_and_is_advice_elsewhere(
    change: dict[str, Any], code: str
) -> None:
    assert codes(END, DEADLY) == []
    assert codes(replace(END, **change), DEADLY) == [code]
    assert codes(replace(END, **change), ALERT) == []
    assert advice(replace(END, **change), ALERT) == [code]


@pytest.mark.parametrize(
    "text",
    [
        "Le danger est passé. Rentrez chez vous et écoutez la radio.",
        "L’eau baisse. Si vous quittez un abri, emportez vos papiers.",
        "Vous montez encore sur les toits ? Ce n’est plus la peine.",
    ],
)
def test_the_end_of_an_alert_may_say_what_one_can_do_again(text: str) -> None:
    assert codes(replace(END, info={**END.info, "fr": replace(END.info["fr"], description=text)}), DEADLY) == []


@pytest.mark.parametrize(
    "alert", [ALERT, DEADLY, replace(DEADLY, status="Exercise"), END], ids=lambda alert: alert.slug
)
def test_without_a_place_nothing_is_sent_and_everywhere_is_each_country_by_name(alert: Alert) -> None:
    assert codes(replace(alert, geocode=()), DEADLY) == ["alert-no-place"]
    assert codes(replace(alert, geocode=("ML", "BF")), DEADLY) == []


def test_a_deadly_alert_leaves_in_the_languages_of_the_last_message_alone() -> None:
    assert codes(replace(UPDATE, info={"fr": FRENCH}), ALERT) == ["alert-language-dropped"]
    french_since = replace(UPDATE, info={"fr": FRENCH}, slug="crue-bani-4", references=("crue-bani-2",))
    assert codes(french_since, ALERT, replace(UPDATE, info={"fr": FRENCH})) == []


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"expires": "2026-11-25T13:00:00Z"}, "alert-long"),
        ({"info": french(instruction="Montez vers les hauteurs avec les enfants. " * 4)}, "alert-sms-cut"),
        ({"info": french(description="Voyez meteo.ml/crue")}, "alert-link"),
        ({"info": french(description="M. Traoré a vu l’eau.")}, "alert-person"),
        ({"info": french(description="L’eau monte, " + "et monte " * 9)}, "alert-sentence-long"),
        (
            {
                "info": french(
                    description="Inondations exceptionnelles susceptibles de perturbations dans les agglomérations."
                )
            },
            "alert-hard-to-read",
        ),
    ],
)
def test_what_is_advised_and_stops_nothing(change: dict[str, Any], code: str) -> None:
    alert = replace(DEADLY, **{"expires": "2026-11-25T11:00:00Z", "info": {"fr": FRENCH}} | change)
    assert codes(alert) == []
    assert advice(alert) == [code]
    assert advice(replace(DEADLY, expires="2026-11-25T11:00:00Z", info={"fr": FRENCH})) == []


def test_each_finding_says_what_to_do() -> None:
    bad = replace(
        END,
        geocode=(),
        responseType=("Evacuate",),
        info={"fr": AlertInfo("Quittez meteo.ml", "Mme Diallo dit : " + "fuyez " * 40, "Crue", "Partez.")},
    )
    issues = list(find_issues(bad, library_with(DEADLY), NOW))
    assert {issue.code for issue in issues} >= {"alert-no-place", "cancel-orders", "alert-person", "alert-link"}
    assert [issue.code for issue in issues if not issue.hint or not issue.steps] == []


@pytest.mark.parametrize(
    ("text", "person"),
    [
        ("Le colonel Diarra arrive.", "colonel Diarra"),
        ("Le nommé Issa Diallo est cherché.", "nommé Issa Diallo"),
        ("Moussa Keïta est tombé.", "Moussa Keïta"),
        ("Iyad Ag Ghaly", "Iyad Ag Ghaly"),
        ("Le stade Modibo Keïta est fermé.", ""),
        ("Le commandant de la zone parle.", ""),
        ("Le Bani déborde près de San. Mopti est prévenue.", ""),
    ],
)
def test_a_person_is_told_from_a_place(text: str, person: str) -> None:
    assert find_person(text, ()) == person


def test_no_text_of_the_site_is_taken_for_a_persons_name() -> None:
    assert [match for writing in site_texts.written() if (match := find_person(writing.text, ()))] == []
