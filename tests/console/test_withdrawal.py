"""Withdrawing what others depend on, translations that fall behind, and search in the texts."""

from __future__ import annotations

import re

import pytest

from server.accounts.account import Role
from server.writing.text_search import find_words
from sync.store.contract import Collection
from tests.support.console_client import ConsoleSite, ConsoleUser
from tests.support.console_forms import find_form
from tests.support.console_steps import GUIDE_ID, approve_change, save_draft
from tests.support.content_folder import SITE

pytestmark = pytest.mark.anyio

PAGE = f"/writing/{GUIDE_ID}"


async def test_what_others_link_to_is_withdrawn_by_two_people_who_see_who_links(console_site: ConsoleSite) -> None:
    first, second = await console_site.person(Role.COORDINATOR), await console_site.person(Role.COORDINATOR, "awa")
    workspace = console_site.site.services.workspace
    page = (await first.get(PAGE)).text
    assert "1 document y mène" in page and 'href="/console/writing/guide:compte:fr"' in page
    assert (await first.decide(f"{PAGE}/withdraw")).status_code == 303
    assert not (await workspace.get_work(GUIDE_ID)).is_withdrawn
    assert (await first.decide(f"{PAGE}/withdraw")).status_code in (409, 422), "the same person cannot do both"
    assert "Retrait demandé" in (await second.get("/")).text
    assert "Retrait demandé" not in (await first.get("/")).text
    await second.decide(f"{PAGE}/keep")
    assert not (await workspace.get_work(GUIDE_ID)).withdrawal_by
    await first.decide(f"{PAGE}/withdraw")
    assert (await second.decide(f"{PAGE}/withdraw")).status_code == 303
    work = await workspace.get_work(GUIDE_ID)
    assert work.is_withdrawn and not work.withdrawal_by


async def test_a_country_and_the_topics_are_never_withdrawn_by_one_person(console_site: ConsoleSite) -> None:
    first = await console_site.person(Role.COORDINATOR)
    for id in ("topics", "places:ML", "authorities:ML:fr", "route:ANY:fr"):
        await first.decide(f"/writing/{id}/withdraw")
        work = await console_site.site.services.workspace.get_work(id)
        assert work.withdrawal_by and not work.is_withdrawn, id


async def test_a_site_of_one_person_withdraws_what_others_depend_on(console_site: ConsoleSite) -> None:
    one, workspace = await console_site.person(Role.COORDINATOR), console_site.site.services.workspace
    await one.decide(f"{PAGE}/withdraw")
    assert not (await workspace.get_work(GUIDE_ID)).is_withdrawn
    await console_site.site.publish({"site.yaml": f"{SITE}one_person: true\n"})
    for path, id in ((PAGE, GUIDE_ID), ("/writing/topics", "topics")):
        assert (await one.decide(f"{path}/withdraw")).status_code == 303
        assert (await workspace.get_work(id)).is_withdrawn, id


async def test_translations_of_changed_advice_are_taken_off_until_a_speaker_reads_them(
    console_site: ConsoleSite,
) -> None:
    writer, reviewer = await console_site.person(Role.EDITOR), await console_site.person(Role.COORDINATOR)
    await approve_translation(console_site)
    workspace = console_site.site.services.workspace
    assert (await workspace.get_work("guide:argent:bm")).fields["reviewed"]
    await save_draft(writer, GUIDE_ID, body="Faites bouillir deux minutes.")
    await writer.decide(f"{PAGE}/ask")
    assert 'name="take-off"' in (await reviewer.get(PAGE)).text
    await reviewer.decide(f"{PAGE}/approve", {"take-off": "1"})
    work = await workspace.get_work("guide:argent:bm")
    assert "reviewed" not in work.fields
    assert work.approval, "it is known who approved it"
    await console_site.site.services.publisher.publish(console_site.site.keys)
    await console_site.site.services.current_editions.load()
    assert "Faites bouillir deux minutes." in (await console_site.site.client.get("/bm-ML/guides/argent")).text


async def test_translations_are_taken_off_in_the_step_that_approves_and_publishes(console_site: ConsoleSite) -> None:
    writer, reviewer = await console_site.person(Role.EDITOR), await console_site.person(Role.COORDINATOR)
    await approve_translation(console_site)
    site = console_site.site
    await site.services.publisher.publish(site.keys)
    site.clock.pass_time(minutes=1)
    await save_draft(writer, GUIDE_ID, body="Faites bouillir deux minutes.")
    await writer.decide(f"{PAGE}/ask")
    assert (await reviewer.get(PAGE)).text.count('name="take-off"') == 2
    answer = await reviewer.decide(f"{PAGE}/publish", {"take-off": "yes"})
    assert answer.status_code == 303, answer.text
    await site.services.current_editions.load()
    assert "Faites bouillir deux minutes." in (await site.client.get("/bm-ML/guides/argent")).text
    assert "Faites bouillir deux minutes." in (await site.client.get("/fr-ML/guides/argent")).text


