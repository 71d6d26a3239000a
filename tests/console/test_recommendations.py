"""Recommendations in the console: written and reviewed as other texts; a coordinator notes sendings and answers."""

from __future__ import annotations

import pytest

from server.accounts.account import Role
from sync.content.schemas import from_fields
from sync.documents.recommendation import Recommendation
from sync.store.contract import Collection
from tests.support.console_client import ConsoleSite
from tests.support.recommendation_decisions import FIELDS, ID, save_recommendation

pytestmark = pytest.mark.anyio

SENT = {"to": "Mairie de Ségou", "sent-day": "2026-11-02"}
ANSWERED = {
    "office": "Mairie de Ségou",
    "answer-day": "2026-11-20",
    "words": "C’est affiché.",
    "letter": "2026-11-18",
}


async def stored(site: ConsoleSite) -> Recommendation:
    record = await site.site.services.store.get(Collection.CONTENT, ID)
    assert record
    document: Recommendation = from_fields("recommendation", record.body["fields"])
    return document


async def test_a_writer_writes_one_and_another_person_approves_it(console_site: ConsoleSite) -> None:
    writer, reader = (
        await console_site.person(Role.EDITOR, "fanta"),
        await console_site.person(Role.COORDINATOR, "awa"),
    )
    form = {"kind": "recommendation", "title": "Afficher les bureaux", "slug": "affiche", "lang": "fr"}
    assert (await writer.post("/writing/new", form)).status_code == 303
    editor = (await writer.get(f"/writing/{ID}/edit")).text
    assert "Le risque pour la liberté" in editor and "À qui on le demande : qui décide" in editor
    typed = {name: FIELDS[name] for name in ("title", "body", "asked_of", "risk")}
    assert (await writer.decide(f"/writing/{ID}/edit", {**typed, "ask": "1"})).status_code == 303
    assert (await writer.decide(f"/writing/{ID}/approve")).status_code != 303, "its own writer"
    assert "Aucune réponse connue de nous." in (await reader.get(f"/writing/{ID}/preview")).text
    assert (await reader.decide(f"/writing/{ID}/approve")).status_code == 303
    assert (await stored(console_site)).asked_of == "Mairie"
    assert "Afficher les bureaux" in (await reader.get("/recommendations")).text


async def test_a_sending_and_its_answer_are_noted_in_the_document_and_in_the_journal(
    console_site: ConsoleSite,
) -> None:
    await save_recommendation(console_site.site.services.store)
    coordinator = await console_site.person(Role.COORDINATOR, "awa")
    assert (await coordinator.decide("/recommendations/affiche/sent", SENT)).status_code == 303
    assert (await stored(console_site)).state == "sent"
    console_site.site.clock.pass_time(seconds=60)
    assert (await coordinator.decide("/recommendations/affiche/answered", ANSWERED)).status_code == 303
    document = await stored(console_site)
    [sending] = document.sent
    assert document.state == "answered" and sending.answer and sending.answer.letter == "2026-11-18"
    chief = await console_site.person(Role.ADMINISTRATOR, "chef")
    journal = (await chief.get("/journal")).text
    assert "a noté l’envoi d’une recommandation" in journal and "a noté la réponse à une recommandation" in journal


async def test_an_answer_may_be_shown_by_a_page_that_the_coordinator_read(console_site: ConsoleSite) -> None:
    await save_recommendation(console_site.site.services.store, sent=[{"to": "Mairie de Ségou", "day": "2026-11-02"}])
    coordinator = await console_site.person(Role.COORDINATOR)
    form = {**ANSWERED, "letter": "", "url": "https://segou.ml/reponse", "publisher": "La mairie"}
    assert (await coordinator.decide("/recommendations/affiche/answered", form)).status_code == 303
    [sending] = (await stored(console_site)).sent
    assert sending.answer and sending.answer.source
    source = sending.answer.source
    assert (source.url, source.publisher, source.seen and source.seen.how) == (
        "https://segou.ml/reponse",
        "La mairie",
        "live",
    )


@pytest.mark.parametrize(
    ("deed", "form", "sentence"),
    [
        ("sent", {**SENT, "sent-day": "2999-01-01"}, "pas encore là"),
        ("sent", {**SENT, "sent-day": "hier"}, "Cette date n’existe pas"),
        ("sent", {**SENT, "to": "mairie"}, "l’a déjà reçue"),
        ("sent", {**SENT, "to": "x" * 121}, "120"),
        ("answered", {**ANSWERED, "office": "Mairie", "letter": ""}, "Rien ne montre cette réponse"),
        ("answered", {**ANSWERED, "office": "Mairie", "letter": "", "url": "https://a.ml/"}, "Rien ne montre"),
        ("answered", {**ANSWERED, "office": "Mairie", "answer-day": "2026-10-01"}, "avant l’envoi"),
        ("answered", {**ANSWERED, "office": "École"}, "n’attend pas de réponse"),
    ],
)
async def test_what_cannot_be_is_refused_with_the_words_kept(
    console_site: ConsoleSite, deed: str, form: dict[str, str], sentence: str
) -> None:
    await save_recommendation(console_site.site.services.store, sent=[{"to": "Mairie", "day": "2026-11-01"}])
    before = await stored(console_site)
    coordinator = await console_site.person(Role.COORDINATOR)
    answer = await coordinator.decide(f"/recommendations/affiche/{deed}", form)
    assert answer.status_code == 422 and sentence in answer.text
    assert (form["to"] if deed == "sent" else form["words"]) in answer.text
    assert await stored(console_site) == before


async def test_nothing_is_noted_under_a_text_that_somebody_changes(console_site: ConsoleSite) -> None:
    await save_recommendation(console_site.site.services.store)
    coordinator = await console_site.person(Role.COORDINATOR)
    typed = {name: FIELDS[name] for name in ("title", "body", "asked_of", "risk")}
    assert (await coordinator.decide(f"/writing/{ID}/edit", {**typed, "risk": "Aucun."})).status_code == 303
    answer = await coordinator.decide("/recommendations/affiche/sent", SENT)
    assert answer.status_code == 422 and "Quelqu’un change le texte" in answer.text
    assert (await stored(console_site)).sent == ()
