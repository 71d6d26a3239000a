"""Sessions: their cookies, their list, and their end."""

from __future__ import annotations

import re

import pytest

from server.accounts.account import Role
from server.accounts.sessions import describe_browser
from tests.support.console_client import PASSWORD, ConsoleSite

pytestmark = pytest.mark.anyio


async def test_a_stolen_session_ends_with_the_password(console_site: ConsoleSite) -> None:
    person = await console_site.person(Role.EDITOR, "awa")
    thief = console_site.browser()
    thief.client.headers["cookie"] = f"kunnafoni-session={person.client.cookies['kunnafoni-session']}"
    assert (await thief.get("/me")).status_code == 200
    new = {"password": "cinq autres mots bien longs", "again": "cinq autres mots bien longs"}
    assert (await person.post("/me/password", {"password-now": "not it", **new})).status_code == 422
    changed = await person.post("/me/password", {"password-now": PASSWORD, **new})
    assert changed.status_code == 303
    assert (await thief.get("/me")).status_code == 303
    assert (await thief.post("/me/settings", {"csrf": person.csrf})).status_code == 401
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


async def test_cookies_are_hidden_from_scripts_and_other_sites(console_site: ConsoleSite) -> None:
    await console_site.person(Role.EDITOR, "awa")
    plain = (await console_site.browser().sign_in("awa")).headers["set-cookie"]
    secure = (await console_site.browser("https://site").sign_in("awa")).headers["set-cookie"]
    for cookie in (plain, secure):
        assert "HttpOnly" in cookie
        assert "SameSite=strict" in cookie
        assert "domain" not in cookie.lower()
    assert plain.startswith("kunnafoni-session=")
    assert "Path=/console;" in plain
    assert secure.startswith("__Host-kunnafoni-session=")
    assert {"Path=/", "Secure"} <= set(secure.split("; "))
    assert "set-cookie" not in (await console_site.site.client.get("/fr-ML/")).headers


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
