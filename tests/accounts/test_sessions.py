"""Sessions: their cookies, their list, and their end."""

from __future__ import annotations

import re

import httpx
import pytest

from server.accounts.account import Role
from server.accounts.sessions import describe_browser
from tests.support.console_client import PASSWORD, ConsoleSite, csrf_token_in

pytestmark = pytest.mark.anyio


async def test_a_stolen_session_ends_with_the_password(console_site: ConsoleSite) -> None:
    person = await console_site.person(Role.EDITOR, "awa")
    thief = console_site.browser()
    thief.client.headers["cookie"] = f"kunnafoni-session={person.client.cookies['kunnafoni-session']}"
    assert (await thief.get("/me")).status_code == 200
    new = {"password": "cinq autres mots bien longs", "again": "cinq autres mots bien longs"}
    assert (await person.decide("/me/password", {"password-now": "not it", **new})).status_code == 422
    changed = await person.decide("/me/password", {"password-now": PASSWORD, **new})
    assert changed.status_code == 303
    assert (await thief.get("/me")).status_code == 303
    assert (await thief.decide("/me/settings", {"csrf": person.csrf})).status_code == 401
    assert (await person.get("/me")).status_code == 200


async def test_sessions_are_listed_ended_and_end_by_themselves(console_site: ConsoleSite) -> None:
    first, other = await console_site.person(Role.EDITOR, "awa"), await console_site.person(Role.EDITOR, "awa")
    page = (await first.get("/me")).text
    [id] = re.findall(r'name="id" value="(session:[^"]+)"', page)
    await first.post("/me/sessions", {"id": id})
    assert (await other.get("/me")).status_code == 303
    stranger = await console_site.person(Role.EDITOR, "fanta")
    await stranger.post("/me/sessions", {"id": f"session:{'A' * 43}"})
    assert (await first.get("/me")).status_code == 200
    console_site.site.clock.pass_time(hours=23)
    assert (await first.get("/me")).status_code == 200
    console_site.site.clock.pass_time(hours=25)
    assert (await first.get("/me")).status_code == 303


async def test_credentials_given_again_make_a_new_token_and_the_old_one_opens_nothing(
    console_site: ConsoleSite,
) -> None:
    person = await console_site.person(Role.ADMINISTRATOR, "awa")
    old = person.client.cookies["kunnafoni-session"]
    console_site.site.clock.pass_time(minutes=11)
    asked = await person.post("/accounts", {"name": "moussa", "role": "editor"})
    assert "set-cookie" not in asked.headers
    wrong = await person.post("/accounts", {"name": "moussa", "role": "editor", "password-now": "wrong"})
    assert (wrong.status_code, person.client.cookies["kunnafoni-session"]) == (422, old)
    done = await person.post("/accounts", {"name": "moussa", "role": "editor", "password-now": PASSWORD})
    new = person.client.cookies["kunnafoni-session"]
    assert (done.status_code, new == old) == (200, False)
    assert (await person.get("/me")).status_code == 200
    thief = console_site.browser()
    thief.client.headers["cookie"] = f"kunnafoni-session={old}"
    assert (await thief.get("/me")).status_code == 303
    account = await console_site.people.accounts.get("awa")
    assert len(await console_site.people.sessions.list_for(account)) == 1


async def test_a_new_token_comes_with_every_answer_after_the_credentials_even_a_refusal(
    console_site: ConsoleSite,
) -> None:
    person = await console_site.person(Role.ADMINISTRATOR, "awa")
    console_site.site.clock.pass_time(minutes=11)
    refused = await person.post("/accounts/nobody/role", {"role": "editor", "password-now": PASSWORD})
    assert refused.status_code == 404
    assert "kunnafoni-session" in refused.headers["set-cookie"]
    assert (await person.get("/me")).status_code == 200
    tokens = {person.client.cookies["kunnafoni-session"]}
    second = await person.decide("/me/second/codes", {"password-now": PASSWORD})
    tokens.add(person.client.cookies["kunnafoni-session"])
    assert (second.status_code, len(tokens)) == (422, 2)  # without a second factor there are no codes to renew


