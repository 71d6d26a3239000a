"""Writing: drafts stay out of editions, a second person approves, concurrent edits lose nothing, imports keep approved
texts.
"""

from __future__ import annotations

import datetime
import re
from typing import Any

import pytest

from server.accounts.account import Role
from server.console.components import local_time
from server.writing.checks import EDITABLE_KINDS
from sync.store.contract import Collection, Write
from tests.support.console_client import ConsoleSite
from tests.support.console_steps import GUIDE_ID, read_editor_form, save_draft
from tests.support.content_folder import IDS

pytestmark = pytest.mark.anyio


async def published(console_site: ConsoleSite, path: str) -> str:
    await console_site.site.services.publisher.publish(console_site.site.keys)
    await console_site.site.services.current_editions.load()
    return (await console_site.site.client.get(f"/fr-ML/{path}")).text


async def test_saving_a_form_untouched_changes_nothing(console_site: ConsoleSite) -> None:
    writer = await console_site.person(Role.EDITOR)
    for id in (id for id in IDS if id.partition(":")[0] in EDITABLE_KINDS):
        assert (await save_draft(writer, id)).status_code == 303, id
        work = await console_site.site.services.workspace.get_work(id)
        assert work.draft and work.draft.fields_digest == work.approved_digest, id


async def test_a_draft_enters_no_edition_until_somebody_else_approves_it(console_site: ConsoleSite) -> None:
    writer, other = await console_site.person(Role.EDITOR), await console_site.person(Role.EDITOR, "awa")
    assert (await save_draft(writer, GUIDE_ID, title="Votre argent")).headers[
        "location"
    ] == f"/console/writing/{GUIDE_ID}"
    assert "Votre argent" not in await published(console_site, "guides/argent")
    await writer.decide(f"/writing/{GUIDE_ID}/ask", {"note": "Relis le titre."})
    rev = (await console_site.site.services.workspace.get_work(GUIDE_ID)).draft
    assert rev
    form = await other.read_form(f"/writing/{GUIDE_ID}/approve", {})
    assert form
    own = await writer.post(f"/writing/{GUIDE_ID}/approve", {"seen": form.given["seen"]})
    assert own.status_code == 422
    assert "Une autre personne" in own.text
    page = (await other.get(f"/writing/{GUIDE_ID}")).text
    assert "Relis le titre." in page
    assert "<ins>Votre</ins>" in page or "<ins>" in page
    assert (await other.decide(f"/writing/{GUIDE_ID}/approve")).status_code == 303
    assert "Votre argent" in await published(console_site, "guides/argent")
    work = await console_site.site.services.workspace.get_work(GUIDE_ID)
    assert work.draft is None
    assert work.approval and work.approval["by"] == "awa"
    assert [
        version.fields["title"] for version in await console_site.site.services.workspace.list_past_versions(GUIDE_ID)
    ] == ["Argent"]


async def test_whoever_saves_second_loses_nothing(console_site: ConsoleSite, monkeypatch: pytest.MonkeyPatch) -> None:
    writer, other = await console_site.person(Role.EDITOR), await console_site.person(Role.EDITOR, "awa")
    mine, theirs = [
        read_editor_form((await person.get(f"/writing/{GUIDE_ID}/edit")).text) for person in (writer, other)
    ]
    await writer.post(f"/writing/{GUIDE_ID}/edit", {**mine, "title": "Le mien"})
    answer = await other.post(f"/writing/{GUIDE_ID}/edit", {**theirs, "title": "Le sien"})
    work = await console_site.site.services.workspace.get_work(GUIDE_ID)
    assert work.draft and work.draft.fields["title"] == "Le mien"
    [aside] = work.asides
    assert (aside.fields["title"], aside.by) == ("Le sien", "awa")
    with monkeypatch.context() as patch:
        patch.setattr(local_time, "clock_country", lambda library: "TD")  # an hour before UTC
        assert "awa, 24 novembre 2026 à 13:00" in (await other.get(f"/writing/{GUIDE_ID}")).text
        dropping = await other.post(f"/writing/{GUIDE_ID}/drop", {"aside": aside.id, "seen": "x"})
        assert "awa, 24 novembre 2026 à 13:00" in dropping.text
    settling = await other.client.get(answer.headers["location"])
    assert "Deux textes" in settling.text
    assert "<del>Le mien</del>" in settling.text or "<del>mien</del>" in settling.text
    form = read_editor_form(settling.text)
    assert form["title"] == ["Le sien"]
    await other.post(f"/writing/{GUIDE_ID}/edit", {**form, "title": "Le mien et le sien"})
    work = await console_site.site.services.workspace.get_work(GUIDE_ID)
    assert work.draft and work.draft.fields["title"] == "Le mien et le sien"
    assert work.draft.writers == ("editor", "awa")
    assert work.asides == ()


