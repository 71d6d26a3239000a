"""Review with the text: words changed since the last time, remarks by paragraph, approval and publication in one."""

from __future__ import annotations

import re

import anyio
import pytest

from server.accounts.account import Role
from sync.editions.archive import Archive
from sync.editions.feed import Edition
from sync.errors import Unavailable
from tests.support.console_client import ConsoleSite, ConsoleUser
from tests.support.console_steps import (
    GUIDE_ID,
    decide_alert,
    draft_alert,
    head_number,
    read_editor_form,
    save_draft,
)
from tests.support.content_folder import SITE

pytestmark = pytest.mark.anyio

PAGE = f"/writing/{GUIDE_ID}"


async def ask(writer: ConsoleUser, id: str = GUIDE_ID, **changes: str) -> None:
    form = read_editor_form((await writer.get(f"/writing/{id}/edit")).text)
    assert (await writer.post(f"/writing/{id}/edit", {**form, **changes, "ask": "1"})).status_code == 303


async def test_a_text_is_approved_and_published_in_one_step_whose_cost_was_shown(console_site: ConsoleSite) -> None:
    writer, reviewer = await console_site.person(Role.EDITOR), await console_site.person(Role.COORDINATOR)
    await console_site.site.publish()
    before = await head_number(console_site)
    console_site.site.clock.pass_time(minutes=1)
    await ask(writer, body="Gardez votre argent.")
    page = (await reviewer.get(PAGE)).text
    assert f'src="/console{PAGE}/preview"' in page, "the page as phones show it stands beside the decision"
    costs = [int(size) for size in re.findall(r'<data value="(\d+)" data-cost="update">', page)]
    assert costs and all(0 < size < 5000 for size in costs)
    assert f'action="/console{PAGE}/publish"' not in (await writer.get(PAGE)).text
    assert (await reviewer.decide(f"{PAGE}/publish")).status_code == 303
    assert await head_number(console_site) > before
    await console_site.site.services.current_editions.load()
    assert "Gardez votre argent." in (await console_site.site.client.get("/fr-ML/guides/argent")).text
    entry = (await reviewer.get("/publishing")).text
    assert "Argent" in entry


async def test_a_publication_that_stops_after_the_approval_says_what_was_done(
    console_site: ConsoleSite, monkeypatch: pytest.MonkeyPatch
) -> None:
    writer, reviewer = await console_site.person(Role.EDITOR), await console_site.person(Role.COORDINATOR)
    site, announced, limit = console_site.site, list[str](), 0
    await site.publish()
    announce = Archive.announce

    async def announce_some(archive: Archive, edition: Edition, previous: Edition | None) -> None:
        if len(announced) == limit:
            raise Unavailable("store-away", "Le magasin ne répond pas.", "Réessayez.")
        await announce(archive, edition, previous)
        announced.append(edition.statement.channel)

    monkeypatch.setattr(Archive, "announce", announce_some)
    for limit, code in ((0, "approved-only"), (1, "published-partly")):
        site.clock.pass_time(minutes=1)
        await ask(writer, body=f"Gardez votre argent, {limit}.")
        answer = await reviewer.decide(f"{PAGE}/publish")
        assert answer.status_code == 422 and code in answer.text and "Le texte est approuvé" in answer.text
        assert "Le magasin ne répond pas." in answer.text and all(name in answer.text for name in announced)
        work = await site.services.workspace.get_work(GUIDE_ID)
        assert work.draft is None and str(limit) in str((work.approved or {})["body"])
    assert len(announced) == 1 and "Argent" in (await reviewer.get("/publishing")).text


