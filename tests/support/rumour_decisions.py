"""One decision for each address of the rumour desk, while another report of the same rumour comes in meanwhile."""

from __future__ import annotations

from collections.abc import Mapping

from tests.support.console_feedback import FeedbackConsole
from tests.support.decision_cases import DecisionCase, Prepare
from tests.support.rumour_desk import Reporters

RUMOURS = {  # words that no other of these resembles
    "level": "Le marché de Kati brûle",
    "state": "Des voleurs enlèvent les moutons",
    "split": "Une école ferme demain matin",
    "notice": "Cliquez ici : 50 Go offerts",
    "write": "Un pont va tomber à Sikasso",
    "answer": "La banque garde tout notre argent",
}


def about_rumour(deed: str, **fields: str) -> Prepare:
    async def prepare(feedback: FeedbackConsole) -> DecisionCase:
        reporters = Reporters(feedback, 100 * (1 + list(RUMOURS).index(deed)))
        first = await reporters.report(RUMOURS[deed])
        await reporters.report(f"{RUMOURS[deed]} !")
        [case] = [case for case in await reporters.cases() if any(one.id == first.id for one in case.reports)]
        change = lambda: reporters.report(f"{RUMOURS[deed]} ?")  # noqa: E731
        chosen = {"report": first.id} if deed == "split" else {}
        action = f"/rumours/{case.id}/{deed}"
        return DecisionCase(feedback.coordinator, action, "Messages : 2", "Messages : 3", change, fields | chosen)

    return prepare


RUMOUR_CASES: Mapping[str, Prepare] = {
    "/rumours/{id}/level": about_rumour("level", level="major"),
    "/rumours/{id}/state": about_rumour("state", state="closed"),
    "/rumours/{id}/split": about_rumour("split"),
    "/rumours/{id}/notice": about_rumour("notice", notice="notice:megas:fr"),
    "/rumours/{id}/write": about_rumour("write"),
    "/rumours/{id}/answer": about_rumour("answer", text="La banque est ouverte."),
}