async def test_a_draft_whose_ground_moved_is_settled_before_it_is_approved(console_site: ConsoleSite) -> None:
    writer, other = await console_site.person(Role.EDITOR), await console_site.person(Role.EDITOR, "awa")
    await save_draft(writer, GUIDE_ID, title="Mon titre")
    await writer.decide(f"/writing/{GUIDE_ID}/ask")
    await console_site.site.publish({"guides/argent/fr.md": "---\ntitle: Venu du fichier\n---\nUn autre texte.\n"})
    work = await console_site.site.services.workspace.get_work(GUIDE_ID)
    assert work.is_stale
    refused = await other.decide(f"/writing/{GUIDE_ID}/approve")
    assert refused.status_code == 409
    assert "Le texte approuvé a changé" in (await writer.get(f"/writing/{GUIDE_ID}/edit")).text
    assert "Venu du fichier" in await published(console_site, "guides/argent")


async def test_an_import_leaves_what_was_approved_here_alone(console_site: ConsoleSite) -> None:
    writer, other = await console_site.person(Role.EDITOR), await console_site.person(Role.EDITOR, "awa")
    await save_draft(writer, GUIDE_ID, title="Approuvé ici")
    await writer.decide(f"/writing/{GUIDE_ID}/ask")
    await other.decide(f"/writing/{GUIDE_ID}/approve")
    await console_site.site.publish({"guides/argent/fr.md": "---\ntitle: Venu du fichier\n---\nUn autre texte.\n"})
    assert "Approuvé ici" in await published(console_site, "guides/argent")


async def test_errors_stand_beside_their_fields_and_the_text_is_kept(console_site: ConsoleSite) -> None:
    writer = await console_site.person(Role.EDITOR)
    answer = await save_draft(
        writer, GUIDE_ID, title="x" * 121, body="Un lien [mort](guide:nulle-part).\n\n<b>gras</b>", updated="2026-02-31"
    )
    assert answer.status_code == 422
    assert 'href="#f-title"' in answer.text
    assert "est trop long" in answer.text
    assert "n’est pas une date" in answer.text
    answer = await save_draft(
        writer, GUIDE_ID, title="Bon", body="Un lien\n\n[mort](guide:nulle-part).\n\n<b>gras</b>", updated="2026-02-28"
    )
    assert "Ligne 3" in answer.text
    assert "Ligne 5" in answer.text
    work = await console_site.site.services.workspace.get_work(GUIDE_ID)
    assert work.draft and "nulle-part" in work.draft.fields["body"]
    assert (await writer.decide(f"/writing/{GUIDE_ID}/ask")).status_code == 422


