"""Foreign messages in the console: shown with their state, drafted by what was seen; feeds added and removed."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from server.accounts.account import Role
from server.alerts.received_alerts import ReceivedAlert
from server.console.components import local_time
from tests.support.console_client import ConsoleSite, ConsoleUser, running_console_site
from tests.support.console_steps import read_seen
from tests.support.sample_cap import KAYES, cancel_xml, cap_info, cap_xml, make_certificate, pem_of, sign_cap

pytestmark = pytest.mark.anyio
FEED = {"name": "Service météo", "address": "https://meteo.exemple/alerts.atom", "lang": "fr", "drafts": "1"}


@pytest.fixture
async def console_site(tmp_path: Path) -> AsyncIterator[ConsoleSite]:
    async with running_console_site(tmp_path) as running:
        yield running


async def receive(console_site: ConsoleSite, raw: bytes) -> ReceivedAlert:
    return await console_site.site.services.cap_intake.take_in(raw, "alerte.xml")


async def draft_it(person: ConsoleUser, received: ReceivedAlert, **fields: str) -> str:
    """Make the draft from the page of a message; returns the address of its editor."""
    seen = await read_seen(person, f"/alerts/received/{received.id}")
    answer = await person.post(f"/alerts/received/{received.id}/draft", {"seen": seen, **fields})
    assert answer.status_code == 303, answer.text
    return str(answer.headers["location"].removeprefix("/console"))


async def test_the_list_says_what_each_message_is_and_why_one_is_refused(console_site: ConsoleSite) -> None:
    certificate, key = make_certificate("meteo.exemple")
    await receive(console_site, sign_cap(cap_xml(), certificate, key))
    await receive(console_site, cap_xml(cap_info(expires="2026-11-24T11:30:00+00:00"), identifier="fini"))
    refused = await receive(console_site, cap_xml(cap_info(severity="Horrible"), identifier="faux"))
    awa = await console_site.person(Role.COORDINATOR)
    page = (await awa.get("/alerts/received")).text
    for words in (
        "Orages et vents forts sur Ségou",
        "Nouveau",
        "Ce message a pris fin",
        "« severity » ne peut pas valoir « Horrible ».",
    ):
        assert words in page
    assert page.count("Faire un brouillon") == 1
    assert "1 à voir" in (await awa.get("/alerts")).text
    assert "Ligne 1 :" in (await awa.get(f"/alerts/received/{refused.id}")).text
    assert "Faire un brouillon" not in (await awa.get(f"/alerts/received/{refused.id}")).text


async def test_the_end_of_a_message_is_said_by_the_clocks_of_the_site(
    console_site: ConsoleSite, monkeypatch: pytest.MonkeyPatch
) -> None:
    received = await receive(console_site, cap_xml(cap_info(expires="2026-11-25T18:00:00+00:00")))
    monkeypatch.setattr(local_time, "clock_country", lambda library: "TD")  # an hour before UTC
    awa = await console_site.person(Role.COORDINATOR)
    end = "25 novembre 2026 à 19:00"
    assert f"Fin : {end}." in (await awa.get("/alerts/received")).text
    assert f"<dt>Fin</dt><dd>{end}</dd>" in (await awa.get(f"/alerts/received/{received.id}")).text
    refused = await awa.post(f"/alerts/received/{received.id}/draft", {"seen": "x"})
    assert end in refused.text, "what is compared says the same hour"


async def test_one_message_is_shown_whole_with_what_its_signature_proves(console_site: ConsoleSite) -> None:
    certificate, key = make_certificate("meteo.exemple")
    more = "<web>https://meteo.exemple/1</web><parameter><valueName>vent</valueName><value>80</value></parameter>"
    received = await receive(console_site, sign_cap(cap_xml(cap_info(expires="", more=more)), certificate, key))
    awa = await console_site.person(Role.COORDINATOR)
    page = (await awa.get(f"/alerts/received/{received.id}")).text
    for words in (
        "CN=meteo.exemple",
        "personne ici n’a confirmé le certificat",
        "Une ligne d’orages avance",
        "Mettez-vous à l’abri.",
        "meteo@exemple.ml",
        "https://meteo.exemple/1",
        "vent",
        "À compléter par vous",
        "Fin de l’alerte : Le message ne le dit pas.",
    ):
        assert words in page


async def test_texts_of_others_are_shown_as_text(console_site: ConsoleSite) -> None:
    words = "<script>alert(1)</script> {{ 7*7 }} {name}"
    received = await receive(console_site, cap_xml(cap_info(headline=words, sender_name=words, description=words)))
    awa = await console_site.person(Role.COORDINATOR)
    for path in ("/alerts/received", f"/alerts/received/{received.id}", await draft_it(awa, received)):
        page = (await awa.get(path)).text
        assert "<script>alert" not in page
        assert "{{ 7*7 }} {name}" in page


async def test_a_draft_is_made_in_one_step_and_shown_as_theirs(console_site: ConsoleSite) -> None:
    awa = await console_site.person(Role.COORDINATOR)
    received = await receive(console_site, cap_xml(cap_info(expires="")))
    editor = (await awa.get(await draft_it(awa, received))).text
    for words in (
        "Message de Service météo d’exemple",
        "Service météo d’exemple, relayé par",
        "Fin de l’alerte : Le message ne le dit pas.",
        "Mettez-vous à l’abri.",
    ):
        assert words in editor
    [draft] = await console_site.site.services.alerts.drafts.all()
    assert draft.by == awa.name
    page = (await awa.get("/alerts/received")).text
    assert "Ce message est déjà un brouillon." in page
    journal = (await (await console_site.person(Role.ADMINISTRATOR)).get("/journal")).text
    assert "a fait un brouillon du message d’un autre service" in journal


async def test_the_editor_keeps_where_a_draft_comes_from(console_site: ConsoleSite) -> None:
    awa = await console_site.person(Role.COORDINATOR)
    address = await draft_it(awa, await receive(console_site, cap_xml()))
    form = {"seen": await read_seen(awa, address), "fr-headline": "Autre titre", "expires": "2026-11-25T06:00"}
    assert (await awa.post(address, form)).status_code == 303
    [draft] = await console_site.site.services.alerts.drafts.all()
    assert draft.fields["info"]["fr"]["headline"] == "Autre titre"
    assert draft.fields["origin"]["identifier"] == "exemple-1"
    await awa.post(f"{address}/template")
    [template] = [one for one in await console_site.site.services.alerts.drafts.all() if one.state == "template"]
    assert "origin" not in template.fields


async def test_a_draft_of_what_its_sender_has_ended_says_so_before_it_is_sent(console_site: ConsoleSite) -> None:
    awa = await console_site.person(Role.COORDINATOR)
    address = await draft_it(awa, await receive(console_site, cap_xml()))
    words = "Le service a changé ou annulé ce message depuis."
    for path in (address, f"{address}/check"):
        assert words not in (await awa.get(path)).text
    await receive(console_site, cancel_xml("fin", "exemple-1"))
    for path in (address, f"{address}/check"):
        assert words in (await awa.get(path)).text


async def test_a_decision_about_what_has_changed_since_does_nothing(console_site: ConsoleSite) -> None:
    awa = await console_site.person(Role.COORDINATOR)
    received = await receive(console_site, cap_xml())
    seen = await read_seen(awa, f"/alerts/received/{received.id}")
    await receive(console_site, cancel_xml("fin", "exemple-1"))
    for fields in ({"seen": seen}, {}):
        answer = await awa.post(f"/alerts/received/{received.id}/draft", fields)
        assert answer.status_code == 409
    assert await console_site.site.services.alerts.drafts.all() == []


async def test_the_end_that_a_source_announces_is_proposed_for_our_alert(console_site: ConsoleSite) -> None:
    services = console_site.site.services
    awa = await console_site.person(Role.COORDINATOR)
    await draft_it(awa, await receive(console_site, cap_xml(cap_info(area=KAYES))))
    [draft] = await services.alerts.drafts.all()
    await services.alerts.send(draft.to_alert(), awa.name)
    await services.alerts.drafts.delete(draft)
    ending = await receive(console_site, cancel_xml("fin", "exemple-1"))
    assert "Préparer la fin de « Orages et vents forts sur Ségou »" in (await awa.get("/alerts/received")).text
    editor = (await awa.get(await draft_it(awa, ending, target=draft.slug))).text
    assert "Met fin à une alerte précédente." in editor
    assert "Le danger est passé." in editor


async def test_a_feed_is_added_shown_and_removed(console_site: ConsoleSite) -> None:
    awa = await console_site.person(Role.COORDINATOR)
    certificate, _ = make_certificate("meteo.exemple")
    added = await awa.post("/alerts/feeds/new", {**FEED, "certificate": pem_of(certificate)})
    assert added.status_code == 303
    page = (await awa.get("/alerts/feeds")).text
    for words in (FEED["name"], FEED["address"], "certificat connu", "brouillons faits d’avance"):
        assert words in page
    [feed] = await console_site.site.services.cap_intake.feeds.all()
    assert feed.by == awa.name
    assert (await awa.post(f"/alerts/feeds/{feed.id}/drop")).status_code == 409
    seen = await read_seen(awa, "/alerts/feeds")
    assert (await awa.post(f"/alerts/feeds/{feed.id}/drop", {"seen": seen})).status_code == 303
    assert await console_site.site.services.cap_intake.feeds.all() == []
    journal = (await (await console_site.person(Role.ADMINISTRATOR)).get("/journal")).text
    assert "surveille un flux d’alertes" in journal
    assert "ne surveille plus un flux d’alertes" in journal


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"address": "file:///etc/passwd"}, "Ce n’est pas l’adresse d’un document"),
        ({"address": "https://a:b@meteo.exemple/"}, "Ce n’est pas l’adresse d’un document"),
        ({"name": " "}, "Dites de qui est ce flux"),
        ({"certificate": "x"}, "Ce n’est pas un certificat en PEM."),
    ],
)
async def test_a_feed_that_cannot_be_watched_is_refused_beside_its_field(
    console_site: ConsoleSite, change: dict[str, Any], words: str
) -> None:
    awa = await console_site.person(Role.COORDINATOR)
    answer = await awa.post("/alerts/feeds/new", FEED | change)
    assert answer.status_code == 422
    assert words in answer.text
    assert re.search(r'aria-invalid="true"', answer.text)
    assert await console_site.site.services.cap_intake.feeds.all() == []


async def test_a_feed_that_fails_is_said_where_messages_are_read(console_site: ConsoleSite) -> None:
    services = console_site.site.services
    awa = await console_site.person(Role.COORDINATOR)
    await awa.post("/alerts/feeds/new", FEED | {"address": "http://localhost/alerts.atom"})
    await services.feed_watch.turn()
    for path in ("/alerts/received", "/alerts/feeds"):
        assert "mène à un réseau privé" in (await awa.get(path)).text
