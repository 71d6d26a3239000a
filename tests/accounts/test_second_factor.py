"""The second factor: TOTP and recovery codes, each accepted once, and changes that a session alone cannot make."""

from __future__ import annotations

import re
import secrets

import pyotp
import pytest

from server.accounts.account import Role
from server.accounts.recovery_codes import COUNT, RecoveryCodes
from server.accounts.second_factor import SecondFactorProof, SecondFactorVerifier
from tests.support.console_client import PASSWORD, ConsoleSite, ConsoleUser

pytestmark = pytest.mark.anyio

RECOVERY_CODE = re.compile(r"<code>((?:[0-9a-z]{4}-){3}[0-9a-z]{4})</code>")


def code_now(console_site: ConsoleSite, secret: str) -> str:
    return str(pyotp.TOTP(secret).at(console_site.site.clock().timestamp()))


async def new_secret(person: ConsoleUser) -> str:
    page = (await person.get("/me/second")).text
    return str(re.findall(r'name="secret" value="([A-Z2-7]{32})"', page)[0])


async def set_totp(console_site: ConsoleSite, person: ConsoleUser, **proof: str) -> tuple[str, list[str], int]:
    """Post a new secret with its code; return the secret, the recovery codes and the status."""
    secret = await new_secret(person)
    form = {"secret": secret, "code": code_now(console_site, secret), "password-now": PASSWORD, **proof}
    answer = await person.decide("/me/second", form)
    return secret, RECOVERY_CODE.findall(answer.text), answer.status_code


async def deeds(console_site: ConsoleSite) -> list[str]:
    return [entry.what for entry in await console_site.site.services.audit.list_recent(20)]


async def test_a_code_is_added_and_a_recovery_code_serves_once(console_site: ConsoleSite) -> None:
    person = await console_site.person(Role.EDITOR, "awa")
    assert (await person.decide("/me/second", {"secret": await new_secret(person), "code": "123"})).status_code == 422
    _, codes, _ = await set_totp(console_site, person)
    assert len(set(codes)) == COUNT
    assert (await console_site.browser().sign_in("awa")).status_code == 422
    assert (await console_site.browser().sign_in("awa", code=codes[0].upper())).status_code == 303
    assert (await console_site.browser().sign_in("awa", code=codes[0])).status_code == 422
    spoken = codes[1].replace("0", "O").replace("1", "l").replace("-", " ")
    assert (await console_site.browser().sign_in("awa", code=spoken)).status_code == 303


async def test_a_session_alone_changes_no_second_factor(console_site: ConsoleSite) -> None:
    person = await console_site.person(Role.EDITOR, "awa")
    for wrong in ("", "another password"):
        assert (await set_totp(console_site, person, **{"password-now": wrong}))[2] == 422
    secret, codes, status = await set_totp(console_site, person)
    assert (status, (await console_site.people.accounts.get("awa")).totp) == (200, secret)
    console_site.site.clock.pass_time(minutes=2)
    for proof in ({}, {"code-now": "000000"}, {"password-now": "", "code-now": code_now(console_site, secret)}):
        assert (await set_totp(console_site, person, **proof))[2] == 422
        console_site.site.clock.pass_time(minutes=10)
    for path in ("/me/second/off", "/me/second/codes"):
        for proof in ({"password-now": PASSWORD}, {"code-now": codes[0]}, {}):
            assert (await person.decide(path, proof)).status_code == 422
            console_site.site.clock.pass_time(minutes=10)
    assert (await console_site.people.accounts.get("awa")).totp == secret


async def test_replacing_takes_the_old_code_ends_other_sessions_and_is_told_apart(console_site: ConsoleSite) -> None:
    person, other = await console_site.person(Role.EDITOR, "awa"), await console_site.person(Role.EDITOR, "awa")
    secret, codes, _ = await set_totp(console_site, person)
    assert (await other.get("/me")).status_code == 303
    console_site.site.clock.pass_time(minutes=2)
    newer, newer_codes, status = await set_totp(console_site, person, **{"code-now": code_now(console_site, secret)})
    assert (status, (await person.get("/me")).status_code) == (200, 200)
    assert not set(codes) & set(newer_codes)
    assert (await console_site.browser().sign_in("awa", code=codes[0])).status_code == 422
    _, _, status = await set_totp(console_site, person, **{"code-now": newer_codes[0]})  # the phone is lost
    assert (status, newer != (await console_site.people.accounts.get("awa")).totp) == (200, True)
    assert (await deeds(console_site)).count("second-replaced") == 2
    assert (await deeds(console_site)).count("second-on") == 1


async def test_a_wrong_new_code_does_not_use_up_the_old_one(console_site: ConsoleSite) -> None:
    person = await console_site.person(Role.EDITOR, "awa")
    secret, _, _ = await set_totp(console_site, person)
    console_site.site.clock.pass_time(minutes=2)
    old = {"code-now": code_now(console_site, secret)}
    assert (await set_totp(console_site, person, code="123456", **old))[2] == 422
    assert (await set_totp(console_site, person, **old))[2] == 200


async def test_recovery_codes_are_renewed_and_go_with_the_last_factor(console_site: ConsoleSite) -> None:
    person = await console_site.person(Role.EDITOR, "awa")
    assert (await person.decide("/me/second/codes", {"password-now": PASSWORD})).status_code == 422
    _, codes, _ = await set_totp(console_site, person)
    answer = await person.decide("/me/second/codes", {"password-now": PASSWORD, "code-now": codes[0]})
    renewed = RECOVERY_CODE.findall(answer.text)
    assert (len(renewed), set(renewed) & set(codes)) == (COUNT, set())
    off = await person.decide("/me/second/off", {"password-now": PASSWORD, "code-now": renewed[0]})
    assert off.status_code == 303
    account = await console_site.people.accounts.get("awa")
    assert (account.totp, account.recovery, account.has_second_factor) == ("", (), False)
    assert (await console_site.browser().sign_in("awa")).status_code == 303


async def test_a_password_is_changed_with_the_second_factor_too(console_site: ConsoleSite) -> None:
    person = await console_site.person(Role.EDITOR, "awa")
    _, codes, _ = await set_totp(console_site, person)
    form = {"password": "cinq autres mots bien longs", "again": "cinq autres mots bien longs", "password-now": PASSWORD}
    assert (await person.decide("/me/password", form)).status_code == 422
    assert (await person.decide("/me/password", {**form, "code-now": codes[0]})).status_code == 303


async def test_no_code_is_accepted_for_an_account_without_totp(console_site: ConsoleSite) -> None:
    await console_site.person(Role.EDITOR, "awa")
    account = await console_site.people.accounts.get("awa")
    recovery_codes = RecoveryCodes(console_site.people.passwords, secrets.token_bytes)
    verifier = SecondFactorVerifier(console_site.people.passkeys, recovery_codes, console_site.site.clock)
    for code in ("123456", "0123-4567-89ab-cdef", ""):
        assert await verifier.verify(account, SecondFactorProof(code)) is None