async def test_a_fact_among_many_has_its_error_beside_it_and_is_kept(console_site: ConsoleSite) -> None:
    writer = await console_site.person(Role.EDITOR)
    for id, changes, where, message in (
        ("places:ML", {"places.1.code": "BF-1"}, "places.1.code", "n’est pas un code de ce pays"),
        ("places:ML", {"places.1.code": "ML-1"}, "places.1", "est deux fois dans"),
        (
            "authorities:ML:fr",
            {"authorities.0.facts.0.source.published": "2026-13"},
            "authorities.0.facts.0.source.published",
            "n’est pas une date",
        ),
        ("authorities:ML:fr", {"authorities.0.facts.0.text": ""}, "authorities.0.facts.0.text", "Il manque le champ"),
        ("route:ANY:fr", {"harms.2.guides.0": "nulle-part"}, "harms.2.guides.0", "ne mène à rien"),
        ("route:ANY:fr", {"harms.0.steps.0.do": "Voyez la loi n° 12."}, "harms.0.steps.0.do", "sans source"),
        ("topics", {"topics.0.titles.fr": ""}, "topics.0.titles", "n’a pas de titre"),
        ("site", {"id": "autre"}, "id", "il ne change plus"),
        ("site", {"prices.ML.francs": "beaucoup"}, "prices.ML.francs", "nombre au-dessus de zéro"),
        ("site", {"about.fr": "Un.\n\nDeux.\n\n[mort](guide:nulle-part)"}, "about.fr", "Ligne 5"),
        ("site", {"about.fr": "[mort](guide:nulle-part)"}, "about.fr", "ne mène à rien"),
    ):
        answer = await save_draft(writer, id, **changes)
        assert answer.status_code == 422, (id, changes)
        [sentence] = re.findall(rf'<p class="wrong" id="e-{re.escape(where)}">([^<]*)</p>', answer.text)
        assert message in sentence, (sentence, message)
        assert f'href="#f-{where}"' in answer.text
        assert f'id="f-{where}"' in answer.text or f'id="r-{where.replace(".", "-")}"' in answer.text
        work = await console_site.site.services.workspace.get_work(id)
        assert work.draft, "what was written is kept"
        assert (await writer.decide(f"/writing/{id}/ask")).status_code == 422
        await writer.decide(f"/writing/{id}/discard")


async def test_an_office_is_added_with_its_facts_and_reaches_readers_once_approved(console_site: ConsoleSite) -> None:
    writer, other = await console_site.person(Role.EDITOR), await console_site.person(Role.COORDINATOR)
    path = "/writing/authorities:ML:fr/edit"
    page = (await writer.get(path)).text
    for row in ("add:authorities", "add:authorities.1.facts", "add:authorities.1.facts", "up:authorities.1.facts.1"):
        answer = await writer.post(path, {**read_editor_form(page), "row": row})
        assert answer.status_code == 200
        assert "pas encore enregistré" in answer.text
        page = answer.text
    assert (await console_site.site.services.workspace.get_work("authorities:ML:fr")).draft is None, (
        "nothing is kept by a row"
    )
    form = read_editor_form(page) | {
        "authorities.1.slug": "fleuve",
        "authorities.1.name": "Commissariat du fleuve",
        "authorities.1.step": "prosecutor",
        "authorities.1.receives": ["scam"],
        "authorities.1.phone": "80 00 11 22",
        "authorities.1.facts.0.text": "C’est gratuit.",
        "authorities.1.facts.0.source.title": "Une radio",
        "authorities.1.facts.0.source.published": "2026-11",
    }
    assert (await writer.post(path, form)).status_code == 303
    work = await console_site.site.services.workspace.get_work("authorities:ML:fr")
    assert work.draft
    assert work.draft.fields["authorities"][1] == {
        "slug": "fleuve",
        "name": "Commissariat du fleuve",
        "step": "prosecutor",
        "receives": ["scam"],
        "phone": "80 00 11 22",
        "facts": [{"text": "C’est gratuit.", "source": {"title": "Une radio", "published": "2026-11"}}],
    }
    await writer.decide("/writing/authorities:ML:fr/ask")
    rev = (await console_site.site.services.workspace.get_work("authorities:ML:fr")).draft
    assert rev
    assert (await other.decide("/writing/authorities:ML:fr/approve")).status_code == 303
    assert "Commissariat du fleuve" in await published(console_site, "complaints/scam")
    assert "80 00 11 22" in await published(console_site, "complaints/scam")


