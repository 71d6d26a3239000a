"""Publishing from the console: nothing unseen goes out; who and why is kept; older texts come under new numbers."""

from __future__ import annotations

import re

import httpx
import pytest

from server.accounts.account import Role
from server.console.publishing.publication_plans import plans_digest
from tests.support.console_client import Desk, Person
from tests.support.console_steps import ARGENT, approved, head, seen_in

pytestmark = pytest.mark.anyio


@pytest.fixture
async def chief(desk: Desk) -> Person:
    return await desk.person(Role.COORDINATOR, "chef")


async def test_what_was_shown_is_published_with_who_and_why(desk: Desk, chief: Person) -> None:
    assert "Tout est déjà publié" in (await chief.get("/publishing/plan")).text
    await approved(desk, ARGENT, title="Votre argent")
    desk.site.clock.pass_time(minutes=5)
    plan = (await chief.get("/publishing/plan")).text
    assert "Votre argent" in plan
    before = await head(desk)
    missing = await chief.post("/publishing/publish", {"seen": seen_in(plan), "why": " "})
    assert missing.status_code == 422
    assert await head(desk) == before
    assert (
        await chief.post("/publishing/publish", {"seen": seen_in(plan), "why": "Le titre disait trop peu."})
    ).status_code == 303
    assert await head(desk) > before
    await desk.site.services.shelf.load()
    assert "Votre argent" in (await desk.site.client.get("/fr-ML/guides/argent")).text
    history = (await chief.get("/publishing/fr-ML")).text
    assert "Le titre disait trop peu." in history
    assert "chef" in history


async def test_content_that_changed_meanwhile_is_shown_again_and_not_published(desk: Desk, chief: Person) -> None:
    await approved(desk, ARGENT, title="Votre argent")
    plan = (await chief.get("/publishing/plan")).text
    await approved(desk, "guide:compte:fr", title="Un autre changement")
    before = await head(desk)
    answer = await chief.post("/publishing/publish", {"seen": seen_in(plan), "why": "Le titre."})
    assert answer.status_code == 422
    assert "a changé depuis cette page" in answer.text
    assert "Un autre changement" in answer.text
    assert await head(desk) == before


async def test_an_older_edition_comes_again_under_a_new_number(desk: Desk, chief: Person) -> None:
    first = await desk.site.services.archive.head("fr-ML")
    assert first
    await approved(desk, ARGENT, title="Une erreur")
    desk.site.clock.pass_time(minutes=5)
    await desk.site.services.publisher.publish(desk.site.keys)
    wrong = await head(desk)
    desk.site.clock.pass_time(minutes=5)
    preview = await chief.get(f"/publishing/fr-ML/again/{first.id}")
    assert "Argent" in preview.text
    await chief.post(
        f"/publishing/fr-ML/again/{first.id}", {"seen": seen_in(preview.text), "why": "Une erreur est sortie."}
    )
    assert await head(desk) > wrong
    now = await desk.site.services.archive.head("fr-ML")
    assert now and now.manifest == first.manifest
    assert "Une erreur est sortie." in (await chief.get("/publishing/fr-ML")).text
    assert (await chief.get(f"/publishing/bm-ML/again/{first.id}")).status_code == 404
    assert (await chief.get("/publishing/fr-ML/again/" + "A" * 43)).status_code == 404
    assert (await chief.get("/publishing/xx")).status_code == 404


async def test_a_machine_without_the_key_says_so(desk: Desk, chief: Person) -> None:
    desk.site.services.publisher.keys = None
    assert "n’a pas la clé" in (await chief.get("/publishing")).text
    assert (await chief.get("/publishing/plan")).status_code == 422
    assert (await chief.post("/publishing/publish", {"why": "x"})).status_code == 422


async def test_the_cost_shown_is_the_answer_that_phones_get(desk: Desk, chief: Person) -> None:
    """Within one part in a hundred, headers included, for a phone up to date and for a new one."""
    old = await desk.site.services.archive.head("fr-ML")
    assert old
    rules = "\n\n".join(f"Règle {n} : gardez le code numéro {n * 7919}." for n in range(200))
    await approved(desk, "guide:compte:fr", body=f"Un texte tout neuf.\n\n{rules}")
    desk.site.clock.pass_time(minutes=5)
    plan = (await chief.get("/publishing/plan")).text
    section = plan.split('data-channel="fr-ML"')[1].split("</section>")[0]
    costs = {kind: int(value) for value, kind in re.findall(r'<data value="(\d+)" data-cost="(\w+)"', section)}
    await chief.post("/publishing/publish", {"seen": seen_in(plan), "why": "Des règles."})
    await desk.site.services.shelf.load()
    await desk.site.services.feeds.precompress("fr-ML")
    for kind, query in (("update", f"?have={old.id}"), ("new", "")):
        async with desk.site.client.stream("GET", f"/feed/fr-ML{query}", headers={"accept-encoding": "br"}) as answer:
            body = b"".join([chunk async for chunk in answer.aiter_raw()])
            assert abs(costs[kind] - len(body) - wire_head(answer)) <= costs[kind] / 100, (
                kind,
                costs,
                len(body),
                wire_head(answer),
            )


def wire_head(answer: httpx.Response) -> int:
    """Bytes of the status line and headers as uvicorn writes them, its own date included."""
    lines = [f"{name}: {value}\r\n" for name, value in answer.headers.items()]
    return len("HTTP/1.1 200 OK\r\n" + "".join(lines) + "date: Tue, 24 Nov 2026 12:00:00 GMT\r\n\r\n")


def test_the_mark_of_nothing_is_stable() -> None:
    assert plans_digest([]) == plans_digest([])
