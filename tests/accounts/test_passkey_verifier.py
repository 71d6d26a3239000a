"""Passkeys over the console's pages: registered with the password, one use a challenge, refused in every wrong part."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from typing import Any

import pytest

from server.accounts.account import Role
from server.accounts.passkey import MAX_NAME_LENGTH, MAX_PASSKEYS
from server.web.site_origin import SiteOrigin
from tests.support.console_client import PASSWORD, ConsoleSite, ConsoleUser
from tests.support.software_authenticator import SoftwareAuthenticator

pytestmark = pytest.mark.anyio

ORIGIN = "http://localhost"
SAME_ANSWER = "Le nom, le mot de passe ou le code n’est pas le bon."


@pytest.fixture(autouse=True)
def at_localhost(console_site: ConsoleSite) -> None:
    move_console(console_site, ORIGIN)


def move_console(console_site: ConsoleSite, url: str) -> None:
    """Give the console another address, in the settings and in the browsers to come."""
    settings = replace(console_site.site.services.settings, url=url)
    console_site.site.app.state.site_origin = SiteOrigin.from_settings(settings)
    console_site.base = url


async def options(person: ConsoleUser, path: str) -> dict[str, Any]:
    answer = await person.get(path)
    assert answer.status_code == 200, answer.text
    values: dict[str, Any] = answer.json()
    return values


async def register(person: ConsoleUser, authenticator: SoftwareAuthenticator, **fields: str) -> Any:
    response = authenticator.create(await options(person, "/me/passkeys/new/options"))
    form = {"name": "Mon téléphone", "password-now": PASSWORD, "passkey-new": response, **fields}
    return await person.decide("/me/passkeys/new", form)


async def person_with_passkey(
    console_site: ConsoleSite, **changes: Any
) -> tuple[ConsoleUser, SoftwareAuthenticator, list[str]]:
    """A signed-in person, their passkey and their recovery codes."""
    person, authenticator = await console_site.person(Role.EDITOR, "awa"), SoftwareAuthenticator(ORIGIN, **changes)
    answer = await register(person, authenticator)
    assert answer.status_code == 200, answer.text
    console_site.site.clock.pass_time(seconds=1)  # challenges of one moment cannot be told apart
    return person, authenticator, re.findall(r"<code>([0-9a-z-]{19})</code>", answer.text)


async def sign_in(
    console_site: ConsoleSite,
    authenticator: SoftwareAuthenticator,
    name: str = "awa",
    password: str = PASSWORD,
    **client_data: Any,
) -> tuple[ConsoleUser, int]:
    someone = console_site.browser()
    response = authenticator.sign(await options(someone, "/sign-in/passkey"), **client_data)
    return someone, await post_sign_in(someone, response, name, password)


async def post_sign_in(someone: ConsoleUser, response: str, name: str = "awa", password: str = PASSWORD) -> int:
    form = {"name": name, "password": password, "passkey": response}
    answer = await someone.client.post("/console/sign-in", data=form)
    assert answer.status_code in (303, 422) and (SAME_ANSWER in answer.text) is (answer.status_code == 422)
    return answer.status_code


async def test_a_passkey_is_registered_named_used_and_removed(console_site: ConsoleSite) -> None:
    person, authenticator, codes = await person_with_passkey(console_site)
    assert len(codes) == 10
    assert "Mon téléphone" in (await person.get("/me")).text
    assert (await console_site.browser().sign_in("awa")).status_code == 422  # the password alone
    assert (await sign_in(console_site, authenticator))[1] == 303
    assert (await console_site.browser().sign_in("awa", code=codes[0])).status_code == 303
    console_site.site.clock.pass_time(seconds=1)
    page = f"/me/passkeys/one/{authenticator.id}"
    assert "localhost" in (await person.get(page)).text
    for wrong in ({}, {"password-now": PASSWORD}, {"password-now": "wrong", "code-now": codes[1]}):
        assert (await person.decide(page, wrong)).status_code == 422
    proof = authenticator.sign(await options(person, "/me/passkeys/options"))
    removed = await person.decide(page, {"password-now": PASSWORD, "passkey-now": proof})
    assert removed.status_code == 303, removed.text
    account = await console_site.people.accounts.get("awa")
    assert (account.passkeys, account.recovery) == ((), ())
    assert (await console_site.browser().sign_in("awa")).status_code == 303
    journal = {entry.what for entry in await console_site.site.services.audit.list_recent(20)}
    assert {"passkey-added", "passkey-removed"} <= journal


async def test_a_passkeys_name_is_shown_as_text(console_site: ConsoleSite) -> None:
    person, authenticator = await console_site.person(Role.EDITOR, "awa"), SoftwareAuthenticator(ORIGIN)
    assert (await register(person, authenticator, name="<img src=x onerror=alert(1)>" + "x" * 99)).status_code == 200
    for path in ("/me", f"/me/passkeys/one/{authenticator.id}"):
        page = (await person.get(path)).text
        assert "&lt;img src=x onerror=alert(1)&gt;" in page
        assert "<img src=x" not in page
    [passkey] = (await console_site.people.accounts.get("awa")).passkeys
    assert len(passkey.name) == MAX_NAME_LENGTH


async def test_every_wrong_part_of_an_assertion_gets_the_same_answer(console_site: ConsoleSite) -> None:
    _, authenticator, _ = await person_with_passkey(console_site)
    await console_site.person(Role.EDITOR, "fanta")
    stranger = SoftwareAuthenticator(ORIGIN)
    stranger.raw_id = authenticator.raw_id  # the right name, another key
    wrongs: list[tuple[SoftwareAuthenticator, dict[str, Any]]] = [
        (stranger, {}),
        (SoftwareAuthenticator(ORIGIN), {}),
        (authenticator, {"origin": "http://localhost.evil.example"}),
        (authenticator, {"origin": "http://localhost:8080"}),
        (authenticator, {"crossOrigin": True}),
        (authenticator, {"type": "webauthn.create"}),
        (authenticator, {"challenge": "AAAA"}),
        (authenticator, {"name": "nobody"}),
        (authenticator, {"password": "another password"}),
    ]
    for someone, wrong in wrongs:
        assert (await sign_in(console_site, someone, **wrong))[1] == 422, wrong
        console_site.site.clock.pass_time(minutes=6)
    authenticator.user = "AAAA"
    assert (await sign_in(console_site, authenticator))[1] == 422


async def test_a_challenge_is_for_one_browser_five_minutes_and_one_use(console_site: ConsoleSite) -> None:
    _, authenticator, _ = await person_with_passkey(console_site)
    someone = console_site.browser()
    response = authenticator.sign(await options(someone, "/sign-in/passkey"))
    assert await post_sign_in(console_site.browser(), response) == 422  # another browser
    assert await post_sign_in(someone, response) == 303
    someone.client.cookies.delete("kunnafoni-session")
    authenticator.counts = False
    assert await post_sign_in(someone, response) == 422  # again
    console_site.site.clock.pass_time(minutes=6)
    late = console_site.browser()
    authenticator.counts = True
    response = authenticator.sign(await options(late, "/sign-in/passkey"))
    console_site.site.clock.pass_time(minutes=5, seconds=1)
    assert await post_sign_in(late, response) == 422


async def test_a_signature_counter_that_does_not_rise_is_refused(console_site: ConsoleSite) -> None:
    _, authenticator, _ = await person_with_passkey(console_site)
    assert (await sign_in(console_site, authenticator))[1] == 303
    console_site.site.clock.pass_time(seconds=1)
    authenticator.count -= 1  # a copy of the authenticator, one use behind
    assert (await sign_in(console_site, authenticator))[1] == 422
    console_site.site.clock.pass_time(seconds=1)
    assert (await sign_in(console_site, authenticator))[1] == 303


async def test_a_synced_passkey_that_counts_nothing_is_taken_each_time(console_site: ConsoleSite) -> None:
    _, authenticator, _ = await person_with_passkey(console_site, counts=False)
    for _ in range(2):
        assert (await sign_in(console_site, authenticator))[1] == 303
        console_site.site.clock.pass_time(seconds=1)


async def test_registering_takes_the_password_and_the_factor_there_is(console_site: ConsoleSite) -> None:
    person, first, codes = await person_with_passkey(console_site)
    second = SoftwareAuthenticator(ORIGIN)
    for fields in ({}, {"password-now": "wrong", "code-now": codes[0]}, {"code-now": "abcd"}):
        console_site.site.clock.pass_time(seconds=1)
        assert (await register(person, second, **fields)).status_code == 422
    console_site.site.clock.pass_time(seconds=1)
    proof = first.sign(await options(person, "/me/passkeys/options"))
    console_site.site.clock.pass_time(seconds=1)
    added = await register(person, second, **{"passkey-now": proof})
    assert (added.status_code, added.headers["location"]) == (303, "/console/me")
    console_site.site.clock.pass_time(seconds=1)
    assert (await register(person, second, **{"code-now": codes[0]})).status_code == 422  # known already
    account = await console_site.people.accounts.get("awa")
    assert [passkey.id for passkey in account.passkeys] == [first.id, second.id]


async def test_what_no_browser_makes_is_a_sentence(console_site: ConsoleSite) -> None:
    person = await console_site.person(Role.EDITOR, "awa")
    malformed = ("", "x", "[]", "{}", '{"id":"a","response":{}}', '{"id":1,"response":{"clientDataJSON":"e30"}}')
    for response in (*malformed, "[" * 30_000, "[" * 10_000):
        form = {"name": "x", "password-now": PASSWORD, "passkey-new": response}
        answer = await person.decide("/me/passkeys/new", form)
        assert (answer.status_code, "n’a pas été acceptée" in answer.text) == (422, True), response[:60]


async def test_a_response_changed_on_the_way_is_not_registered(console_site: ConsoleSite) -> None:
    person, authenticator = await console_site.person(Role.EDITOR, "awa"), SoftwareAuthenticator(ORIGIN)
    for name, value in (("attestationObject", "AAAA"), ("attestationObject", "o2NmbXQ"), ("clientDataJSON", "e30")):
        response = json.loads(authenticator.create(await options(person, "/me/passkeys/new/options")))
        response["response"][name] = value
        form = {"name": "x", "password-now": PASSWORD, "passkey-new": json.dumps(response)}
        assert (await person.decide("/me/passkeys/new", form)).status_code == 422, (name, value)
    assert (await register(person, authenticator)).status_code == 200


async def test_a_challenge_for_signing_registers_nothing(console_site: ConsoleSite) -> None:
    person, authenticator = await console_site.person(Role.EDITOR, "awa"), SoftwareAuthenticator(ORIGIN)
    creation = await options(person, "/me/passkeys/new/options")
    creation["challenge"] = (await options(person, "/me/passkeys/options"))["challenge"]
    form = {"name": "x", "password-now": PASSWORD, "passkey-new": authenticator.create(creation)}
    assert (await person.decide("/me/passkeys/new", form)).status_code == 422


async def test_a_session_takes_no_challenge_of_another(console_site: ConsoleSite) -> None:
    person, authenticator, _ = await person_with_passkey(console_site)
    console_site.site.clock.pass_time(seconds=1)
    elsewhere = (await sign_in(console_site, authenticator))[0]
    console_site.site.clock.pass_time(seconds=1)
    proof = authenticator.sign(await options(elsewhere, "/me/passkeys/options"))
    form = {"password-now": PASSWORD, "passkey-now": proof}
    assert (await person.decide("/me/second/codes", form)).status_code == 422


async def test_a_passkey_of_another_address_opens_nothing_and_recovery_codes_do(console_site: ConsoleSite) -> None:
    _, authenticator, codes = await person_with_passkey(console_site)
    move_console(console_site, "http://localhost:8000")  # the same host, so the same relying party
    authenticator.origin = console_site.base
    assert (await sign_in(console_site, authenticator))[1] == 303
    move_console(console_site, "http://site")
    assert (await console_site.browser().get("/sign-in/passkey")).status_code == 422
    assert "data-passkey" not in (await console_site.browser().get("/sign-in")).text
    assert (await console_site.browser().sign_in("awa")).status_code == 422
    assert (await console_site.browser().sign_in("awa", code=codes[0])).status_code == 303


async def test_options_are_the_same_whoever_asks(console_site: ConsoleSite) -> None:
    await person_with_passkey(console_site)
    asked = [await options(console_site.browser(), "/sign-in/passkey") for _ in range(2)]
    assert len({values.pop("challenge") for values in asked}) == 2
    assert asked[0] == asked[1]
    assert asked[0]["allowCredentials"] == []


async def test_an_account_holds_a_few_passkeys_only(console_site: ConsoleSite) -> None:
    person, authenticator, _ = await person_with_passkey(console_site, counts=False)
    for number in range(MAX_PASSKEYS):
        console_site.site.clock.pass_time(seconds=1)
        proof = authenticator.sign(await options(person, "/me/passkeys/options"))
        console_site.site.clock.pass_time(seconds=1)
        answer = await register(person, SoftwareAuthenticator(ORIGIN), **{"passkey-now": proof})
        assert answer.status_code == (303 if number < MAX_PASSKEYS - 1 else 422)
    assert len((await console_site.people.accounts.get("awa")).passkeys) == MAX_PASSKEYS


async def test_a_new_password_by_link_and_a_closed_account_drop_passkeys(console_site: ConsoleSite) -> None:
    _, authenticator, _ = await person_with_passkey(console_site)
    token = await console_site.people.invitations.create("awa")
    await console_site.people.accept_invitation(await console_site.people.invitations.get(token), "", PASSWORD)
    account = await console_site.people.accounts.get("awa")
    assert (account.passkeys, account.has_second_factor) == ((), False)
    console_site.site.clock.pass_time(seconds=1)
    person = await console_site.person(Role.EDITOR, "awa")
    assert (await register(person, authenticator)).status_code == 200
    closed = await console_site.people.accounts.close(await console_site.people.accounts.get("awa"))
    assert (closed.passkeys, closed.recovery) == ((), ())