async def test_an_association_is_listed_with_its_consent_until_its_review_date(
    console_site: ConsoleSite,
) -> None:
    writer, other = await console_site.person(Role.EDITOR), await console_site.person(Role.COORDINATOR)
    id = "authorities:ML:fr"
    page = (await writer.get(f"/writing/{id}/edit")).text
    assert "Associations qui accompagnent" in page
    page = (await writer.post(f"/writing/{id}/edit", {**read_editor_form(page), "row": "add:companions"})).text
    form = read_editor_form(page) | {
        "companions.0.slug": "marche",
        "companions.0.name": "Association d’essai",
        "companions.0.receives": ["scam"],
        "companions.0.phone": "80 00 11 33",
        "companions.0.review_by": "2026-12-31",
    }
    refused = await writer.post(f"/writing/{id}/edit", form)
    assert refused.status_code == 422, "nobody is listed without having agreed"
    assert 'id="e-companions.0.consent' in refused.text
    consent = {"companions.0.consent.by": "Awa", "companions.0.consent.day": "2026-11-20"}
    form = read_editor_form(refused.text) | consent
    assert (await writer.post(f"/writing/{id}/edit", form)).status_code == 303
    await writer.decide(f"/writing/{id}/ask")
    assert (await other.decide(f"/writing/{id}/approve")).status_code == 303
    shown = await published(console_site, "authorities")
    assert "80 00 11 33" in shown
    assert "A accepté le 20 novembre 2026" in shown
    after = int(datetime.datetime(2027, 1, 1, tzinfo=datetime.UTC).timestamp())
    assert f"<div data-until={after}><address><b>Association d’essai</b>" in shown, "phones hide it by themselves"
    assert re.search("<p hidden>Aucune association n’a encore accepté", shown), "said once the last one is hidden"
    soon = "Accord d’une association qui finit dans la semaine : Association d’essai"
    planned = "Association d’essai (Mali) : publier la laisse de côté à partir du 1er janvier 2027."
    for day, waits in ((24, False), (25, True), (31, True)):
        console_site.site.clock.now = datetime.datetime(2026, 12, day, 23, tzinfo=datetime.UTC)
        asked = await console_site.person(Role.COORDINATOR, f"awa{day}")  # the earlier sessions are over
        assert (soon in (await asked.get("/")).text) == waits, day
        assert (planned in (await asked.get("/publishing/plan")).text) == waits, day
    assert "80 00 11 33" in await published(console_site, "authorities")
    console_site.site.clock.pass_time(hours=2)
    asked = await console_site.person(Role.EDITOR, "kadi")
    first_page = (await asked.get("/")).text
    assert "Accord fini, publier laisse l’association de côté : Association d’essai" in first_page
    assert f'href="/console/writing/{id}/edit#f-companions"' in first_page
    assert 'id="f-companions"' in (await asked.get(f"/writing/{id}/edit")).text
    later = await published(console_site, "authorities")
    assert "Association d’essai" not in later
    assert "<p>Aucune association n’a encore accepté" in later


async def test_a_row_moved_while_somebody_else_saved_overwrites_nothing(console_site: ConsoleSite) -> None:
    writer, other = await console_site.person(Role.EDITOR), await console_site.person(Role.EDITOR, "awa")
    path = "/writing/places:ML/edit"
    mine, theirs = [read_editor_form((await person.get(path)).text) for person in (writer, other)]
    await writer.post(path, {**mine, "places.0.name": "Kayes la grande"})
    moved = await other.post(path, {**theirs, "row": "down:places.0"})
    saved = await other.post(path, read_editor_form(moved.text))
    assert "?with=aside:" in saved.headers["location"]
    work = await console_site.site.services.workspace.get_work("places:ML")
    assert work.draft and work.draft.fields["places"][0]["name"] == "Kayes la grande"
    settling = read_editor_form((await other.client.get(saved.headers["location"])).text)
    again = await other.post(path, {**settling, "row": "up:places.1"})
    assert "Deux textes" in again.text, "the two texts stay beside each other while rows move"
    assert (await other.post(path, read_editor_form(again.text))).status_code == 303
    assert (await console_site.site.services.workspace.get_work("places:ML")).asides == ()


