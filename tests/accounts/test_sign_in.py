"""Accounts: one-time links, throttled sign-in that tells nothing, sessions that end, roles nobody can take for themselves."""

from __future__ import annotations

import re
from collections.abc import Awaitable, Callable
from typing import Any

import pyotp
import pytest

from server.accounts.account import Role
from server.accounts.sessions import describe_browser
from sync.errors import Unavailable
from sync.store.contract import Collection
from tests.support.console_client import PASSWORD, Desk, Person
from tests.support.unsure_store import not_sure_of

pytestmark = pytest.mark.anyio

SAME_ANSWER = "Le nom, le mot de passe ou le code n’est pas le bon."


async def first_link(desk: Desk) -> str:
    token = await desk.people.invite_first_administrator()
    assert token
    return f"/welcome/{token}"


async def test_the_first_link_makes_one_administrator_once(desk: Desk) -> None:
    link, someone = await first_link(desk), desk.browser()
    assert "Le premier compte" in (await someone.get(link)).text
    for form, said in (
        ({"name": "awa", "password": "court", "again": "court"}, "trop court"),
        ({"name": "awa", "password": PASSWORD, "again": PASSWORD + "x"}, "pas les mêmes"),
        ({"name": "Awa Traoré", "password": PASSWORD, "again": PASSWORD}, "bonne forme"),
        ({"name": "awa", "password": "aaaaaaaaaaaaaaa", "again": "aaaaaaaaaaaaaaa"}, "se devine"),
    ):
        answer = await someone.post(link, form)
        assert (answer.status_code, said in answer.text) == (422, True), answer.text
    made = await someone.post(link, {"name": "awa", "password": PASSWORD, "again": PASSWORD})
    assert made.status_code == 303
    assert "Administration" in (await someone.get("/")).text
    for answer in (
        await someone.get(link),
        await someone.post(link, {"name": "b", "password": PASSWORD, "again": PASSWORD}),
    ):
        assert answer.status_code == 410
    assert await desk.people.invite_first_administrator() is None
    assert [account.name for account in await desk.people.accounts.all()] == ["awa"]


async def test_a_new_first_link_ends_the_one_before_and_a_day_ends_any(desk: Desk) -> None:
    old, new, someone = await first_link(desk), await first_link(desk), desk.browser()
    assert (await someone.get(old)).status_code == 410
    assert (await someone.get(new)).status_code == 200
    desk.site.clock.pass_time(hours=25)
    assert (await someone.get(new)).status_code == 410
    for odd in ("x", "A" * 32, "%00", "a" * 300):
        assert (await someone.get(f"/welcome/{odd}")).status_code == 410


@pytest.mark.parametrize("unsure", ["invite:", "session:", "audit:"])
async def test_no_link_session_or_deed_is_given_out_that_the_store_is_not_sure_of(desk: Desk, unsure: str) -> None:
    account = await desk.people.accounts.create("awa", Role.EDITOR, "2026-11-24")
    deeds: dict[str, Callable[[], Awaitable[object]]] = {
        "invite:": lambda: desk.people.invitations.create("awa"),
        "session:": lambda: desk.people.sessions.create(account, "Firefox"),
        "audit:": lambda: desk.site.services.audit.record("awa", "guide-approved", "eau"),
    }
    with not_sure_of(unsure), pytest.raises(Unavailable, match="store-not-sure"):
        await deeds[unsure]()


async def test_a_wrong_name_password_or_code_get_the_same_answer(desk: Desk) -> None:
    await desk.person(Role.EDITOR, "awa")
    account, _ = await desk.people.enable_second_factor(
        await desk.people.accounts.get("awa"),
        (secret := pyotp.random_base32()),
        pyotp.TOTP(secret).at(desk.site.clock().timestamp()),
    )
    desk.site.clock.pass_time(minutes=2)
    code = pyotp.TOTP(account.totp).at(desk.site.clock().timestamp())
    tries = (
        ("nobody", PASSWORD, code),
        ("awa", "wrong password", code),
        ("awa", PASSWORD, "000000"),
        ("awa", PASSWORD, ""),
    )
    for name, password, given in tries:
        answer = await desk.browser().sign_in(name, password, given)
        assert (answer.status_code, SAME_ANSWER in answer.text) == (422, True)
    assert (await desk.browser().sign_in("awa", PASSWORD, code)).status_code == 303
    assert (await desk.browser().sign_in("awa", PASSWORD, code)).status_code == 422  # a code counts once


async def test_tries_are_slowed_for_known_and_unknown_names_alike(desk: Desk) -> None:
    await desk.person(Role.EDITOR, "awa")
    for name in ("awa", "nobody"):
        for _ in range(4):
            assert (await desk.browser().sign_in(name, "wrong password")).status_code == 422
        slowed = await desk.browser().sign_in(name, PASSWORD)
        assert (slowed.status_code, "Trop d’essais" in slowed.text) == (429, True)
    desk.site.clock.pass_time(seconds=6)
    assert (await desk.browser().sign_in("awa", PASSWORD)).status_code == 303


