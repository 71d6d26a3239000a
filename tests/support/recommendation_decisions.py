"""A recommendation in the store, and decisions about it while its text changes meanwhile."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sync.store.contract import Collection, Store, Write
from tests.support.console_feedback import FeedbackConsole
from tests.support.decision_cases import DecisionCase, Prepare

ID = "recommendation:affiche:fr"
FIELDS: Mapping[str, Any] = {
    "slug": "affiche",
    "lang": "fr",
    "title": "Afficher les bureaux",
    "body": "Nous demandons d’afficher les étapes.",
    "asked_of": "Mairie",
    "risk": "Aucun nom ne doit paraître.",
}


async def save_recommendation(store: Store, **fields: Any) -> None:
    """Write it as an approved text."""
    record = await store.get(Collection.CONTENT, ID)
    body = {"kind": "recommendation", "fields": {**FIELDS, **fields}}
    await store.write(Collection.CONTENT, [Write(ID, body, record.rev if record else None)])


def about_recommendation(deed: str, **fields: str) -> Prepare:
    async def prepare(feedback: FeedbackConsole) -> DecisionCase:
        store = feedback.inbox_site.site.services.store

        async def save(office: str) -> None:
            await save_recommendation(store, asked_of=office, sent=[{"to": "Mairie", "day": "2026-11-01"}])

        await save("Préfet")
        change = lambda: save("Gouverneur")  # noqa: E731
        action = f"/recommendations/affiche/{deed}"
        return DecisionCase(feedback.coordinator, action, "Préfet", "Gouverneur", change, fields)

    return prepare


RECOMMENDATION_CASES: Mapping[str, Prepare] = {
    "/recommendations/{slug}/sent": about_recommendation("sent", to="École", **{"sent-day": "2026-11-20"}),
    "/recommendations/{slug}/answered": about_recommendation(
        "answered", office="Mairie", words="Oui.", letter="2026-11-19", **{"answer-day": "2026-11-20"}
    ),
}