async def test_a_crafted_row_changes_nothing(console_site: ConsoleSite) -> None:
    writer = await console_site.person(Role.EDITOR)
    form = read_editor_form((await writer.get("/writing/places:ML/edit")).text)
    for row in ("eat:places.0", "add:country", "up:places.99", "add:__class__"):
        assert (await writer.post("/writing/places:ML/edit", {**form, "row": row})).status_code == 400
    crafted = await writer.post("/writing/places:ML/edit", {**form, "country": "BF", "slug": "BF", "lang": "en"})
    assert crafted.status_code == 303
    work = await console_site.site.services.workspace.get_work("places:ML")
    assert work.draft and work.draft.fields["country"] == "ML", "which document it is, its address says"


async def test_a_new_guide_begins_as_a_draft_and_appears_once_approved(console_site: ConsoleSite) -> None:
    writer, other = await console_site.person(Role.EDITOR), await console_site.person(Role.COORDINATOR)
    created = await writer.post("/writing/new", {"kind": "guide", "slug": "neuf", "lang": "fr", "title": "Tout neuf"})
    assert created.headers["location"] == "/console/writing/guide:neuf:fr/edit"
    assert (await writer.post("/writing/new", {"kind": "guide", "slug": "neuf", "lang": "fr"})).status_code == 422
    named = await writer.post("/writing/new", {"kind": "guide", "lang": "fr", "title": "Tout neuf, lui aussi"})
    assert named.headers["location"] == "/console/writing/guide:tout-neuf-lui-aussi:fr/edit"
    for slug in ("", "../x", "É", "a b"):
        assert (await writer.post("/writing/new", {"kind": "guide", "slug": slug, "lang": "fr"})).status_code == 422
    assert (await save_draft(writer, "guide:neuf:fr", body="Un texte.")).status_code == 303
    assert "Tout neuf" not in await published(console_site, "guides")
    await writer.decide("/writing/guide:neuf:fr/ask")
    await other.decide("/writing/guide:neuf:fr/approve", {"due": "2027-01-01"})
    assert "Tout neuf" in await published(console_site, "guides")
    await other.decide("/writing/guide:neuf:fr/withdraw")
    assert "Tout neuf" not in await published(console_site, "guides")
    await other.decide("/writing/guide:neuf:fr/back")
    assert "Tout neuf" in await published(console_site, "guides")


async def test_the_list_filters_and_says_what_is_overdue(console_site: ConsoleSite) -> None:
    writer, chief = await console_site.person(Role.EDITOR), await console_site.person(Role.COORDINATOR)

    async def ids(query: str) -> set[str]:
        return set(re.findall(r'href="/console/writing/([a-z]+:[^"/]+)"', (await writer.get(f"/writing?{query}")).text))

    assert await ids("kind=guide") == {"guide:compte:fr", GUIDE_ID}
    assert await ids("topic=comptes&kind=guide") == {"guide:compte:fr"}
    assert await ids("words=argent") == {GUIDE_ID, "guide:compte:fr"}, "one has it in its title, the other in its text"
    assert await ids("state=draft") == set()
    await save_draft(writer, GUIDE_ID, title="En cours")
    assert await ids("state=draft") == {GUIDE_ID}
    await chief.decide(f"/writing/{GUIDE_ID}/due", {"due": "2026-01-01"})
    assert await ids("overdue=1") == {GUIDE_ID}
    assert (await chief.decide(f"/writing/{GUIDE_ID}/due", {"due": "2026-02-31"})).status_code == 400
    assert (await writer.decide(f"/writing/{GUIDE_ID}/due", {"due": "2027-01-01"})).status_code == 403