async def test_a_form_of_the_session_before_is_still_taken(console_site: ConsoleSite) -> None:
    """A page written for an hour in another tab is not lost because the password was asked for in this one."""
    person = await console_site.person(Role.ADMINISTRATOR, "awa")
    console_site.site.clock.pass_time(minutes=11)
    for _ in range(2):
        await person.decide("/me/second/codes", {"password-now": PASSWORD})
    assert csrf_token_in((await person.get("/me")).text) == person.csrf
    assert (await person.decide("/me/settings", {"shown": "Awa"})).status_code == 303


async def test_ending_sessions_takes_credentials_that_were_just_given(console_site: ConsoleSite) -> None:
    first, other = await console_site.person(Role.EDITOR, "awa"), await console_site.person(Role.EDITOR, "awa")
    console_site.site.clock.pass_time(minutes=11)
    asked = await first.post("/me/sessions", {"all": "1"})
    assert "Encore votre mot de passe" in asked.text
    assert (await other.get("/me")).status_code == 200
    assert (await first.post("/me/sessions", {"all": "1", "password-now": PASSWORD})).status_code == 303
    assert (await other.get("/me")).status_code == 303
    assert (await first.get("/me")).status_code == 200


async def test_closing_an_account_ends_its_sessions_at_the_next_request(console_site: ConsoleSite) -> None:
    chief, person = await console_site.person(Role.ADMINISTRATOR, "awa"), await console_site.person(Role.EDITOR, "issa")
    assert (await person.get("/writing")).status_code == 200
    assert (await chief.decide("/accounts/issa/close")).status_code == 303
    assert (await person.get("/writing")).status_code == 303
    assert (await person.post("/me/settings", {"shown": "Issa"})).status_code == 401
    assert (await person.sign_in("issa")).status_code == 422


async def test_cookies_are_hidden_from_scripts_and_other_sites(console_site: ConsoleSite) -> None:
    await console_site.person(Role.EDITOR, "awa")
    answers = [await console_site.browser(base).sign_in("awa") for base in ("", "https://site")]
    plain, secure = (_session_cookie(answer) for answer in answers)
    for cookie in (cookie for answer in answers for cookie in answer.headers.get_list("set-cookie")):
        assert "HttpOnly" in cookie
        assert "SameSite=strict" in cookie
        assert "domain" not in cookie.lower()
    assert plain.startswith("kunnafoni-session=")
    assert "Path=/console;" in plain
    assert secure.startswith("__Host-kunnafoni-session=")
    assert {"Path=/", "Secure"} <= set(secure.split("; "))
    assert "set-cookie" not in (await console_site.site.client.get("/fr-ML/")).headers


def _session_cookie(answer: httpx.Response) -> str:
    [cookie] = [cookie for cookie in answer.headers.get_list("set-cookie") if "kunnafoni-session" in cookie]
    return cookie


async def test_over_https_a_cookie_that_a_sibling_host_could_set_opens_nothing(console_site: ConsoleSite) -> None:
    person = await console_site.person(Role.EDITOR, "awa")
    token = person.client.cookies["kunnafoni-session"]
    someone = console_site.browser("https://site")
    for name, status in (("kunnafoni-session", 303), ("__Host-kunnafoni-session", 200)):
        answer = await someone.get("/me", headers={"cookie": f"{name}={token}"})
        assert answer.status_code == status, name


async def test_over_https_signing_out_deletes_the_cookie_as_browsers_demand_it(console_site: ConsoleSite) -> None:
    person = await console_site.person(Role.EDITOR, "awa")
    secure = console_site.browser("https://site")
    await secure.sign_in("awa")
    answer = await secure.post("/sign-out")
    [gone] = [value for value in answer.headers.get_list("set-cookie") if "kunnafoni-session" in value]
    assert gone.startswith('__Host-kunnafoni-session=""')
    assert {"Path=/", "Secure", "Max-Age=0"} <= set(gone.split("; "))
    assert (await person.get("/me")).status_code == 200


@pytest.mark.parametrize(
    ("agent", "label"),
    [
        (
            (
                "Mozilla/5.0 (Linux; Android 10; K) AppleWebKit/537.36 (KHTML, like Gecko) "
                "Chrome/120.0.0.0 Mobile Safari/537.36"
            ),
            "Chrome · Android",
        ),
        ("Mozilla/5.0 (X11; Linux x86_64; rv:78.0) Gecko/20100101 Firefox/78.0", "Firefox · Linux"),
        ("curl/8", ""),
        ("", ""),
    ],
)
def test_a_browser_is_known_by_its_name_alone(agent: str, label: str) -> None:
    assert describe_browser(agent) == label
