"""The second person from another organisation: one link, one alert, one decision about the text that was read."""

from __future__ import annotations

import re

import httpx
import pytest

from server.accounts.account import Role
from sync.store.contract import Collection
from sync.store.iteration import iterate_records
from tests.support.console_client import ConsoleSite, ConsoleUser
from tests.support.console_steps import decide_alert, draft_alert, edit_alert, seen_in

pytestmark = pytest.mark.anyio

GUEST = "Mariam, radio Jamana"


async def ask_alone(console_site: ConsoleSite) -> tuple[ConsoleUser, str]:
    """One coordinator with an Extreme alert that waits."""
    awa = await console_site.person(Role.COORDINATOR, "awa")
    address = await draft_alert(awa, severity="Extreme")
    await decide_alert(awa, address, "ask")
    return awa, address


async def invite(awa: ConsoleUser, address: str) -> str:
    """The path of a guest's link, under /console."""
    page = (await decide_alert(awa, address, "invite", guest=GUEST)).text
    link = re.search(r"/console(/alerts/guest/[\w-]{32})<", page)
    assert link, page
    return link[1]


async def decide(guest: ConsoleUser, link: str, decision: str) -> httpx.Response:
    return await guest.post(link, {"seen": seen_in((await guest.get(link)).text), "decision": decision})


async def test_a_guest_reads_all_of_it_approves_and_it_leaves(console_site: ConsoleSite) -> None:
    awa, address = await ask_alone(console_site)
    assert (await decide_alert(awa, address, "send")).status_code == 422
    link, guest = await invite(awa, address), console_site.browser()
    page = (await guest.get(link)).text
    for words in (
        "Le Bani déborde",
        "Montez vers les hauteurs.",
        "SMS (",
        "Je répète.",
        "Danger de mort",
        "Mali",
        GUEST,
    ):
        assert words in page
    assert 'id="menu"' not in page
    assert (await decide(guest, link, "approve")).status_code == 200
    assert f"Approuvée par {GUEST}" in (await awa.get(f"{address}/check")).text
    assert (await decide_alert(awa, address, "send")).status_code == 303
    journal = (await (await console_site.person(Role.ADMINISTRATOR)).get("/journal")).text
    assert "a invité une personne à lire une alerte" in journal
    assert "avait invité une personne, qui a approuvé une alerte" in journal
    assert GUEST in journal


async def test_a_link_serves_once_for_a_day_and_is_stored_nowhere(console_site: ConsoleSite) -> None:
    awa, address = await ask_alone(console_site)
    replaced, link, guest = await invite(awa, address), await invite(awa, address), console_site.browser()
    records = iterate_records(console_site.site.services.store, Collection.PEOPLE, "")
    assert link.rpartition("/")[2] not in str([(record.id, record.body) async for record in records])
    assert (await guest.get(replaced)).status_code == 410
    await decide(guest, link, "approve")
    assert (await guest.get(link)).status_code == 410
    late = await invite(awa, await draft_and_ask(awa))
    console_site.site.clock.pass_time(hours=25)
    assert (await guest.get(late)).status_code == 410
    assert (await guest.get("/alerts/guest/" + "A" * 32)).status_code == 410


async def draft_and_ask(awa: ConsoleUser) -> str:
    address = await draft_alert(awa, severity="Extreme")
    await decide_alert(awa, address, "ask")
    return address


async def test_a_text_that_changed_is_read_anew_and_an_approval_ends_with_a_change(console_site: ConsoleSite) -> None:
    awa, address = await ask_alone(console_site)
    link, guest = await invite(awa, address), console_site.browser()
    seen = seen_in((await guest.get(link)).text)
    await edit_alert(awa, address, **{"severity": "Extreme", "fr-instruction": "Fuyez vers le nord."})
    await decide_alert(awa, address, "ask")
    answer = await guest.post(link, {"seen": seen, "decision": "approve"})
    assert (answer.status_code, "Fuyez vers le nord." in answer.text) == (409, True)
    assert not (await console_site.site.services.alerts.drafts.all())[0].is_approved
    await decide(guest, link, "approve")
    await edit_alert(awa, address, **{"severity": "Extreme", "fr-instruction": "Restez."})
    assert (await decide_alert(awa, address, "send")).status_code == 422


async def test_who_does_not_approve_is_named_and_the_alert_stays(console_site: ConsoleSite) -> None:
    awa, address = await ask_alone(console_site)
    await decide(console_site.browser(), await invite(awa, address), "decline")
    page = (await awa.get(f"{address}/check")).text
    assert f"{GUEST} n’a pas approuvé ce texte" in page
    assert (await decide_alert(awa, address, "send")).status_code == 422


async def test_a_link_opens_nothing_else(console_site: ConsoleSite) -> None:
    awa, address = await ask_alone(console_site)
    link, guest = await invite(awa, address), console_site.browser()
    await guest.get(link)
    for path in ("/alerts", f"{address}/check", "/"):
        assert (await guest.get(path)).status_code == 303
    for action in ("send", "approve", "drop"):
        assert (await guest.post(f"{address}/{action}")).status_code == 401
    foreign = await guest.post(link, {"decision": "approve"}, headers={"origin": "https://evil.example"})
    assert foreign.status_code == 403


async def test_where_nobody_can_be_had_the_page_says_whom_to_call(console_site: ConsoleSite) -> None:
    awa, address = await ask_alone(console_site)
    page = (await awa.get(f"{address}/check")).text
    contact = (await console_site.site.services.alerts.load_library()).site.contact
    assert contact
    assert contact in page
    assert "Peuvent approuver ici" not in page
    await console_site.person(Role.COORDINATOR, "binta")
    assert "Peuvent approuver ici : binta." in (await awa.get(f"{address}/check")).text
