"""Device cookies: what they prove, for whom, and until when."""

from __future__ import annotations

import secrets
from dataclasses import replace

from server.accounts.account import Account, Role
from server.accounts.known_browser import MAX_TOKENS, add_token, find_nonce

AWA = Account("awa", Role.EDITOR, password="$argon2id$v=19$salt$hash")
FANTA = Account("fanta", Role.EDITOR, password="$argon2id$v=19$other$hash")


def test_a_browser_is_known_to_the_account_that_signed_in_there_alone() -> None:
    cookie = add_token("", AWA, secrets.token_bytes)
    assert find_nonce(cookie, AWA)
    assert find_nonce(cookie, FANTA) == ""
    assert find_nonce(add_token("", AWA, secrets.token_bytes), AWA) != find_nonce(cookie, AWA)


def test_a_new_password_or_a_closed_account_knows_no_browser() -> None:
    cookie = add_token("", AWA, secrets.token_bytes)
    assert find_nonce(cookie, replace(AWA, password="$argon2id$v=19$new$hash")) == ""
    assert find_nonce(cookie, replace(AWA, password="")) == ""


def test_a_browser_keeps_its_nonce_and_its_few_last_accounts() -> None:
    cookie = add_token("", AWA, secrets.token_bytes)
    others = [replace(FANTA, name=f"fanta{number}") for number in range(MAX_TOKENS)]
    for account in others[:-1]:
        cookie = add_token(cookie, account, secrets.token_bytes)
    nonce = find_nonce(cookie, AWA)
    cookie = add_token(cookie, AWA, secrets.token_bytes)
    assert find_nonce(cookie, AWA) == nonce
    cookie = add_token(cookie, others[-1], secrets.token_bytes)
    assert find_nonce(cookie, others[0]) == ""  # the one used longest ago made room
    assert all(find_nonce(cookie, account) for account in (AWA, *others[1:]))
    assert len(cookie) < 400


def test_what_is_no_token_is_no_token() -> None:
    cookie = add_token("", AWA, secrets.token_bytes)
    for wrong in (
        "",
        ".",
        cookie[:-1],
        cookie[1:],
        cookie + "A",
        "A" * 65,
        ".".join(["A" * 65] * 1000),
        "é" * 65,
        "\x00",
    ):
        assert find_nonce(wrong, AWA) == ""
        assert find_nonce(add_token(wrong, AWA, secrets.token_bytes), AWA)


def test_the_cookie_names_nobody() -> None:
    assert "awa" not in add_token("", AWA, lambda count: bytes(count))
