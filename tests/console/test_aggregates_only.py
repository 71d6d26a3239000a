"""Analysts see aggregates only, by every route of the server: no words, no codes, no phones, no group of few."""

from __future__ import annotations

import re

import httpx
import pytest
from bs4 import BeautifulSoup

from server.accounts.account import Role
from sync.submissions.submission import receipt_code
from tests.support.console_client import ConsoleUser
from tests.support.console_feedback import FeedbackConsole
from tests.support.route_table import Address, list_addresses
from tests.support.rumour_desk import POISON, Reporters

pytestmark = pytest.mark.anyio

WORDS, NOTE, ANSWER = "Fatoumata garde le puits", "Elle habite derrière l’école", "Venez jeudi chez le chef"
PHONE = "Téléphone de Kadiatou"
COUNT = 3  # submissions of one form: few enough to be known by name


async def test_no_route_shows_an_analyst_a_person_or_a_small_group(feedback: FeedbackConsole) -> None:
    secrets, values = await fill_the_site(feedback)
    analyst = await feedback.console_site.person(Role.ANALYST)
    pages = {}
    for address in list_addresses():
        for value in values:
            path = address.fill(**dict.fromkeys(address.parameters, value) | {"form": "visite"})
            if path.startswith("/console/sign-out"):
                continue
            answer = await request(analyst, address, path)
            if answer.status_code == 200:
                pages[address.method, path] = answer.text
            if not address.parameters:
                break
    assert (await analyst.get("/dashboard")).status_code == 200, "the walk has not ended their session"
    assert {"/console/dashboard", "/console/feedback", "/console/feedback/charts/visite", "/console/briefs"} <= {
        path for _method, path in pages
    }
    told = [(page, secret) for page, text in pages.items() for secret in secrets if secret in text]
    assert told == []
    shown = {page: numbers(text) for page, text in pages.items() if page[1].startswith("/console/") and "<main" in text}
    assert [page for page, found in shown.items() if COUNT in found] == []


async def fill_the_site(feedback: FeedbackConsole) -> tuple[list[str], list[str]]:
    """Reports, their handling and a phone of two months ago. Returns what must not be told, and ids for addresses."""
    phone = await feedback.inbox_site.enrolled(name=PHONE)
    form = feedback.inbox_site.forms["visite"]
    filled = [phone.fill(form, {"paroles": f"{WORDS} {n}"}, place="ML-5") for n in range(COUNT)]
    await feedback.inbox_site.send(*(submission.line for submission in filled))
    reporters = Reporters(feedback)
    rumour = await reporters.report(POISON)
    [case] = await reporters.cases()
    await feedback.catch_up()
    [first, *_] = filled
    for action, fields in (("note", {"text": NOTE}), ("answer", {"text": ANSWER})):
        answer = await feedback.coordinator.decide(f"/feedback/one/{first.id}/{action}", fields)
        assert answer.status_code == 303, answer.text
    page = (await feedback.coordinator.get(f"/feedback/one/{first.id}")).text
    assert all(secret in page for secret in (WORDS, NOTE, ANSWER)), "the walk would find nothing whatever is shown"
    assert (await feedback.coordinator.post("/briefs/new")).status_code == 303
    feedback.inbox_site.site.clock.pass_time(days=60)
    ids = [submission.id for submission in (*filled, rumour)]
    secrets = [WORDS, NOTE, ANSWER, PHONE, POISON, case.id, *ids, *map(receipt_code, ids)]
    return secrets, [first.id, rumour.id, case.id, "1"]


async def request(analyst: ConsoleUser, address: Address, path: str) -> httpx.Response:
    data = {"csrf": analyst.csrf} if address.method == "POST" else None
    return await analyst.client.request(address.method, path, data=data)


def numbers(html: str) -> set[int]:
    """Numbers that stand alone in a cell or a definition of a page's own part."""
    cells = BeautifulSoup(html, "html.parser").select("main td, main dd, main b")
    return {int(cell.text) for cell in cells if re.fullmatch(r"\s*\d+\s*", cell.text)}
