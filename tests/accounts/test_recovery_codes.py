"""Recovery codes: eighty bits, accepted once, stored under the hash of passwords; those of 0.1.0 are hashed too."""

from __future__ import annotations

import re
import secrets

import pytest
from argon2 import PasswordHasher

from server.accounts.account import Role
from server.accounts.passwords import Passwords
from server.accounts.recovery_codes import COUNT, HASHER, RecoveryCodes, is_hashed
from sync.canonical import digest
from tests.support.console_client import PASSWORD, QUICK_HASHER, ConsoleSite

pytestmark = pytest.mark.anyio

OLD_CODE = "abcdefghjk"  # ten characters, as 0.1.0 made them


def recovery_codes() -> RecoveryCodes:
    return RecoveryCodes(Passwords(QUICK_HASHER), secrets.token_bytes)


async def test_a_recovery_code_has_eighty_bits_and_no_letter_that_looks_like_a_digit() -> None:
    codes, hashes = await recovery_codes().generate()
    assert all(re.fullmatch(r"(?:[0-9a-hjkmnp-tv-z]{4}-){3}[0-9a-hjkmnp-tv-z]{4}", code) for code in codes)
    assert len(set(hashes)) == len(set(codes)) == COUNT
    assert all(map(is_hashed, hashes))


async def test_a_code_serves_once_however_it_is_typed() -> None:
    codes = recovery_codes()
    shown, stored = await codes.generate()
    spoken = shown[3].upper().replace("0", "O").replace("1", "I").replace("-", " ")
    left = await codes.use(stored, spoken)
    assert left == stored[:3] + stored[4:]
    assert await codes.use(left, shown[3]) is None
    for wrong in ("", "123456", "0123-4567-89ab-cdef", stored[0], digest("recovery:x"), "x" * 1_000_000):
        assert await codes.use(stored, wrong) is None


async def test_what_is_stored_is_an_argon2id_hash_with_a_salt_of_its_account() -> None:
    """A table made for the codes of one account serves for no other."""
    codes = RecoveryCodes(Passwords(HASHER), secrets.token_bytes)
    [once], [again] = [await codes.hash_stored([digest("recovery:x")]) for _ in range(2)]
    assert once != again
    assert once.startswith("$argon2id$v=19$m=19456,t=2,p=1$")


async def test_codes_of_the_release_before_are_accepted_and_hashed_at_the_next_sign_in(
    console_site: ConsoleSite,
) -> None:
    await console_site.person(Role.EDITOR, "awa")
    accounts = console_site.people.accounts
    old = tuple(digest(f"recovery:{code}") for code in (OLD_CODE, "bcdefghjkm", "cdefghjkmn"))
    await accounts.update(await accounts.get("awa"), totp="A" * 32, recovery=old)
    assert (await console_site.browser().sign_in("awa", code="ABCDE-fghjk")).status_code == 303
    stored = (await accounts.get("awa")).recovery
    assert len(stored) == 2
    assert all(map(is_hashed, stored))
    assert (await console_site.browser().sign_in("awa", code=OLD_CODE)).status_code == 422
    console_site.site.clock.pass_time(minutes=10)
    assert (await console_site.browser().sign_in("awa", PASSWORD, "bcdef-ghjkm")).status_code == 303
    assert (await accounts.get("awa")).recovery == stored[1:]


async def test_a_try_costs_one_hash_right_or_wrong_and_nonsense_none(monkeypatch: pytest.MonkeyPatch) -> None:
    codes = recovery_codes()
    shown, stored = await codes.generate()
    hashes: list[str] = []
    hash_now = PasswordHasher.hash

    def count(hasher: PasswordHasher, password: str, *, salt: bytes | None = None) -> str:
        hashes.append(password)
        return hash_now(hasher, password, salt=salt)

    monkeypatch.setattr(PasswordHasher, "hash", count)
    for code in (shown[9], "2222-3333-4444-5555", "not a code", "123456"):
        await codes.use(stored, code)
    assert hashes == [digest(f"recovery:{code.replace('-', '')}") for code in (shown[9], "2222-3333-4444-5555")]