async def test_all_names_together_are_slowed_too(desk: Desk) -> None:
    await desk.person(Role.EDITOR, "awa")
    for number in range(60):
        await desk.browser().sign_in(f"name{number}", "wrong password")
    assert (await desk.browser().sign_in("awa", PASSWORD)).status_code == 429
    desk.site.clock.pass_time(seconds=61)
    assert (await desk.browser().sign_in("awa", PASSWORD)).status_code == 303


async def test_a_stolen_session_ends_with_the_password(desk: Desk) -> None:
    person = await desk.person(Role.EDITOR, "awa")
    thief = desk.browser()
    thief.client.headers["cookie"] = f"kunnafoni-session={person.client.cookies['kunnafoni-session']}"
    assert (await thief.get("/me")).status_code == 200
    new = {"password": "cinq autres mots bien longs", "again": "cinq autres mots bien longs"}
    assert (await person.post("/me/password", {"old": "not it", **new})).status_code == 422
    changed = await person.post("/me/password", {"old": PASSWORD, **new})
    assert changed.status_code == 303
    assert (await thief.get("/me")).status_code == 303
    assert (await thief.post("/me/settings", {"csrf": person.csrf})).status_code == 401
    assert (await person.get("/me")).status_code == 200


async def test_sessions_are_listed_ended_and_end_by_themselves(desk: Desk) -> None:
    one, other = await desk.person(Role.EDITOR, "awa"), await desk.person(Role.EDITOR, "awa")
    page = (await one.get("/me")).text
    [id] = re.findall(r'name="id" value="(session:[^"]+)"', page)
    await one.post("/me/sessions", {"id": id})
    assert (await other.get("/me")).status_code == 303
    stranger = await desk.person(Role.EDITOR, "fanta")
    await stranger.post("/me/sessions", {"id": f"session:{'A' * 43}"})
    assert (await one.get("/me")).status_code == 200
    desk.site.clock.pass_time(hours=23)
    assert (await one.get("/me")).status_code == 200
    desk.site.clock.pass_time(hours=25)
    assert (await one.get("/me")).status_code == 303


async def test_nobody_gives_themselves_a_role(desk: Desk) -> None:
    person = await desk.person(Role.EDITOR, "awa")
    for path in ("/accounts/awa/role", "/accounts/awa/reset", "/accounts", "/accounts/awa/close"):
        assert (await person.post(path, {"role": "administrator", "name": "x"})).status_code == 403
    await person.post(
        "/me/settings", {"shown": "Awa", "role": "administrator", "name": "root", "generation": "9", "closed": "1"}
    )
    account = await desk.people.accounts.get("awa")
    assert (account.role, account.name, account.shown, account.closed) == (Role.EDITOR, "awa", "Awa", False)
    deeds = [deed for deed in await desk.site.services.audit.list_recent(50) if deed.what == "refused"]
    assert {deed.target.removeprefix("/console/accounts") for deed in deeds} == {
        "/awa/role",
        "/awa/reset",
        "",
        "/awa/close",
    }


async def test_the_last_administrator_stays(desk: Desk) -> None:
    chief = await desk.person(Role.ADMINISTRATOR, "awa")
    for path, form in (("/accounts/awa/role", {"role": "analyst"}), ("/accounts/awa/close", {})):
        answer = await chief.post(path, form)
        assert (answer.status_code, "dernier compte" in answer.text) == (422, True)
    await desk.person(Role.ADMINISTRATOR, "fanta")
    assert (await chief.post("/accounts/awa/role", {"role": "analyst"})).status_code == 303
    assert (await chief.get("/accounts")).status_code == 403  # at once, not at the next sign-in


async def test_an_invited_person_joins_and_a_reset_ends_everything_old(desk: Desk) -> None:
    chief = await desk.person(Role.ADMINISTRATOR)
    shown = await chief.post("/accounts", {"name": "moussa", "role": "editor", "shown": "Moussa <b>D</b>"})
    link = re.findall(r"http://site/console(/welcome/[\w-]+)", shown.text)[0]
    assert (await desk.browser().sign_in("moussa", "")).status_code == 422
    moussa = desk.browser()
    assert (
        await moussa.post(link, {"password": PASSWORD, "again": PASSWORD, "role": "administrator", "name": "root"})
    ).status_code == 303
    assert (await desk.people.accounts.get("moussa")).role is Role.EDITOR
    assert "Moussa &lt;b&gt;" in (await moussa.get("/")).text
    reset = await chief.post("/accounts/moussa/reset")
    link = re.findall(r"http://site/console(/welcome/[\w-]+)", reset.text)[0]
    await desk.browser().post(
        link, {"password": "encore un autre mot de passe", "again": "encore un autre mot de passe"}
    )
    assert (await moussa.get("/")).status_code == 303
    assert (await desk.browser().sign_in("moussa", PASSWORD)).status_code == 422
    await chief.post("/accounts/moussa/close")
    assert (await desk.browser().sign_in("moussa", "encore un autre mot de passe")).status_code == 422


