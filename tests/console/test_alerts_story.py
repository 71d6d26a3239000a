"""The story of a foreign warning: from the message to an alert in two languages, with the pages that people open."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx
import pytest

from server.accounts.account import Role
from tests.support.console_client import ConsoleSite, ConsoleUser, running_console_site
from tests.support.console_forms import find_form
from tests.support.sample_cap import KAYES, cap_info, cap_xml

pytestmark = pytest.mark.anyio
BAMBARA = {"bm-headline": "Fiɲɛba bɛ na", "bm-event": "Fiɲɛba", "bm-description": "Sanji ni fiɲɛba bɛ na."}


@pytest.fixture
async def console_site(tmp_path: Path) -> AsyncIterator[ConsoleSite]:
    async with running_console_site(tmp_path) as running:
        yield running


@dataclass
class Walk:
    """A person who goes from page to page by links and forms alone. `pages`: addresses of the pages that were shown."""

    person: ConsoleUser
    pages: list[str] = field(default_factory=list)
    html: str = ""

    async def open(self, address: str) -> None:
        self._show(address, await self.person.get(address))

    async def post(self, action: str, fields: Mapping[str, Any] | None = None) -> None:
        """Send the form of the page that is open, with these fields changed, and follow where it leads."""
        form = find_form(f"/console{self.pages[-1]}", self.html, f"/console{action}", {})
        assert form, (action, self.html)
        answer = await self.person.post(action, {**form.given, **(fields or {})})
        assert answer.status_code == 303, answer.text
        await self.open(answer.headers["location"].removeprefix("/console"))

    def _show(self, address: str, answer: httpx.Response) -> None:
        assert answer.status_code == 200, answer.text
        self.pages.append(address)
        self.html = answer.text


async def test_a_foreign_warning_is_sent_in_two_languages_over_four_pages_and_two(console_site: ConsoleSite) -> None:
    services = console_site.site.services
    received = await services.cap_intake.take_in(cap_xml(cap_info(severity="Extreme", area=KAYES)), "alerte.xml")
    writer = Walk(await console_site.person(Role.COORDINATOR, "awa"))
    await writer.open("/alerts/received")
    await writer.post(f"/alerts/received/{received.id}/draft")
    draft = writer.pages[-1]
    await writer.post(draft, BAMBARA)
    await writer.post(f"{draft}/ask")
    approver = Walk(await console_site.person(Role.COORDINATOR, "binta"))
    await approver.open(f"{draft}/check")
    assert "Fiɲɛba bɛ na" in approver.html
    assert "Service météo d’exemple, relayé par" in approver.html
    await approver.post(f"{draft}/approve")
    [alert] = (await services.alerts.load_library()).alerts.values()
    assert set(alert.info) == {"fr", "bm"}
    assert alert.origin
    assert alert.origin.identifier == "exemple-1"
    assert (len(writer.pages), len(approver.pages)) == (4, 2)
    await services.current_editions.load()
    for channel in ("fr-ML", "bm-ML"):
        page = (await console_site.site.client.get(f"/{channel}/alerts/{alert.slug}")).text
        assert "Service météo d’exemple, relayé par" in page
    cap = (await console_site.site.client.get(f"/cap/{alert.slug}.xml")).text
    assert "meteo@exemple.ml,exemple-1," in cap
    journal = (await (await console_site.person(Role.ADMINISTRATOR)).get("/journal")).text
    for deed in ("a approuvé une alerte", "a envoyé une alerte", "a demandé l’accord d’une deuxième personne"):
        assert deed in journal


async def test_what_threatens_no_life_takes_one_person_and_four_pages(console_site: ConsoleSite) -> None:
    services = console_site.site.services
    received = await services.cap_intake.take_in(cap_xml(cap_info(area=KAYES)), "alerte.xml")
    writer = Walk(await console_site.person(Role.COORDINATOR, "awa"))
    await writer.open("/alerts/received")
    await writer.post(f"/alerts/received/{received.id}/draft")
    draft = writer.pages[-1]
    await writer.post(draft, BAMBARA)
    await writer.post(f"{draft}/send")
    assert len(writer.pages) == 4
    assert len((await services.alerts.load_library()).alerts) == 1


async def test_a_draft_that_a_feed_brought_needs_somebody_who_answers_for_it(console_site: ConsoleSite) -> None:
    """The person who asks for approval becomes its writer, and cannot approve it."""
    services = console_site.site.services
    received = await services.cap_intake.take_in(cap_xml(cap_info(severity="Extreme", area=KAYES)), "alerte.xml")
    draft = await services.cap_intake.make_draft(received, "", services.translator.language_of)
    address = f"/alerts/drafts/{draft.slug}"
    first = Walk(await console_site.person(Role.COORDINATOR, "awa"))
    await first.open(f"{address}/check")
    assert "Approuver" not in first.html
    await first.post(f"{address}/ask")
    await first.open(f"{address}/check")
    assert "Approuver" not in first.html
    refused = await first.person.post(f"{address}/approve", {"seen": draft.fingerprint, "then": "send"})
    assert refused.status_code == 422
    assert (await services.alerts.load_library()).alerts == {}
