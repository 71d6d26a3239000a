"""Sign-in: the same answer for every wrong part, throttling, no redirect elsewhere, the console's language."""

from __future__ import annotations

import pyotp
import pytest

from server.accounts.account import Role
from server.accounts.second_factor_settings import ConfirmedIdentity
from tests.support.console_client import PASSWORD, ConsoleSite, ConsoleUser

pytestmark = pytest.mark.anyio

SAME_ANSWER = "Le nom, le mot de passe ou le code n’est pas le bon."


async def test_a_wrong_name_password_or_code_get_the_same_answer(console_site: ConsoleSite) -> None:
    await console_site.person(Role.EDITOR, "awa")
    account, _ = await console_site.people.second_factor.set_totp(
        ConfirmedIdentity(await console_site.people.accounts.get("awa")),
        (secret := pyotp.random_base32()),
        pyotp.TOTP(secret).at(console_site.site.clock().timestamp()),
    )
    console_site.site.clock.pass_time(minutes=2)
    code = pyotp.TOTP(account.totp).at(console_site.site.clock().timestamp())
    tries = (
        ("nobody", PASSWORD, code),
        ("awa", "wrong password", code),
        ("awa", PASSWORD, "000000"),
        ("awa", PASSWORD, ""),
    )
    for name, password, typed_code in tries:
        answer = await console_site.browser().sign_in(name, password, typed_code)
        assert (answer.status_code, SAME_ANSWER in answer.text) == (422, True)
    assert (await console_site.browser().sign_in("awa", PASSWORD, code)).status_code == 303
    assert (await console_site.browser().sign_in("awa", PASSWORD, code)).status_code == 422  # a code counts once


async def test_tries_are_slowed_for_known_and_unknown_names_alike(console_site: ConsoleSite) -> None:
    await console_site.person(Role.EDITOR, "awa")
    for name in ("awa", "nobody"):
        for _ in range(4):
            assert (await console_site.browser().sign_in(name, "wrong password")).status_code == 422
        slowed = await console_site.browser().sign_in(name, PASSWORD)
        assert (slowed.status_code, "Trop d’essais" in slowed.text) == (429, True)
    console_site.site.clock.pass_time(seconds=6)
    assert (await console_site.browser().sign_in("awa", PASSWORD)).status_code == 303


async def test_all_names_together_are_slowed_too(console_site: ConsoleSite) -> None:
    await console_site.person(Role.EDITOR, "awa")
    for number in range(60):
        await console_site.browser().sign_in(f"name{number}", "wrong password")
    assert (await console_site.browser().sign_in("awa", PASSWORD)).status_code == 429
    console_site.site.clock.pass_time(seconds=61)
    assert (await console_site.browser().sign_in("awa", PASSWORD)).status_code == 303


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
async def test_the_door_leads_nowhere_else(console_site: ConsoleSite, following: str) -> None:
    await console_site.person(Role.EDITOR, "awa")
    someone = console_site.browser()
    answer = await someone.client.post(
        "/console/sign-in", data={"name": "awa", "password": PASSWORD, "next": following}
    )
    assert answer.headers["location"] == "/console/"


async def test_the_console_speaks_the_language_asked_for(console_site: ConsoleSite) -> None:
    person: ConsoleUser = await console_site.person(Role.EDITOR, "awa")
    assert 'lang="en"' in (await person.get("/", headers={"accept-language": "en-GB,fr;q=0.5"})).text
    await person.post("/me/settings", {"language": "fr", "shown": ""})
    assert 'lang="fr"' in (await person.get("/", headers={"accept-language": "en"})).text
