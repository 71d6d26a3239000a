"""Every form of every console page is posted with a trap in every field: no page runs it, no response breaks."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator
from pathlib import Path

import httpx
import pytest

from server.accounts.account import Role
from server.accounts.account_service import AccountService
from server.accounts.passwords import Passwords
from server.app import create_app
from server.console.access import PUBLIC
from server.console.routes import ROUTES
from server.media.convert import ConvertedMedia
from sync.store.contract import Collection, Write
from tests.support.active_html import find_active_html
from tests.support.console_client import QUICK_HASHER, ConsoleSite, ConsoleUser
from tests.support.console_crawler import MARK, TRAP, ConsoleCrawler
from tests.support.console_steps import GUIDE_ID, decide_alert, draft_alert, save_draft
from tests.support.inbox_site import SITE, InboxSite, running_inbox_site
from tests.support.phone_simulator import PhoneSimulator

pytestmark = pytest.mark.anyio

DOORS = (
    "/console/sign-out",
    "/console/me/password",
    "/console/me/sessions",
    "/console/me/second",
    "/console/accounts/chief",
    "/console/accounts/second",
)
ELSEWHERE = {
    "/sign-out",
    "/me/password",
    "/me/sessions",
    "/me/second",
    "/me/second/off",  # end the walk; tests/accounts/test_sign_in.py
    "/me/second/codes",
    "/me/passkeys/new",
    "/me/passkeys/one/{id}",
    "/sign-in/again",  # asks for the password; tests/console/test_credentials.py
    "/feedback/keys/tried",  # only while a key waits to be tried, by script; its page is walked
    "/presence",  # by script; tests/writing/test_presence.py
    "/alerts/feeds/{id}/drop",  # only for a feed that is watched; tests/console/test_alerts_received.py
    "/alerts/received/{id}/draft",  # only for a message that came; tests/console/test_alerts_received.py
    "/feedback/forms/copy",  # only from the notices of an uploaded file; tests/console/test_feedback.py
    "/writing/undo",  # only for half a minute after a deed; tests/console/test_withdrawal.py
    "/numbers/{number}/rung",  # only for a number of the site's countries; tests/console/test_numbers.py
    "/recommendations/{slug}/sent",  # only for an approved recommendation; tests/console/test_recommendations.py
    "/recommendations/{slug}/answered",
    "/rumours/{id}/notice",  # only for a notice that resembles the words; tests/console/test_rumours.py
    "/me/browsers/off",  # only for a browser that gets messages; tests/notifications/test_notices.py
    "/translations/{lang}/voice/{slug}",  # takes sound, by script; tests/console/test_speakers.py
    "/translations/{lang}/listening/decide",  # only for a recording that waits; tests/console/test_speakers.py
    "/writing/{id}/back",  # only for a form that was withdrawn; tests/console/test_withdrawal.py
    "/publishing/cancel/{id}",  # only for a publication at a set hour; tests/console/test_decision.py
    "/hubs/split",  # only a CouchDB holds two versions; tests/console/test_hubs.py
}
SHOWN = {
    f"/console/{name}"
    for name in ("alerts", "devices", "accounts", "writing", "media", "feedback/list", "feedback/quarantine", "rumours")
}  # among others
TRAPPED = {f"fr-{name}": TRAP for name in ("headline", "event", "description", "instruction")}


@pytest.fixture
async def inbox_site(tmp_path: Path) -> AsyncIterator[InboxSite]:
    async with running_inbox_site(tmp_path) as running:
        running.site.services.accounts = AccountService(
            running.site.services.store, running.site.clock, Passwords(QUICK_HASHER)
        )
        yield running


async def test_a_trap_in_every_field_of_every_form_is_shown_and_never_run(inbox_site: InboxSite) -> None:
    site = inbox_site.site
    console_site = ConsoleSite(
        site, httpx.ASGITransport(create_app(site.services, site.keys), raise_app_exceptions=False)
    )
    chief, second = (
        await console_site.person(Role.ADMINISTRATOR, "chief"),
        await console_site.person(Role.ADMINISTRATOR, "second"),
    )
    writer = await console_site.person(Role.EDITOR, "writer")
    await sent_in(inbox_site)
    await chief.post("/accounts", {"name": "piege", "role": "editor", "shown": TRAP})
    await site.services.media.save(ConvertedMedia(b"image", "webp"), TRAP, TRAP, site.clock().isoformat())
    walks = [ConsoleCrawler(person, DOORS) for person in (writer, chief, second, second)]
    for walk in walks[:-1]:  # each finds what those before made
        await walk.around()
        if walk.person is writer:
            await asked_to_review(writer)
            await draft_alert(chief, severity="Severe", **TRAPPED)
            await draft_alert(chief, severity="Extreme", **TRAPPED)  # a second person is still to be asked
        await decide_alert(chief, await draft_alert(chief, severity="Extreme", **TRAPPED), "ask")
    site.services.publisher.keys = None  # a machine without the key has a form of its own
    await walks[-1].at("/console/publishing/ask")
    reached = {address for walk in walks for address in walk.reached}
    answers = [answer for walk in walks for answer in walk.answers]
    assert [
        (answer.request.method, answer.url.path, answer.status_code) for answer in answers if answer.status_code >= 500
    ] == []
    pages = [answer for answer in answers if answer.headers.get("content-type", "").startswith("text/html")]
    preview = [answer for answer in pages if "sandbox" in answer.headers.get("content-security-policy", "")]
    assert [
        (answer.url.path, fault) for answer in pages if answer not in preview for fault in find_active_html(answer.text)
    ] == []
    showing = {re.sub(r"/[^/]*[:%A-Z0-9][^/]*", "/x", answer.url.path) for answer in pages if MARK in answer.text}
    assert showing >= SHOWN, SHOWN - showing
    missed = {
        row.path
        for row in ROUTES
        if "POST" in row.methods
        and row.roles is not PUBLIC
        and not any(
            re.fullmatch("/console" + re.sub(r"\\{[^}]+\\}", "[^/]+", re.escape(row.path)), action)
            for action in reached
        )
    }
    assert missed == ELSEWHERE


async def asked_to_review(writer: ConsoleUser) -> None:
    assert (await save_draft(writer, GUIDE_ID, title=TRAP, summary=TRAP, body="Un texte.")).status_code == 303
    assert (await writer.decide(f"/writing/{GUIDE_ID}/ask", {"note": TRAP})).status_code == 303


async def sent_in(inbox_site: InboxSite) -> None:
    phone = await inbox_site.enrolled()
    filled = phone.fill(
        inbox_site.forms["visite"], {"paroles": TRAP, "femmes": 12, "enfants": [{"ans": 3}]}, place="ML-5"
    )
    rumours = [PhoneSimulator(SITE, seed).fill(inbox_site.forms["rumeur"], {"message": TRAP}) for seed in (51, 52)]
    await inbox_site.send(filled.line, *(rumour.line for rumour in rumours))
    quarantined = [Write(f"submission:a:{number}", {"text": TRAP, "n": number}) for number in range(3)]
    await inbox_site.site.services.store.write(Collection.FEEDBACK, quarantined)
    await inbox_site.site.services.inbox.node_cache._catch_up(Collection.FEEDBACK)
