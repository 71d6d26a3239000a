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
from tests.support.console_steps import ALERT_FIELDS, draft_alert

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
    answer = await awa.post(f"{address}/send")
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
    assert (await awa.post(f"{address}/send")).status_code == 303
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
    assert (await awa.post(f"{address}/send")).status_code == 422
    late = await draft_alert(awa, expires="2026-11-24T11:00")
    assert "La fin de l’alerte est déjà passée." in (await awa.get(f"{late}/check")).text


async def test_extreme_needs_a_second_person(console_site: ConsoleSite) -> None:
    awa, binta = (
        await console_site.person(Role.COORDINATOR, "awa"),
        await console_site.person(Role.COORDINATOR, "binta"),
    )
    address = await draft_alert(awa, severity="Extreme")
    assert "Envoyer maintenant" not in (await awa.get(f"{address}/check")).text
    assert (await awa.post(f"{address}/send")).status_code == 422
    assert (await awa.post(f"{address}/approve")).status_code == 422
    await awa.post(f"{address}/ask")
    assert "Attend une deuxième personne" in (await binta.get("/alerts")).text
    assert (await binta.post(f"{address}/approve")).status_code == 303
    await awa.post(address, {**ALERT_FIELDS, "severity": "Extreme", "fr-description": "Autre chose."})
    assert (await awa.post(f"{address}/send")).status_code == 422  # a change takes the approval away
    await binta.post(f"{address}/approve")
    assert (await awa.post(f"{address}/send")).status_code == 303


async def test_an_exercise_needs_no_second_person(console_site: ConsoleSite) -> None:
    awa = await console_site.person(Role.COORDINATOR)
    address = await draft_alert(awa, severity="Extreme", status="Exercise")
    assert (await awa.post(f"{address}/send")).status_code == 303


async def test_it_is_updated_then_cancelled(console_site: ConsoleSite) -> None:
    awa = await console_site.person(Role.COORDINATOR)
    first = (await awa.post(f"{await draft_alert(awa)}/send")).headers["location"].rpartition("/")[2]
    created = await awa.post("/alerts/new", {"sent": first, "kind": "Cancel"})
    address = created.headers["location"].removeprefix("/console")
    assert "Le Bani déborde" in (await awa.get(address)).text
    await awa.post(address, {**ALERT_FIELDS, "fr-headline": "Le Bani baisse", "severity": "Minor"})
    assert (await awa.post(f"{address}/send")).status_code == 303
    library = await console_site.site.services.alerts.load_library()
    [cancel] = [alert for alert in library.alerts.values() if alert.msgType == "Cancel"]
    assert cancel.references == (first,)
    await console_site.site.services.current_editions.load()
    assert "Le Bani" not in (await console_site.site.client.get("/fr-ML/")).text


async def test_it_is_scheduled_by_the_clocks_of_the_country(console_site: ConsoleSite) -> None:
    awa = await console_site.person(Role.COORDINATOR)
    address = await draft_alert(awa)
    assert (await awa.post(f"{address}/schedule", {"at": "2026-11-26T08:00"})).status_code == 422
    assert (await awa.post(f"{address}/schedule", {"at": "2026-11-24T14:00"})).status_code == 303
    assert "Partira le 24 novembre 2026 à 14:00" in (await awa.get("/alerts")).text
    console_site.site.clock.pass_time(hours=3)
    await console_site.site.services.alerts.process_due()
    assert len((await console_site.site.services.alerts.load_library()).alerts) == 1


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
    address = (await awa.post(f"{await draft_alert(awa)}/send")).headers["location"].removeprefix("/console")
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
