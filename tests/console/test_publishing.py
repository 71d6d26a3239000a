"""Publishing from the console: only what was shown, with name and reason; older texts get new numbers."""

from __future__ import annotations

import re

import httpx
import pytest

from server.accounts.account import Role
from server.console.publishing.publication_plans import plans_digest
from tests.support.console_client import ConsoleSite, ConsoleUser
from tests.support.console_steps import GUIDE_ID, approve_change, head_number, plan_digest_in

pytestmark = pytest.mark.anyio


@pytest.fixture
async def chief(console_site: ConsoleSite) -> ConsoleUser:
    return await console_site.person(Role.COORDINATOR, "chef")


async def test_what_was_shown_is_published_with_who_and_why(console_site: ConsoleSite, chief: ConsoleUser) -> None:
    assert "Tout est déjà publié" in (await chief.get("/publishing/plan")).text
    await approve_change(console_site, GUIDE_ID, title="Votre argent")
    console_site.site.clock.pass_time(minutes=5)
    plan = (await chief.get("/publishing/plan")).text
    assert "Votre argent" in plan
    before = await head_number(console_site)
    missing = await chief.post("/publishing/publish", {"seen": plan_digest_in(plan), "why": " "})
    assert missing.status_code == 422
    assert await head_number(console_site) == before
    assert (
        await chief.post("/publishing/publish", {"seen": plan_digest_in(plan), "why": "Le titre disait trop peu."})
    ).status_code == 303
    assert await head_number(console_site) > before
    await console_site.site.services.current_editions.load()
    assert "Votre argent" in (await console_site.site.client.get("/fr-ML/guides/argent")).text
    history = (await chief.get("/publishing/fr-ML")).text
    assert "Le titre disait trop peu." in history
    assert "chef" in history


async def test_content_that_changed_meanwhile_is_shown_again_and_not_published(
    console_site: ConsoleSite, chief: ConsoleUser
) -> None:
    await approve_change(console_site, GUIDE_ID, title="Votre argent")
    plan = (await chief.get("/publishing/plan")).text
    await approve_change(console_site, "guide:compte:fr", title="Un autre changement")
    before = await head_number(console_site)
    answer = await chief.post("/publishing/publish", {"seen": plan_digest_in(plan), "why": "Le titre."})
    assert answer.status_code == 422
    assert "a changé depuis cette page" in answer.text
    assert "Un autre changement" in answer.text
    assert await head_number(console_site) == before


async def test_an_older_edition_comes_again_under_a_new_number(console_site: ConsoleSite, chief: ConsoleUser) -> None:
    first = await console_site.site.services.archive.head("fr-ML")
    assert first
    await approve_change(console_site, GUIDE_ID, title="Une erreur")
    console_site.site.clock.pass_time(minutes=5)
    await console_site.site.services.publisher.publish(console_site.site.keys)
    wrong = await head_number(console_site)
    console_site.site.clock.pass_time(minutes=5)
    preview = await chief.get(f"/publishing/fr-ML/again/{first.id}")
    assert "Argent" in preview.text
    await chief.post(
        f"/publishing/fr-ML/again/{first.id}", {"seen": plan_digest_in(preview.text), "why": "Une erreur est sortie."}
    )
    assert await head_number(console_site) > wrong
    now = await console_site.site.services.archive.head("fr-ML")
    assert now and now.manifest == first.manifest
    assert "Une erreur est sortie." in (await chief.get("/publishing/fr-ML")).text
    assert (await chief.get(f"/publishing/bm-ML/again/{first.id}")).status_code == 404
    assert (await chief.get("/publishing/fr-ML/again/" + "A" * 43)).status_code == 404
    assert (await chief.get("/publishing/xx")).status_code == 404


async def test_a_machine_without_the_key_says_so(console_site: ConsoleSite, chief: ConsoleUser) -> None:
    console_site.site.services.publisher.keys = None
    assert "n’a pas la clé" in (await chief.get("/publishing")).text
    assert (await chief.get("/publishing/plan")).status_code == 422
    assert (await chief.post("/publishing/publish", {"why": "x"})).status_code == 422


async def test_the_cost_shown_is_the_answer_that_phones_get(console_site: ConsoleSite, chief: ConsoleUser) -> None:
    """Accurate to 1%, with headers, for an up-to-date phone and for a new one."""
    old = await console_site.site.services.archive.head("fr-ML")
    assert old
    rules = "\n\n".join(f"Règle {n} : gardez le code numéro {n * 7919}." for n in range(200))
    await approve_change(console_site, "guide:compte:fr", body=f"Un texte tout neuf.\n\n{rules}")
    console_site.site.clock.pass_time(minutes=5)
    plan = (await chief.get("/publishing/plan")).text
    section = plan.split('data-channel="fr-ML"')[1].split("</section>")[0]
    costs = {kind: int(value) for value, kind in re.findall(r'<data value="(\d+)" data-cost="(\w+)"', section)}
    await chief.post("/publishing/publish", {"seen": plan_digest_in(plan), "why": "Des règles."})
    await console_site.site.services.current_editions.load()
    await console_site.site.services.feeds.precompress("fr-ML")
    for kind, query in (("update", f"?have={old.id}"), ("new", "")):
        async with console_site.site.client.stream(
            "GET", f"/feed/fr-ML{query}", headers={"accept-encoding": "br"}
        ) as answer:
            body = b"".join([chunk async for chunk in answer.aiter_raw()])
            assert abs(costs[kind] - len(body) - wire_head(answer)) <= costs[kind] / 100, (
                kind,
                costs,
                len(body),
                wire_head(answer),
            )


def wire_head(answer: httpx.Response) -> int:
    """The size of status line and headers as uvicorn writes them, with its date."""
    lines = [f"{name}: {value}\r\n" for name, value in answer.headers.items()]
    return len("HTTP/1.1 200 OK\r\n" + "".join(lines) + "date: Tue, 24 Nov 2026 12:00:00 GMT\r\n\r\n")


def test_the_mark_of_nothing_is_stable() -> None:
    assert plans_digest([]) == plans_digest([])