async def test_a_step_that_takes_long_leads_to_its_progress_and_then_to_the_text(
    console_site: ConsoleSite, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("server.publishing.publication_progress.PATIENCE", 0.0)
    writer, reviewer = await console_site.person(Role.EDITOR), await console_site.person(Role.COORDINATOR)
    await console_site.site.publish()
    await ask(writer, body="Gardez votre argent chez vous.")
    address = (await reviewer.decide(f"{PAGE}/publish")).headers["location"].removeprefix("/console")
    assert address.startswith("/publishing/progress/")
    run = console_site.site.services.publication_runs.find(address.rpartition("/")[2])
    assert run
    with anyio.fail_after(60):
        await run.finished.wait()
    assert (await reviewer.get(address)).headers["location"] == f"/console{PAGE}"


async def test_a_new_text_is_read_whole_before_it_is_approved(console_site: ConsoleSite) -> None:
    writer, reviewer = await console_site.person(Role.EDITOR), await console_site.person(Role.COORDINATOR)
    await writer.post("/writing/new", {"kind": "guide", "slug": "neuf", "lang": "fr", "title": "Tout neuf"})
    await ask(writer, "guide:neuf:fr", body="Faites bouillir l’eau.\n\nPuis attendez.")
    page = (await reviewer.get("/writing/guide:neuf:fr")).text
    assert "personne ne l’a encore approuvé" in page
    assert page.index("Faites bouillir l’eau.") < page.index("/approve")


async def test_a_reviewer_sees_what_changed_since_they_sent_a_text_back(console_site: ConsoleSite) -> None:
    writer, reviewer = await console_site.person(Role.EDITOR), await console_site.person(Role.EDITOR, "awa")
    await ask(writer, body="Un mot.\n\nDeux mots de plus.")
    await reviewer.decide(f"{PAGE}/return", {"note": "Trois."})
    await ask(writer, body="Un mot.\n\nTrois mots de plus.")
    page = (await reviewer.get(PAGE)).text
    assert "depuis que vous l’avez lu" in page
    assert "<del>Deux</del>" in page and "<ins>Trois</ins>" in page
    assert "<ins>Un</ins>" not in page, "they had read this paragraph before"


async def test_remarks_have_name_and_day_and_are_kept_and_answered(console_site: ConsoleSite) -> None:
    writer, reviewer = await console_site.person(Role.EDITOR), await console_site.person(Role.EDITOR, "awa")
    await ask(writer, body="Un mot.\n\nDeux mots de plus.")
    page = (await reviewer.get(PAGE)).text
    [about] = re.findall(r'<option value="(paragraph:[^"]+)"[^>]*>\d+\. Deux mots', page)
    assert (await reviewer.post(f"{PAGE}/remark", {"about": about, "remark": "Lesquels ?"})).status_code == 303
    page = (await writer.get(PAGE)).text
    paragraph = re.sub("</?ins>", "", page[page.index("Deux mots de plus.") :])
    assert re.match(
        r"Deux mots de plus\.</p>\s*<blockquote[^>]*><p><strong>awa</strong>, [^<]+2026 : Lesquels", paragraph
    )
    assert "Lesquels ?" in (await writer.get(f"{PAGE}/edit")).text, "its writer sees it while they write"
    [answer] = re.findall(r'<option value="(answer:[^"]+)"', page)
    await writer.post(f"{PAGE}/remark", {"about": answer, "remark": "Ceux du titre."})
    await save_draft(writer, GUIDE_ID, body="Un mot.\n\nAutre chose.")
    await writer.decide(f"{PAGE}/ask")
    page = (await reviewer.get(PAGE)).text
    assert "Sur un passage qui a changé" in page
    assert "Lesquels ?" in page and "Ceux du titre." in page
    await reviewer.decide(f"{PAGE}/approve")
    await save_draft(writer, GUIDE_ID, body="Encore autre chose.")
    assert "Ceux du titre." in (await writer.get(PAGE)).text, "remarks outlive the draft"
    crafted = await writer.post(f"{PAGE}/remark", {"about": "answer:draft:site", "remark": "x"})
    assert crafted.status_code == 404


async def test_a_site_of_one_person_publishes_what_its_pages_say_nobody_else_has_read(
    console_site: ConsoleSite,
) -> None:
    site = console_site.site
    one = await console_site.person(Role.COORDINATOR)
    await ask(one, body="Gardez votre argent.")
    own = await one.decide(f"{PAGE}/approve")
    assert own.status_code in (409, 422), "a second person is needed unless the site says otherwise"
    await site.publish({"site.yaml": f"{SITE}one_person: true\n"})
    mark = "Personne d’autre ne l’a relue."
    page = (await one.get(PAGE)).text
    assert "sa page le dira" in page and f'action="/console{PAGE}/publish"' in page
    assert (await one.decide(f"{PAGE}/publish")).status_code == 303
    await site.services.current_editions.load()
    for channel in ("fr-ML", "bm-ML"):
        letter = "complaints/scam/prosecutor"
        for path in ("guides/argent", "notices/megas", "complaints/scam", letter, "authorities"):
            assert mark in (await site.client.get(f"/{channel}/{path}")).text, (channel, path)
    alert = await draft_alert(one, severity="Extreme")
    assert (await decide_alert(one, alert, "send")).status_code == 422, "danger to life takes two"


async def test_pages_of_other_sites_carry_no_such_mark(console_site: ConsoleSite) -> None:
    await console_site.site.publish()
    for path in ("guides/argent", "complaints/scam", "authorities"):
        assert "Personne d’autre" not in (await console_site.site.client.get(f"/fr-ML/{path}")).text
