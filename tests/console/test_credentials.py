"""Deeds that give power ask for the credentials again ten minutes after sign-in, and lose nothing of their form."""

from __future__ import annotations

import re
from html import unescape

import pyotp
import pytest

from server.accounts.account import Role
from server.accounts.second_factor_settings import ConfirmedIdentity
from server.console.routes import ROUTES
from tests.support.console_client import PASSWORD, ConsoleSite

pytestmark = pytest.mark.anyio

QUESTION = "Encore votre mot de passe"


def hidden_fields(html: str) -> list[tuple[str, str]]:
    """Names and values of the hidden fields of the page's form, without those of the layout."""
    form = html.split('<main id="main"', 1)[1].split("</main>", 1)[0]
    found = re.findall(r'<input type="hidden" name="([^"]+)"(?: value="([^"]*)")?', form)
    return [(name, unescape(value)) for name, value in found]


async def test_every_route_that_gives_power_needs_a_fresh_sign_in(console_site: ConsoleSite) -> None:
    needing = {(route.path, method) for route in ROUTES for method in route.needs_fresh_sign_in}
    assert needing == {
        ("/accounts", "POST"),
        ("/accounts/{name}/role", "POST"),
        ("/accounts/{name}/reset", "POST"),
        ("/accounts/{name}/close", "POST"),
        ("/alerts/drafts/{slug}/invite", "POST"),
        ("/feedback/keys", "GET"),
        ("/feedback/keys/made", "POST"),
        ("/feedback/keys/tried", "POST"),
        ("/me/sessions", "POST"),
    }
    chief = await console_site.person(Role.ADMINISTRATOR, "awa")
    console_site.site.clock.pass_time(minutes=11)
    for path, method in needing:
        answer = await chief.client.request(
            method, f"/console{path.replace('{name}', 'awa')}", data={"csrf": chief.csrf}, follow_redirects=True
        )
        assert (answer.status_code, QUESTION in answer.text) == (200, True), path


async def test_the_form_comes_back_whole_and_is_done_after_the_password(console_site: ConsoleSite) -> None:
    chief = await console_site.person(Role.ADMINISTRATOR, "awa")
    console_site.site.clock.pass_time(minutes=9)
    await chief.post("/accounts", {"name": "issa", "role": "editor"})
    assert await console_site.people.accounts.find("issa")  # still fresh
    console_site.site.clock.pass_time(minutes=2)
    form = {"name": "moussa", "role": "editor", "shown": 'Moussa "le grand" <D>', "extra": "é"}
    question = await chief.post("/accounts", form)
    assert QUESTION in question.text
    assert await console_site.people.accounts.find("moussa") is None
    fields = dict(hidden_fields(question.text))
    assert {name: fields[name] for name in form} == form
    wrong = await chief.client.post("/console/accounts", data={**fields, "password-now": "wrong"})
    assert (wrong.status_code, "n’est pas le bon" in wrong.text) == (422, True)
    fields = dict(hidden_fields(wrong.text))
    assert await console_site.people.accounts.find("moussa") is None
    done = await chief.client.post("/console/accounts", data={**fields, "password-now": PASSWORD})
    assert (done.status_code, "/welcome/" in done.text) == (200, True)
    assert (await console_site.people.accounts.get("moussa")).shown == form["shown"]
    again = await chief.decide("/accounts/moussa/role", {"role": "analyst"})
    assert again.status_code == 303  # fresh for the next ten minutes


async def test_the_second_factor_is_asked_for_again_too(console_site: ConsoleSite) -> None:
    chief = await console_site.person(Role.ADMINISTRATOR, "awa")
    await console_site.person(Role.EDITOR, "moussa")
    secret, clock = pyotp.random_base32(), console_site.site.clock
    identity = ConfirmedIdentity(await console_site.people.accounts.get("awa"))
    await console_site.people.second_factor.set_totp(identity, secret, pyotp.TOTP(secret).at(clock().timestamp()))
    clock.pass_time(minutes=11)
    for code, status in (("", 422), ("000000", 422), (pyotp.TOTP(secret).at(clock().timestamp()), 303)):
        form = {"role": "analyst", "password-now": PASSWORD, "code-now": code}
        assert (await chief.decide("/accounts/moussa/role", form)).status_code == status
    assert (await console_site.people.accounts.get("moussa")).role is Role.ANALYST


async def test_a_page_opened_by_a_link_is_reached_after_the_password(console_site: ConsoleSite) -> None:
    chief = await console_site.person(Role.ADMINISTRATOR, "awa")
    console_site.site.clock.pass_time(minutes=11)
    asked = await chief.get("/feedback/keys", follow_redirects=True)
    assert (asked.request.url.path, QUESTION in asked.text) == ("/console/sign-in/again", True)
    form = {"csrf": chief.csrf, "password-now": PASSWORD}
    led = await chief.client.post(asked.request.url.raw_path.decode(), data=form)
    assert (led.status_code, led.headers["location"]) == (303, "/console/feedback/keys")
    assert (await chief.get("/feedback/keys")).status_code == 200
    for elsewhere in ("https://evil.example/", "//evil.example"):
        led = await chief.post(f"/sign-in/again?next={elsewhere}", {"password-now": PASSWORD})
        assert led.headers["location"] == "/console/"


async def test_wrong_answers_are_slowed_and_written_down(console_site: ConsoleSite) -> None:
    chief = await console_site.person(Role.ADMINISTRATOR, "awa")
    console_site.site.clock.pass_time(minutes=11)
    for _ in range(4):
        assert (await chief.decide("/accounts/awa/reset", {"password-now": "wrong"})).status_code == 422
    slowed = await chief.decide("/accounts/awa/reset", {"password-now": PASSWORD})
    assert "Trop d’essais" in slowed.text
    refusals = [entry for entry in await console_site.site.services.audit.list_recent(20) if entry.what == "refused"]
    assert {(entry.who, entry.target) for entry in refusals} == {("awa", "/console/accounts/awa/reset")}


async def test_a_session_makes_no_link_that_would_drop_its_own_second_factor(console_site: ConsoleSite) -> None:
    chief = await console_site.person(Role.ADMINISTRATOR, "awa")
    assert "/accounts/awa/reset" not in (await chief.get("/accounts/awa")).text
    form = await chief.read_form("/accounts/awa/role", {})
    assert form
    answer = await chief.post("/accounts/awa/reset", form.given)
    assert (answer.status_code, "propre compte" in answer.text) == (422, True)


async def test_another_role_is_refused_before_any_question(console_site: ConsoleSite) -> None:
    editor = await console_site.person(Role.EDITOR, "awa")
    console_site.site.clock.pass_time(minutes=11)
    answer = await editor.decide("/accounts/awa/role", {"role": "administrator", "password-now": PASSWORD})
    assert answer.status_code == 403