async def approve_translation(console_site: ConsoleSite) -> None:
    id, writer = "guide:argent:bm", await console_site.person(Role.EDITOR, "binta")
    reviewer = await console_site.person(Role.COORDINATOR, "kadia")
    await writer.post("/writing/new", {"kind": "guide", "slug": "argent", "lang": "bm", "title": "Wari"})
    await save_draft(
        writer, id, title="Wari", body="I ka wari mara. [Konti](guide:compte) ani [so](page:index).", follows="1"
    )
    await writer.decide(f"/writing/{id}/ask")
    assert (await reviewer.decide(f"/writing/{id}/approve", {"speaks": "1"})).status_code == 303


async def test_words_are_found_in_the_texts_without_accents_and_shown_in_their_passage(
    console_site: ConsoleSite,
) -> None:
    writer = await console_site.person(Role.EDITOR)
    await approve_change(console_site, GUIDE_ID, body="Un mot.\n\nÀ haute altitude, l’eau bout à moins de cent degrés.")

    async def search(words: str) -> tuple[set[str], str]:
        page = (await writer.get("/writing", params={"words": words})).text
        return set(re.findall(r'href="/console/writing/([a-z]+:[^"/]+)"', page)), page

    found, page = await search("ALTITUDE degres")
    assert found == {GUIDE_ID}
    assert "haute altitude, l’eau bout" in page
    assert (await search("altitude introuvable"))[0] == set()
    work = await console_site.site.services.workspace.get_work(GUIDE_ID)
    assert find_words(work, "Argent", "argent") == ""


async def test_what_was_sent_back_discarded_or_withdrawn_may_be_undone_for_a_while(console_site: ConsoleSite) -> None:
    writer, chief = await console_site.person(Role.EDITOR), await console_site.person(Role.COORDINATOR)
    workspace, clock = console_site.site.services.workspace, console_site.site.clock
    await save_draft(writer, GUIDE_ID, body="Un texte qui ne se perd pas.")
    await writer.decide(f"{PAGE}/ask")
    await chief.decide(f"{PAGE}/return", {"note": "Trop tôt."})
    undo = await undo_form(chief)
    assert (await chief.post("/writing/undo")).status_code == 409, "no page said what would be undone"
    assert (await chief.post("/writing/undo", undo)).status_code == 303
    assert (await workspace.get_work(GUIDE_ID)).states[0] == "review"
    await chief.decide(f"{PAGE}/discard")
    assert (await workspace.get_work(GUIDE_ID)).draft is None
    earlier, undo = undo, await undo_form(chief)
    assert (await chief.post("/writing/undo", earlier)).status_code == 409, "it is the button of an earlier deed"
    await chief.post("/writing/undo", undo)
    draft = (await workspace.get_work(GUIDE_ID)).draft
    assert draft and draft.fields["body"] == "Un texte qui ne se perd pas."
    assert (await chief.post("/writing/undo", undo)).status_code == 409, "once"
    await chief.decide(f"{PAGE}/discard")
    undo = await undo_form(chief)
    await save_draft(writer, GUIDE_ID, body="Un autre texte.")
    assert (await chief.post("/writing/undo", undo)).status_code == 409, "somebody has written since"
    draft = (await workspace.get_work(GUIDE_ID)).draft
    assert draft and draft.fields["body"] == "Un autre texte."
    await chief.decide(f"{PAGE}/discard")
    undo = await undo_form(chief)
    clock.pass_time(minutes=2)
    assert (await chief.post("/writing/undo", undo)).status_code == 409, "it is too late"
    assert (await writer.post("/writing/undo", undo)).status_code == 409, "it was not theirs"


async def undo_form(person: ConsoleUser) -> dict[str, list[str]]:
    """The field of the button that the page after a deed offers, by which it knows the deed."""
    page = (await person.get(PAGE)).text
    form = find_form(f"/console{PAGE}", page, "/console/writing/undo", {})
    assert form, page
    return {"seen": form.given["seen"]}


async def test_who_comes_by_a_link_reads_that_a_page_is_withdrawn_and_what_replaces_it(
    console_site: ConsoleSite,
) -> None:
    site, chief = console_site.site, await console_site.person(Role.COORDINATOR)
    id = "notice:megas:fr"
    assert (await site.client.get("/fr-ML/notices/jamais")).status_code == 404
    page = (await chief.get(f"/writing/{id}")).text
    assert '<option value="guide:argent:fr">' in page
    strange = await chief.decide(f"/writing/{id}/withdraw", {"replaced": "guide:rien:fr"})
    assert strange.status_code == 404
    assert (await chief.decide(f"/writing/{id}/withdraw", {"replaced": "guide:argent:fr"})).status_code == 303
    await site.services.publisher.publish(site.keys)
    await site.services.current_editions.load()
    gone = await site.client.get("/fr-ML/notices/megas")
    assert gone.status_code == 410
    assert "Cette page a été retirée" in gone.text
    assert "Nous l’avons retirée le 24 novembre 2026." in gone.text
    assert "<a href=/fr-ML/guides/argent>Argent</a>" in gone.text
    assert "Clic" not in gone.text and "50 Go" not in gone.text, "what was withdrawn is not repeated"
    assert (await site.client.get("/bm-ML/notices/megas")).status_code == 410
    await chief.decide(f"/writing/{id}/back")
    await site.services.publisher.publish(site.keys)
    await site.services.current_editions.load()
    assert (await site.client.get("/fr-ML/notices/megas")).status_code == 200
    record = await site.services.store.get(Collection.CONTENT, id)
    assert record and "replaced_by" not in record.body