async def test_a_code_is_added_and_a_recovery_code_serves_once(desk: Desk) -> None:
    person = await desk.person(Role.EDITOR, "awa")
    page = (await person.get("/me/second")).text
    secret = re.findall(r'name="secret" value="([A-Z2-7]{32})"', page)[0]
    assert (await person.post("/me/second", {"secret": secret, "code": "123"})).status_code == 422
    code = pyotp.TOTP(secret).at(desk.site.clock().timestamp())
    codes = re.findall(
        r"<code>([a-z0-9]{5}-[a-z0-9]{5})</code>",
        (await person.post("/me/second", {"secret": secret, "code": code})).text,
    )
    assert len(set(codes)) == 10
    assert (await desk.browser().sign_in("awa")).status_code == 422
    assert (await desk.browser().sign_in("awa", code=codes[0].upper())).status_code == 303
    assert (await desk.browser().sign_in("awa", code=codes[0])).status_code == 422
    assert (await person.post("/me/second/off", {"password-now": "wrong"})).status_code == 422
    assert (await person.post("/me/second/off", {"password-now": PASSWORD})).status_code == 303


@pytest.mark.parametrize(
    "following",
    [
        "https://evil.example",
        "//evil.example",
        "/console//evil.example",
        "/fr-ML/",
        "/console/\r\nx: y",
        "javascript:alert(1)",
    ],
)
async def test_the_door_leads_nowhere_else(desk: Desk, following: str) -> None:
    await desk.person(Role.EDITOR, "awa")
    someone = desk.browser()
    answer = await someone.client.post(
        "/console/sign-in", data={"name": "awa", "password": PASSWORD, "next": following}
    )
    assert answer.headers["location"] == "/console/"


async def test_no_secret_and_no_address_is_written_down(desk: Desk, caplog: pytest.LogCaptureFixture) -> None:
    chief = await desk.person(Role.ADMINISTRATOR, "awa")
    await desk.browser().sign_in("awa", "a password that is wrong")
    await desk.browser().sign_in("mon mot de passe secret", "x")
    shown = await chief.post("/accounts", {"name": "moussa", "role": "editor"})
    token = re.findall(r"/welcome/([\w-]+)", shown.text)[0]
    kept: list[Any] = []
    for room in Collection:
        for kind in ("a", "b"):
            kept += await desk.site.services.store.scan(room, kind if kind == "a" else "n", "n" if kind == "a" else "~")
    text = repr(kept) + caplog.text
    session = chief.client.cookies["kunnafoni-session"]
    for secret in (
        PASSWORD,
        "a password that is wrong",
        "mon mot de passe secret",
        token,
        session,
        "127.0.0.1",
        "testclient",
    ):
        assert secret not in text, secret


async def test_cookies_are_for_the_console_alone(desk: Desk) -> None:
    await desk.person(Role.EDITOR, "awa")
    plain = await desk.browser().sign_in("awa")
    secure = await desk.browser("https://site").sign_in("awa")
    for part in ("HttpOnly", "SameSite=strict", "Path=/console"):
        assert part in plain.headers["set-cookie"]
    assert "Secure" in secure.headers["set-cookie"]
    assert "set-cookie" not in (await desk.site.client.get("/fr-ML/")).headers


async def test_the_console_speaks_the_language_asked_for(desk: Desk) -> None:
    person: Person = await desk.person(Role.EDITOR, "awa")
    assert 'lang="en"' in (await person.get("/", headers={"accept-language": "en-GB,fr;q=0.5"})).text
    await person.post("/me/settings", {"language": "fr", "shown": ""})
    assert 'lang="fr"' in (await person.get("/", headers={"accept-language": "en"})).text


@pytest.mark.parametrize(
    ("agent", "said"),
    [
        (
            "Mozilla/5.0 (Linux; Android 10; K) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/120.0.0.0 Mobile Safari/537.36",
            "Chrome · Android",
        ),
        ("Mozilla/5.0 (X11; Linux x86_64; rv:78.0) Gecko/20100101 Firefox/78.0", "Firefox · Linux"),
        ("curl/8", ""),
        ("", ""),
    ],
)
def test_a_browser_is_known_by_its_name_alone(agent: str, said: str) -> None:
    assert describe_browser(agent) == said
