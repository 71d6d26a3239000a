"""Recommendations: a page says who decides and what was answered; nothing is shown that was not written down."""

from __future__ import annotations

from dataclasses import replace

import pytest

from sync.content.schemas import from_fields, to_fields
from sync.documents.recommendation import DecisionAnswer, Recommendation, Sending
from sync.documents.review import Review
from sync.documents.sources import Source
from sync.errors import BadContent
from sync.rendering.render import Assets, render
from tests.support.sample_library import LIBRARY, pages, with_guides

ASKED = Recommendation(
    "affiche",
    "fr",
    "Afficher les bureaux",
    "Nous demandons d’afficher les [étapes](guide:compte).",
    "Mairie",
    "Aucun nom de plaignant ne doit paraître.",
    deadline="2027-01-01",
    proposed="2023-06-09",
)
ANSWER = DecisionAnswer("2026-12-20", "C’est affiché.", letter="2026-12-18")
ENGLISH = replace(
    ASKED, lang="en", title="Put the offices up", asked_of="Town hall", reviewed=Review("R", "2026-12-01")
)


def with_recommendations(*recommendations: Recommendation, channel: str = "fr-ML") -> dict[str, str]:
    by_name = {(each.slug, each.lang): each for each in recommendations}
    rendered = pages(replace(LIBRARY, recommendations=by_name), channel)
    return {path: body.replace("\u00a0", " ") for path, body in rendered.items()}


def test_a_page_says_who_decides_by_when_at_what_risk_and_that_no_answer_is_known() -> None:
    page = with_recommendations(ASKED)["recommendations/affiche"]
    for words in (
        "<b>Qui décide :</b> Mairie",
        "Demandé pour le 1 janvier 2027",
        "<a href=../guides/compte>étapes</a>",
        "Aucun nom de plaignant ne doit paraître.",
        "Proposée le 9 juin 2023.",
        "Aucune réponse connue de nous.",
    ):
        assert words in page.replace("1er janvier", "1 janvier"), words


def test_a_page_shows_each_office_with_its_answer_or_that_none_is_known() -> None:
    sent = (Sending("Mairie de Ségou", "2026-12-01", ANSWER), Sending("Mairie de Mopti", "2026-12-02"))
    rendered = with_recommendations(replace(ASKED, sent=sent))
    first, _, second = rendered["recommendations/affiche"].partition("Mairie de Mopti")
    assert "C’est affiché." in first
    assert "Lettre du 18 décembre 2026" in first
    assert "Aucune réponse connue de nous." in second
    assert "Aucune réponse connue de nous." not in first
    assert "<small>Envoyée</small>" in rendered["recommendations"], "one office has not answered"
    assert "<small>Répondue</small>" in with_recommendations(replace(ASKED, sent=sent[:1]))["recommendations"]
    assert "<small>Proposée</small>" in with_recommendations(ASKED)["recommendations"]


def test_a_translation_shows_what_became_of_its_original() -> None:
    original = replace(ASKED, sent=(Sending("Mairie de Ségou", "2026-12-01", ANSWER),))
    page = with_recommendations(original, ENGLISH, channel="en-ML")["recommendations/affiche"]
    assert page.startswith("Put the offices up\n")
    assert "<span lang=fr>C’est affiché.</span>" in page


def test_a_translation_that_nobody_reviewed_gives_way_to_the_original() -> None:
    page = with_recommendations(ASKED, replace(ENGLISH, reviewed=None), channel="en-ML")["recommendations/affiche"]
    assert page.startswith("Afficher les bureaux\n")


def test_pages_come_after_the_notices_and_never_in_the_first_part() -> None:
    library = replace(LIBRARY, recommendations={("affiche", "fr"): ASKED})
    rendered = render(library, "fr-ML", Assets())
    paths = [page.path for page in rendered]
    assert paths.index("notices/code") < paths.index("recommendations") < paths.index("recommendations/affiche")
    assert {page.part for page in rendered if page.path.startswith("recommendations")} == {"rest"}
    assert "<a href=recommendations>" in next(page.body for page in rendered if page.path == "about")


def test_a_site_without_any_has_no_page_and_no_link_for_them() -> None:
    assert [path for path, body in pages(with_guides()).items() if "recommendations" in path + body] == []


def test_one_for_another_country_is_not_in_the_channel() -> None:
    elsewhere = replace(ASKED, countries=("BF",))
    assert "recommendations/affiche" not in with_recommendations(elsewhere)
    assert "recommendations/affiche" in with_recommendations(elsewhere, channel="fr-BF")


@pytest.mark.parametrize(
    ("sending", "code"),
    [
        (Sending("Mairie", "2026-12-01", DecisionAnswer("2026-12-20", "Oui.")), "answer-unproven"),
        (Sending("Mairie", "2026-12-01", DecisionAnswer("2026-12-20", "Oui.", Source("La radio"))), "answer-unproven"),
        (Sending("Mairie", "2026-12-21", ANSWER), "answer-early"),
    ],
)
def test_an_answer_that_nothing_shows_is_refused(sending: Sending, code: str) -> None:
    fields = to_fields("recommendation", replace(ASKED, sent=(sending,)))
    with pytest.raises(BadContent) as refusal:
        from_fields("recommendation", fields)
    assert refusal.value.code == code
