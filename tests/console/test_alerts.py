"""Alerts in the console: written, previewed, approved by a second person if Extreme, sent, followed, ended."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path

import pytest

from server.accounts.account import Role
from server.console.alerts.place_choice import MAX_FOUND, home_countries, offer_places
from server.push.fanout_records import Shard, load_shards
from sync.documents.model import Place, Places
from sync.store.contract import Collection, Write
from tests.support.console_client import ConsoleSite, running_console_site
from tests.support.console_steps import ALERT_FIELDS, decide_alert, draft_alert, edit_alert, read_seen, seen_in
from tests.support.content_folder import GOOD
from tests.support.repository import ROOT
from tests.support.sample_alerts import LIBRARY

pytestmark = pytest.mark.anyio


@pytest.fixture
async def console_site(tmp_path: Path) -> AsyncIterator[ConsoleSite]:
    async with running_console_site(tmp_path) as running:
        yield running


async def test_an_alert_is_written_seen_and_sent(console_site: ConsoleSite) -> None:
    awa = await console_site.person(Role.COORDINATOR)
    address = await draft_alert(awa)
    page = (await awa.get(f"{address}/check")).text
    sentences = (
        "Le Bani déborde",
        "Jusqu’au 25 novembre 2026 à 18:00",
        "0 téléphone la recevra.",
        "Place prise dans le message :",
        "SMS (",
        "Je répète.",
    )
    for words in sentences:
        assert words in page
    assert "Aucun message" not in page
    answer = await decide_alert(awa, address, "send")
    followed = (await awa.get(answer.headers["location"].removeprefix("/console"))).text
    assert "Annuler" in followed
    await console_site.site.services.current_editions.load()
    assert "Le Bani déborde" in (await console_site.site.client.get("/fr-ML/")).text
    assert "Le Bani déborde" in (await awa.get("/alerts")).text
    assert (await awa.get(f"{address}/check")).status_code == 404
    journal = (await (await console_site.person(Role.ADMINISTRATOR)).get("/journal")).text
    assert "a envoyé une alerte" in journal


async def test_the_journal_leads_to_the_draft_and_once_sent_to_the_alert(console_site: ConsoleSite) -> None:
    awa, chief = [await console_site.person(role) for role in (Role.COORDINATOR, Role.ADMINISTRATOR)]
    address = await draft_alert(awa)
    [link] = set(re.findall(r'href="/console(/alerts/of/[^"]+)"', (await chief.get("/journal")).text))
    assert (await chief.get(link)).headers["location"] == f"/console{address}/check"
    sent = (await decide_alert(awa, address, "send")).headers["location"]
    assert (await chief.get(link)).headers["location"] == sent
    other = await draft_alert(awa)
    await decide_alert(awa, other, "drop")
    assert (await chief.get(link.replace(address.rpartition("/")[2], other.rpartition("/")[2]))).status_code == 404


@pytest.mark.parametrize("contact", ["", "alertes@exemple.ml"])
async def test_without_a_contact_it_is_said_before_sending_and_the_alert_is_published(
    console_site: ConsoleSite, contact: str
) -> None:
    push = console_site.site.services.push
    push._settings = replace(push._settings, push_contact=contact)
    awa = await console_site.person(Role.COORDINATOR)
    address = await draft_alert(awa)
    page = (await awa.get(f"{address}/check")).text
    for words in (
        "Aucun message ne part vers les téléphones",
        contact,
        "KUNNAFONI_PUSH_CONTACT=mailto:",
        "Envoyer maintenant",
    ):
        assert words in page
    assert "téléphones la recevront" not in page
    assert (await decide_alert(awa, address, "send")).status_code == 303
    await console_site.site.services.current_editions.load()
    assert "Le Bani déborde" in (await console_site.site.client.get("/fr-ML/")).text


async def test_what_is_missing_is_said_and_nothing_can_be_sent(console_site: ConsoleSite) -> None:
    awa = await console_site.person(Role.COORDINATOR)
    address = await draft_alert(awa, **{"fr-description": "", "severity": ""})
    page = (await awa.get(f"{address}/check")).text
    assert "À corriger avant l’envoi" in page
    assert "Il manque le champ « Danger »." in page
    assert "« severity »" not in page
    assert f"{address}#f-severity" in page
    assert "Envoyer maintenant" not in page
    assert (await decide_alert(awa, address, "send")).status_code == 422
    late = await draft_alert(awa, expires="2026-11-24T11:00")
    assert "La fin de l’alerte est déjà passée." in (await awa.get(f"{late}/check")).text


async def test_no_place_is_a_question_and_what_other_maps_will_show_is_said(console_site: ConsoleSite) -> None:
    awa = await console_site.person(Role.COORDINATOR)
    nowhere = await draft_alert(awa, geocode=[])
    page = (await awa.get(f"{nowhere}/check")).text
    assert "S’il est partout, nommez les pays entiers." in page
    assert (await decide_alert(awa, nowhere, "send")).status_code == 422
    new_region = await draft_alert(awa, geocode=["ML-11"])
    page = (await awa.get(f"{new_region}/check")).text
    assert "des régions entières, dans leurs anciennes limites : Sikasso." in page
    whole = (await awa.get(f"{await draft_alert(awa, geocode=['ML'])}/check")).text
    assert "anciennes limites" not in whole


async def test_extreme_needs_a_second_person(console_site: ConsoleSite) -> None:
    awa, binta = (
        await console_site.person(Role.COORDINATOR, "awa"),
        await console_site.person(Role.COORDINATOR, "binta"),
    )
    address = await draft_alert(awa, severity="Extreme")
    assert "Envoyer maintenant" not in (await awa.get(f"{address}/check")).text
    assert (await decide_alert(awa, address, "send")).status_code == 422
    assert (await decide_alert(awa, address, "approve")).status_code == 422
    await decide_alert(awa, address, "ask")
    assert "Attend une deuxième personne" in (await binta.get("/alerts")).text
    assert (await decide_alert(binta, address, "approve")).status_code == 303
    await edit_alert(awa, address, **{"severity": "Extreme", "fr-description": "Autre chose."})
    assert (await decide_alert(awa, address, "send")).status_code == 422  # a change takes the approval away
    await decide_alert(binta, address, "ask")
    assert (await decide_alert(binta, address, "approve")).status_code == 303
    approved = (await binta.get("/alerts")).text
    assert ("Approuvée par binta" in approved, "Attend une deuxième personne" in approved) == (True, False)
    assert (await decide_alert(awa, address, "send")).status_code == 303


@pytest.mark.parametrize("action", ["ask", "approve", "send", "schedule", "drop"])
async def test_nothing_is_decided_about_a_text_that_was_not_read(console_site: ConsoleSite, action: str) -> None:
    awa, binta = (
        await console_site.person(Role.COORDINATOR, "awa"),
        await console_site.person(Role.COORDINATOR, "binta"),
    )
    address = await draft_alert(awa, severity="Extreme")
    if action == "approve":
        await decide_alert(awa, address, "ask")
    read = await read_seen(binta, f"{address}/check")
    await edit_alert(awa, address, **{"severity": "Extreme", "fr-instruction": "Fuyez tous vers le nord."})
    if action == "approve":
        await decide_alert(awa, address, "ask")
    drafts = console_site.site.services.alerts.drafts
    before = await drafts.all()
    answer = await binta.post(f"{address}/{action}", {"seen": read, "at": "2026-11-24T14:00"})
    assert answer.status_code == 409
    if action != "drop":
        for words in ("Montez", "hauteurs", "nord", "Ce n’est plus le texte que vous avez lu"):
            assert words in answer.text
    assert await drafts.all() == before
    assert (await console_site.site.services.alerts.load_library()).alerts == {}
    assert (await binta.post(f"{address}/{action}", {"at": "2026-11-24T14:00"})).status_code == 409  # no text at all


async def test_of_two_people_who_write_at_once_neither_loses_a_text(console_site: ConsoleSite) -> None:
    awa, binta = (
        await console_site.person(Role.COORDINATOR, "awa"),
        await console_site.person(Role.COORDINATOR, "binta"),
    )
    address = await draft_alert(awa)
    read = await read_seen(binta, address)
    await edit_alert(awa, address, **{"fr-description": "Le texte d’Awa."})
    second = await binta.post(address, {**ALERT_FIELDS, "fr-description": "Le texte de Binta.", "seen": read})
    assert second.status_code == 409
    assert "Le texte de Binta." in second.text
    assert "Awa" in second.text
    [draft] = await console_site.site.services.alerts.drafts.all()
    assert draft.fields["info"]["fr"]["description"] == "Le texte d’Awa."
    again = {**ALERT_FIELDS, "fr-description": "Le texte de Binta.", "seen": seen_in(second.text)}
    assert (await binta.post(address, again)).status_code == 303
    [draft] = await console_site.site.services.alerts.drafts.all()
    assert draft.fields["info"]["fr"]["description"] == "Le texte de Binta."
    assert draft.versions[seen_in(second.text)]["info"]["fr"]["description"] == "Le texte d’Awa."


async def test_nobody_approves_what_is_not_said_to_be_finished(console_site: ConsoleSite) -> None:
    awa, binta = (
        await console_site.person(Role.COORDINATOR, "awa"),
        await console_site.person(Role.COORDINATOR, "binta"),
    )
    address = await draft_alert(awa, severity="Extreme")
    assert "Oui, j’approuve" not in (await binta.get(f"{address}/check")).text
    assert (await decide_alert(binta, address, "approve")).status_code == 422


async def test_an_exercise_needs_no_second_person(console_site: ConsoleSite) -> None:
    awa = await console_site.person(Role.COORDINATOR)
    address = await draft_alert(awa, severity="Extreme", status="Exercise")
    assert (await decide_alert(awa, address, "send")).status_code == 303


async def test_it_is_updated_then_cancelled(console_site: ConsoleSite) -> None:
    awa = await console_site.person(Role.COORDINATOR)
    first = (await decide_alert(awa, await draft_alert(awa), "send")).headers["location"].rpartition("/")[2]
    assert "Le Bani déborde" in (await awa.get(f"/alerts/new?sent={first}&kind=Cancel")).text
    changes = {"fr-headline": "Le Bani baisse", "severity": "Minor"}
    address = await draft_alert(awa, f"sent={first}&kind=Cancel", **changes)
    assert (await decide_alert(awa, address, "send")).status_code == 303
    library = await console_site.site.services.alerts.load_library()
    [cancel] = [alert for alert in library.alerts.values() if alert.msgType == "Cancel"]
    assert cancel.references == (first,)
    await console_site.site.services.current_editions.load()
    assert "Le Bani" not in (await console_site.site.client.get("/fr-ML/")).text


async def test_it_is_scheduled_by_the_clocks_of_the_country(console_site: ConsoleSite) -> None:
    awa = await console_site.person(Role.COORDINATOR)
    address = await draft_alert(awa)
    for impossible in ("2026-11-26T08:00", "2026-11-24T99Z", "demain"):
        assert (await decide_alert(awa, address, "schedule", at=impossible)).status_code == 422
    assert (await decide_alert(awa, address, "schedule", at="2026-11-24T14:00")).status_code == 303
    for path in ("/alerts", f"{address}/check"):
        assert "Partira le 24 novembre 2026 à 14:00" in (await awa.get(path)).text
    console_site.site.clock.pass_time(hours=3)
    await console_site.site.services.alerts.process_due()
    assert len((await console_site.site.services.alerts.load_library()).alerts) == 1


async def test_a_moment_that_is_past_or_lacks_an_approval_is_refused(console_site: ConsoleSite) -> None:
    awa = await console_site.person(Role.COORDINATOR)
    address = await draft_alert(awa)
    assert (await decide_alert(awa, address, "schedule", at="2026-11-01T10:00")).status_code == 422
    deadly = await draft_alert(awa, severity="Extreme")
    assert "Envoyer plus tard" not in (await awa.get(f"{deadly}/check")).text
    assert (await decide_alert(awa, deadly, "schedule", at="2026-11-24T14:00")).status_code == 422
    assert {draft.state for draft in await console_site.site.services.alerts.drafts.all()} == {"draft"}


async def test_one_person_cannot_end_what_two_began(console_site: ConsoleSite) -> None:
    awa, binta = (
        await console_site.person(Role.COORDINATOR, "awa"),
        await console_site.person(Role.COORDINATOR, "binta"),
    )
    address = await draft_alert(awa, severity="Extreme")
    await decide_alert(awa, address, "ask")
    await decide_alert(binta, address, "approve")
    slug = (await decide_alert(awa, address, "send")).headers["location"].rpartition("/")[2]
    editor = (await awa.get(f"/alerts/new?sent={slug}&kind=Cancel")).text
    assert "Le danger est passé." in editor
    assert "Montez vers les hauteurs." not in editor
    changes = {"fr-instruction": "", "severity": "Minor", "responseType": ["AllClear"]}
    ending = await draft_alert(awa, f"sent={slug}&kind=Cancel", **changes)
    assert (await decide_alert(awa, ending, "send")).status_code == 422
    await decide_alert(awa, ending, "ask")
    await decide_alert(binta, ending, "approve")
    assert (await decide_alert(awa, ending, "send")).status_code == 303


async def test_a_template_is_begun_from(console_site: ConsoleSite) -> None:
    awa = await console_site.person(Role.COORDINATOR)
    await awa.post(f"{await draft_alert(awa)}/template")
    [template] = [draft for draft in await console_site.site.services.alerts.drafts.all() if draft.state == "template"]
    page = (await awa.get(f"/alerts/new?template={template.slug}")).text
    assert "Montez vers les hauteurs." in page
    assert "T18:00" not in page  # the end of another day is not kept


async def test_what_became_of_it_is_shown_by_language(console_site: ConsoleSite) -> None:
    awa = await console_site.person(Role.COORDINATOR)
    address = (await decide_alert(awa, await draft_alert(awa), "send")).headers["location"].removeprefix("/console")
    slug = address.rpartition("/")[2]
    store = console_site.site.services.store
    shard = (await load_shards(store, slug))["a"]
    counts = {"fr": {"delivered": 4321, "gone": 87, "refused": 3, "refused:403": 3}}
    body = {**(Shard(slug, "a").as_write.body or {}), "counts": counts}
    await store.write(Collection.PUSH, [Write(shard.id, body, shard.rev)])
    for _ in range(5):
        await console_site.site.client.post("/push/shown", json={"alert": slug, "lang": "fr"})
    await console_site.site.services.alerts.display_counts.flush()
    page = (await awa.get(address)).text
    for figure in ("4321", "87", ">3<", ">5<", "Apple"):
        assert figure in page
    assert 'http-equiv="refresh"' in page
    assert "Cette page se met à jour seule." in page
    console_site.site.clock.pass_time(hours=1)
    assert 'http-equiv="refresh"' not in (await awa.get(address)).text


async def test_opening_the_form_leaves_nothing_behind_and_saving_it_twice_makes_one_draft(
    console_site: ConsoleSite,
) -> None:
    awa = await console_site.person(Role.COORDINATOR)
    drafts = console_site.site.services.alerts.drafts
    page = (await awa.get("/alerts/new")).text
    assert await drafts.all() == []
    assert 'value="2026-11-24T' in page or 'value="2026-11-25T' in page  # it has an end
    form = {**ALERT_FIELDS, "slug": re.findall(r'name="slug" value="([^"]+)"', page)[0]}
    assert (await awa.post("/alerts/new", {**form, "find": "1", "place-query": "ba"})).status_code == 200
    assert await drafts.all() == []
    for _ in range(2):
        assert (await awa.post("/alerts/new", form)).status_code == 303
    assert len(await drafts.all()) == 1
    other = await awa.post("/alerts/new", {**form, "fr-description": "Autre chose."})
    assert (other.status_code, "Autre chose." in other.text) == (409, True)


async def test_a_danger_begins_with_its_skeleton_and_no_blank_leaves(tmp_path: Path) -> None:
    skeleton = (ROOT / "content/dangers/crue.yaml").read_text("utf-8")
    async with running_console_site(tmp_path, {**GOOD, "dangers/crue.yaml": skeleton}) as console_site:
        awa = await console_site.person(Role.COORDINATOR)
        assert "/alerts/new?danger=crue" in (await awa.get("/alerts")).text
        assert "Crue à [lieu]" in (await awa.get("/alerts/new?danger=crue")).text
        address = await draft_alert(awa, "danger=crue", **{"fr-headline": "Crue à [lieu]"})
        page = (await awa.get(f"{address}/check")).text
        assert "Il reste un blanc à remplir : [lieu]." in page
        assert f"{address}#f-fr-headline" in page
        assert (await decide_alert(awa, address, "send")).status_code == 422


async def test_a_place_is_found_without_script_and_what_was_typed_stays(console_site: ConsoleSite) -> None:
    awa = await console_site.person(Role.COORDINATOR)
    form = {**ALERT_FIELDS, "geocode": ["ML-11"], "fr-headline": "Le Bani", "place-query": "KAYÈS", "find": "1"}
    page = (await awa.post("/alerts/new", form)).text
    assert 'value="ML-1"' in page
    assert 'value="ML-11" checked' in page
    assert "Le Bani" in page
    nothing = await awa.post("/alerts/new", {**form, "geocode": [], "place-query": "Paris"})
    assert "Aucun lieu de ce nom." in nothing.text
    assert 'value="ML-1"' not in nothing.text


async def test_one_tick_stands_for_all_countries_and_comes_off_at_once(tmp_path: Path) -> None:
    offices = GOOD["authorities/ML.yaml"].replace("ML", "BF")
    two_countries = {"site.yaml": GOOD["site.yaml"].replace("bm-ML", "fr-BF"), "authorities/BF.yaml": offices}
    async with running_console_site(tmp_path, {**GOOD, **two_countries}) as console_site:
        awa = await console_site.person(Role.COORDINATOR)
        drafts = console_site.site.services.alerts.drafts
        editor = (await draft_alert(awa, geocode=["ML-11"], everywhere="1")).removesuffix("/check")
        slug = editor.rpartition("/")[2]
        assert (await drafts.get(slug)).fields["geocode"] == ["ML", "BF"]
        page = (await awa.get(editor)).text
        assert re.search(r'name="everywhere"[^>]* checked', page)
        assert not re.search(r'name="geocode"[^>]* checked', page)
        await edit_alert(awa, editor, geocode=["ML"])
        assert (await drafts.get(slug)).fields["geocode"] == ["ML"]


async def test_the_places_offered_are_those_of_the_country_one_wrote_about_last() -> None:
    library = replace(
        LIBRARY,
        places={
            **LIBRARY.places,
            "BF": Places("BF", "Burkina Faso", tuple(Place(f"BF-{n}", f"Lieu {n}") for n in range(60))),
        },
    )
    ours, other = offer_places(library, ["ML-4"], home_countries(library, ["ML-4"]))
    assert (ours.code, len(ours.places)) == ("ML", 3)
    assert (other.code, other.places) == ("BF", ())
    assert [country.code for country in offer_places(library, [], home_countries(library, ["BF"]))] == ["BF", "ML"]
    found = offer_places(library, ["BF-3"], ["ML"], "lieu")
    assert sum(len(country.places) for country in found) <= MAX_FOUND + 1
