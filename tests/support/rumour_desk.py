"""Phones that report rumours to a small site with its console. Used by the tests of the rumour desk."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

from server.rumours.case_decisions import CaseDecisions
from server.rumours.rumour_case import RumourCase
from server.rumours.service import RumourDesk
from tests.support.console_feedback import FeedbackConsole
from tests.support.inbox_site import SITE
from tests.support.phone_simulator import FilledForm, PhoneSimulator

POISON = "On dit que le puits de Ségou est empoisonné"
POISON_AGAIN = "le puit de Segou est empoisonné !!"
GIFT = "Orange offre 50 Go, cliquez vite ici"


@dataclass
class Reporters:
    """`feedback`: the site. Each report comes from a phone of its own."""

    feedback: FeedbackConsole
    count: int = 0

    async def report(self, words: str, **answers: Any) -> FilledForm:
        self.count += 1
        phone = PhoneSimulator(SITE, 700 + self.count)
        filled = phone.fill(self.feedback.inbox_site.forms["rumeur"], {"message": words} | answers)
        [verdict] = await self.feedback.inbox_site.send(filled.line)
        assert "receipt" in verdict, verdict
        await self.feedback.catch_up()
        return filled

    async def cases(self) -> list[RumourCase]:
        return await self.desk.list_cases()

    @property
    def desk(self) -> RumourDesk:
        return self.feedback.inbox_site.site.services.rumour_desk

    @property
    def decisions(self) -> CaseDecisions:
        services = self.feedback.inbox_site.site.services
        return CaseDecisions(services.store, services.rumour_desk, services.clock)


def choice_of(page: str, case: str) -> str:
    """The value of a case's checkbox in the list."""
    match = re.search(rf'name="case" value="({re.escape(case)}\.[^"]+)"', page)
    assert match, page
    return match[1]
