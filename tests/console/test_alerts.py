"""Alerts in the console: written, previewed, approved by a second person if Extreme, sent, followed, ended."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path

import pytest

from server.accounts.account import Role
from server.push.fanout_records import Shard, load_shards
from sync.store.contract import Collection, Write
from tests.support.console_client import ConsoleSite, running_console_site
from tests.support.console_steps import ALERT_FIELDS, decide_alert, draft_alert, edit_alert, read_seen, seen_in

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
        "0 téléphones la recevront",
        "octets sur 3993",
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
    assert "À corriger" in page
    assert "Il manque le champ « Danger »." in page
    assert "severity" not in page
    assert "Envoyer maintenant" not in page
    assert (await decide_alert(awa, address, "send")).status_code == 422
    late = await draft_alert(awa, expires="2026-11-24T11:00")
    assert "La fin de l’alerte est déjà passée." in (await awa.get(f"{late}/check")).text


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
    created = await awa.post("/alerts/new", {"sent": first, "kind": "Cancel"})
    address = created.headers["location"].removeprefix("/console")
    assert "Le Bani déborde" in (await awa.get(address)).text
    await edit_alert(awa, address, **{"fr-headline": "Le Bani baisse", "severity": "Minor"})
    assert (await decide_alert(awa, address, "send")).status_code == 303
    library = await console_site.site.services.alerts.load_library()
    [cancel] = [alert for alert in library.alerts.values() if alert.msgType == "Cancel"]
    assert cancel.references == (first,)
    await console_site.site.services.current_editions.load()
    assert "Le Bani" not in (await console_site.site.client.get("/fr-ML/")).text


async def test_it_is_scheduled_by_the_clocks_of_the_country(console_site: ConsoleSite) -> None:
    awa = await console_site.person(Role.COORDINATOR)
    address = await draft_alert(awa)
    assert (await decide_alert(awa, address, "schedule", at="2026-11-26T08:00")).status_code == 422
    assert (await decide_alert(awa, address, "schedule", at="2026-11-24T14:00")).status_code == 303
    assert "Partira le 24 novembre 2026 à 14:00" in (await awa.get("/alerts")).text
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
    created = await awa.post("/alerts/new", {"sent": slug, "kind": "Cancel"})
    ending = created.headers["location"].removeprefix("/console")
    editor = (await awa.get(ending)).text
    assert "Le danger est passé." in editor
    assert "Montez vers les hauteurs." not in editor
    await edit_alert(awa, ending, **{"fr-instruction": "", "severity": "Minor", "responseType": ["AllClear"]})
    assert (await decide_alert(awa, ending, "send")).status_code == 422
    await decide_alert(awa, ending, "ask")
    await decide_alert(binta, ending, "approve")
    assert (await decide_alert(awa, ending, "send")).status_code == 303


async def test_a_template_is_begun_from(console_site: ConsoleSite) -> None:
    awa = await console_site.person(Role.COORDINATOR)
    await awa.post(f"{await draft_alert(awa)}/template")
    [template] = [draft for draft in await console_site.site.services.alerts.drafts.all() if draft.state == "template"]
    created = await awa.post("/alerts/new", {"template": template.slug})
    page = (await awa.get(created.headers["location"].removeprefix("/console"))).text
    assert "Montez vers les hauteurs." in page
    assert "2026-11-25" not in page


async def test_what_became_of_it_is_shown_by_language(console_site: ConsoleSite) -> None:
    awa = await console_site.person(Role.COORDINATOR)
    address = (await decide_alert(awa, await draft_alert(awa), "send")).headers["location"].removeprefix("/console")
    slug = address.rpartition("/")[2]
    store = console_site.site.services.store
    shard = (await load_shards(store, slug))["a"]
    counts = {"fr": {"delivered": 4321, "gone": 87, "refused": 3}}
    body = {**(Shard(slug, "a").as_write.body or {}), "counts": counts}
    await store.write(Collection.PUSH, [Write(shard.id, body, shard.rev)])
    for _ in range(5):
        await console_site.site.client.post("/push/shown", json={"alert": slug, "lang": "fr"})
    await console_site.site.services.alerts.display_counts.flush()
    page = (await awa.get(address)).text
    for figure in ("4321", "87", ">3<", ">5<"):
        assert figure in page
