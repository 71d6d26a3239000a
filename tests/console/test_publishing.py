"""Publishing from the console: only what was shown, with name and reason; older texts get new numbers."""

from __future__ import annotations

import re
from typing import Any

import anyio
import httpx
import pytest

from server.accounts.account import Role
from server.console.components.planned_changes import plans_digest
from server.console.publishing import publication_plans
from server.publishing.publisher import Publication, Publisher
from sync.editions.feed import Edition
from sync.store.contract import Collection, Record
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


async def test_a_second_look_reads_no_document_and_renders_no_page(
    console_site: ConsoleSite, chief: ConsoleUser, monkeypatch: pytest.MonkeyPatch
) -> None:
    await approve_change(console_site, GUIDE_ID, title="Votre argent")
    first = await chief.get("/publishing/plan")
    store = console_site.site.services.store
    scan, scanned = store.scan, list[Collection]()

    async def note_scan(collection: Collection, *bounds: Any) -> list[Record]:
        scanned.append(collection)
        return await scan(collection, *bounds)

    def refuse(*inputs: Any) -> None:
        raise AssertionError("computed again")

    monkeypatch.setattr(store, "scan", note_scan)
    monkeypatch.setattr("server.publishing.publisher.render_changed", refuse)
    monkeypatch.setattr("server.publishing.publisher.measure_cost", refuse)
    second = await chief.get("/publishing/plan")
    assert second.status_code == 200 and "Votre argent" in second.text
    assert plan_digest_in(second.text) == plan_digest_in(first.text)
    assert Collection.CONTENT not in scanned


async def test_content_that_changed_meanwhile_is_shown_again_and_not_published(
    console_site: ConsoleSite, chief: ConsoleUser
) -> None:
    await approve_change(console_site, GUIDE_ID, title="Votre argent")
    plan = (await chief.get("/publishing/plan")).text
    await approve_change(console_site, "guide:compte:fr", title="Un autre changement")
    before = await head_number(console_site)
    answer = await chief.post("/publishing/publish", {"seen": plan_digest_in(plan), "why": "Le titre."})
    assert answer.status_code == 409
    assert "Rien n’a été fait" in answer.text
    assert "Un autre changement" in re.sub("</?ins>", "", answer.text)
    assert "Le titre." in answer.text, "the reason that was written"
    assert await head_number(console_site) == before


