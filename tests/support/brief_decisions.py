"""One decision for each address of briefs, while its writer changes the text meanwhile."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from server.statistics.brief import Brief
from sync.statistics.brief_figures import last_brief_period
from tests.support.console_feedback import FeedbackConsole
from tests.support.decision_cases import DecisionCase, Prepare


def about_brief(deed: str, **fields: str) -> Prepare:
    async def prepare(feedback: FeedbackConsole) -> DecisionCase:
        briefs = feedback.inbox_site.site.services.briefs

        async def save(text: str) -> Brief:
            brief = replace(await briefs.get(number), headline={"fr": text})
            return await briefs.save(brief, "fanta", "Fanta")

        number = (
            await briefs.begin(last_brief_period(feedback.inbox_site.site.clock().date()), "ML", "fanta", "")
        ).number
        await save("Le Bani monte")
        change = lambda: save("Le Bani baisse")  # noqa: E731
        return DecisionCase(feedback.coordinator, f"/briefs/{number}/{deed}", "monte", "baisse", change, fields)

    return prepare


BRIEF_CASES: Mapping[str, Prepare] = {
    "/briefs/{number}/edit": about_brief("edit", **{"headline-fr": "Le fleuve reste haut."}),
    "/briefs/{number}/freeze": about_brief("freeze"),
}