async def test_the_preview_is_the_very_page_of_the_edition(console_site: ConsoleSite) -> None:
    writer = await console_site.person(Role.EDITOR)
    preview = await writer.get("/writing/guide:compte:fr/preview")
    page = (await console_site.site.client.get("/fr-ML/guides/compte")).text
    # The page that is served says beside what it is about, to programs that show its link.
    assert preview.content.decode() == re.sub(r"<meta (?:name=description|property=og:)[^>]*>", "", page)
    assert "sandbox allow-same-origin" in preview.headers["content-security-policy"]
    assert "frame-ancestors 'self'" in preview.headers["content-security-policy"]
    assert preview.headers["x-frame-options"] == "SAMEORIGIN"
    form = read_editor_form((await writer.get("/writing/guide:compte:fr/edit")).text)
    live = await writer.post("/writing/guide:compte:fr/preview", {**form, "body": "Autre **texte**."})
    assert "<strong>texte</strong>" in live.text
    assert int(live.headers["kunnafoni-weight"]) < 1000
    assert (await console_site.site.services.workspace.get_work("guide:compte:fr")).draft is None
    for id in ("notice:megas:fr", "template:procureur:fr", "authorities:ML:fr", "site", "topics"):
        assert (await writer.get(f"/writing/{id}/preview")).status_code == 200


async def test_a_draft_of_the_wrong_form_breaks_nothing(console_site: ConsoleSite) -> None:
    """A malformed record, as replication may bring one, is shown as it is."""
    writer = await console_site.person(Role.EDITOR)
    body: dict[str, Any] = {
        "of": GUIDE_ID,
        "kind": "guide",
        "fields": {"title": 3, "odd": []},
        "state": "draft",
        "base": "",
        "writers": [],
    }
    body |= {"by": "", "when": "", "note": ""}
    await console_site.site.services.store.write(Collection.CONTENT, [Write(f"draft:{GUIDE_ID}", body)])
    for path in ("", "/edit", "/preview"):
        assert (await writer.get(f"/writing/{GUIDE_ID}{path}")).status_code == 200


async def test_a_script_is_told_where_to_go_and_the_sentence_is_kept_for_that_page(console_site: ConsoleSite) -> None:
    """The editor's script gives nothing up before it knows that the server has the text."""
    writer = await console_site.person(Role.EDITOR)
    form = read_editor_form((await writer.get(f"/writing/{GUIDE_ID}/edit")).text)
    changed = {**form, "title": "Votre argent"}
    answer = await writer.post(f"/writing/{GUIDE_ID}/edit", changed, headers={"kunnafoni-form": "1"})
    assert (answer.status_code, answer.headers["kunnafoni-next"]) == (204, f"/console/writing/{GUIDE_ID}")
    assert "Le brouillon est enregistré." in (await writer.get(f"/writing/{GUIDE_ID}")).text


async def test_a_save_whose_answer_was_lost_is_repeated_and_sets_nothing_aside(console_site: ConsoleSite) -> None:
    writer, other = await console_site.person(Role.EDITOR), await console_site.person(Role.EDITOR, "awa")
    form = read_editor_form((await writer.get(f"/writing/{GUIDE_ID}/edit")).text)
    for person, title in ((writer, "Le mien"), (writer, "Le mien"), (other, "Le mien"), (writer, "Un autre")):
        answer = await person.post(f"/writing/{GUIDE_ID}/edit", {**form, "csrf": person.csrf, "title": title})
        assert answer.status_code == 303
    work = await console_site.site.services.workspace.get_work(GUIDE_ID)
    assert work.draft and work.draft.fields["title"] == "Le mien"
    asides = {(aside.by, aside.fields["title"]) for aside in work.asides}
    assert asides == {("awa", "Le mien"), ("editor", "Un autre")}


async def test_each_account_has_a_key_of_its_own_for_what_its_browser_keeps(console_site: ConsoleSite) -> None:
    keys = []
    for name in ("awa", "awa", "fanta"):
        page = (await (await console_site.person(Role.EDITOR, name)).get(f"/writing/{GUIDE_ID}/edit")).text
        keys += re.findall(r'data-kept-key="([A-Za-z0-9_-]{43})"', page)
    assert keys[0] == keys[1] != keys[2]
    assert "data-kept-key" not in (await console_site.browser().get("/sign-in")).text