async def test_a_text_that_is_saved_after_the_look_at_the_page_is_not_signed(
    console_site: ConsoleSite, chief: ConsoleUser, monkeypatch: pytest.MonkeyPatch
) -> None:
    await approve_change(console_site, GUIDE_ID, title="Votre argent")
    plan = (await chief.get("/publishing/plan")).text
    preview = publication_plans.preview_publications

    async def preview_before_a_change(publisher: Publisher) -> list[Publication]:
        shown = await preview(publisher)
        await approve_change(console_site, "guide:compte:fr", title="Au dernier instant")
        return shown

    monkeypatch.setattr(publication_plans, "preview_publications", preview_before_a_change)
    before = await head_number(console_site)
    answer = await chief.post("/publishing/publish", {"seen": plan_digest_in(plan), "why": "Le titre."})
    assert (answer.status_code, await head_number(console_site)) == (409, before)


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
    """Accurate to 1%, with headers, for an up-to-date phone; for a new one "about", until a server has measured."""
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
    size = await console_site.site.services.feeds.precompress("fr-ML")
    assert size
    assert 'environ <data value="' in section
    assert abs(costs["new"] - size.bytes) <= size.bytes / 4  # the first estimate, of a small site
    costs["new"] = size.bytes
    for kind, query in (("update", f"?have={old.id}"), ("new", "")):
        async with console_site.site.client.stream(
            "GET", f"/feed/fr-ML{query}", headers={"accept-encoding": "br"}
        ) as answer:
            body = b"".join([chunk async for chunk in answer.aiter_raw()])
            assert abs(costs[kind] - len(body) - wire_head(answer)) <= max(costs[kind] / 100, 32), (
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


async def test_chosen_channels_are_published_in_one_step_and_the_others_wait(
    console_site: ConsoleSite, chief: ConsoleUser
) -> None:
    await approve_change(console_site, GUIDE_ID, title="Votre argent")
    console_site.site.clock.pass_time(minutes=5)
    plan = (await chief.get("/publishing/plan")).text
    assert re.findall(r'name="channel" value="([\w-]+)" checked', plan) == ["fr-ML", "bm-ML"]
    heads = {channel: await console_site.site.services.archive.head(channel) for channel in ("fr-ML", "bm-ML")}
    form = {"seen": plan_digest_in(plan), "why": "Le titre.", "choose": "1"}
    none = await chief.post("/publishing/publish", form)
    assert none.status_code == 422
    assert "Choisissez au moins une langue et un pays." in none.text
    assert (await chief.post("/publishing/publish", {**form, "channel": "xx-XX"})).status_code == 422
    assert (await chief.post("/publishing/publish", {**form, "channel": "bm-ML"})).status_code == 303
    assert await console_site.site.services.archive.head("fr-ML") == heads["fr-ML"]
    assert await console_site.site.services.archive.head("bm-ML") != heads["bm-ML"]
    assert 'data-channel="fr-ML"' in (await chief.get("/publishing/plan")).text


async def wait_for_end(console_site: ConsoleSite, address: str) -> None:
    run = console_site.site.services.publication_runs.find(address.rpartition("/")[2])
    assert run
    with anyio.fail_after(60):
        await run.finished.wait()


@pytest.mark.parametrize("headers", [{}, {"kunnafoni-form": "1"}], ids=["no-script", "script"])
async def test_a_long_publication_shows_how_far_it_is_until_it_is_done(
    console_site: ConsoleSite, chief: ConsoleUser, monkeypatch: pytest.MonkeyPatch, headers: dict[str, str]
) -> None:
    monkeypatch.setattr("server.publishing.publication_progress.PATIENCE", 0.1)
    await approve_change(console_site, GUIDE_ID, title="Votre argent")
    plan = (await chief.get("/publishing/plan")).text
    archive, reached, may_go_on = console_site.site.services.archive, anyio.Event(), anyio.Event()
    announce = archive.announce

    async def announce_slowly(edition: Edition, previous: Edition | None) -> None:
        if edition.statement.channel == "bm-ML":
            reached.set()
            await may_go_on.wait()
        await announce(edition, previous)

    monkeypatch.setattr(archive, "announce", announce_slowly)
    form = {"seen": plan_digest_in(plan), "why": "Le titre."}
    answer = await chief.post("/publishing/publish", form, headers=headers)
    address = answer.headers["kunnafoni-next" if headers else "location"].removeprefix("/console")
    with anyio.fail_after(60):
        await reached.wait()
    shown = await chief.get(address)
    assert "Langues et pays publiés : 1 sur 2." in shown.text
    assert shown.headers["refresh"] == "2"
    assert re.findall(r"</svg>(Publiée|En préparation|Attend)</span> ([\w-]+)", shown.text) == [
        ("Publiée", "fr-ML"),
        ("En préparation", "bm-ML"),
    ]
    may_go_on.set()
    await wait_for_end(console_site, address)
    done = await chief.get(address)
    assert done.status_code == 303
    assert done.headers["location"] == "/console/publishing"
    assert "Le titre." in (await chief.get("/publishing/bm-ML")).text
    assert (await chief.get("/publishing/progress/0123456789abcdef")).headers["location"] == "/console/publishing"


async def test_a_long_publication_that_stops_says_why_on_its_page(
    console_site: ConsoleSite, chief: ConsoleUser, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("server.publishing.publication_progress.PATIENCE", 0.0)
    await approve_change(console_site, GUIDE_ID, title="Votre argent")
    plan = (await chief.get("/publishing/plan")).text
    publisher, may_go_on = console_site.site.services.publisher, anyio.Event()
    make_plans = publisher._make_plans

    async def plan_after_a_change(*rest: Any, **options: Any) -> Any:
        if not options.get("is_look"):
            await may_go_on.wait()
        return await make_plans(*rest, **options)

    monkeypatch.setattr(publisher, "_make_plans", plan_after_a_change)
    before = await head_number(console_site)
    answer = await chief.post("/publishing/publish", {"seen": plan_digest_in(plan), "why": "Le titre."})
    address = answer.headers["location"].removeprefix("/console")
    assert "Langues et pays publiés : 0 sur 2." in (await chief.get(address)).text
    await approve_change(console_site, "guide:compte:fr", title="Au dernier instant")
    may_go_on.set()
    await wait_for_end(console_site, address)
    shown = await chief.get(address)
    assert (shown.status_code, await head_number(console_site)) == (409, before)
    assert "Rien n’a été fait" in shown.text and "Le titre." in shown.text


async def test_what_all_channels_had_comes_again_in_one_step(console_site: ConsoleSite, chief: ConsoleUser) -> None:
    archive = console_site.site.services.archive
    first = {channel: await archive.head(channel) for channel in ("fr-ML", "bm-ML")}
    await approve_change(console_site, GUIDE_ID, title="Une erreur")
    console_site.site.clock.pass_time(minutes=15)
    await console_site.site.services.publisher.publish(console_site.site.keys)
    console_site.site.clock.pass_time(minutes=15)
    old = first["fr-ML"]
    assert old
    page = await chief.get(f"/publishing/fr-ML/again/{old.id}")
    form = {"seen": plan_digest_in(page.text), "why": "Une erreur est sortie.", "channel": "bm-ML"}
    assert 'data-channel="bm-ML"' in page.text
    assert (await chief.post(f"/publishing/fr-ML/again/{old.id}", form)).status_code == 303
    for channel, edition in first.items():
        head = await archive.head(channel)
        assert head and edition
        assert head.manifest == edition.manifest
