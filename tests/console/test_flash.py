"""Flash messages: a cookie names a known sentence of its session; whatever else it holds shows nothing."""

from __future__ import annotations

import base64
import json
import re

import pytest

from server.accounts.account import Role
from server.console.context import FLASH_COOKIE, SESSION_COOKIE
from server.console.flash import (
    FLASH_SECONDS,
    MAX_COOKIE_LENGTH,
    MAX_VALUE_LENGTH,
    FlashMessage,
    decode_flash,
    encode_flash,
)
from tests.support.console_client import ConsoleSite, ConsoleUser

pytestmark = pytest.mark.anyio

TOKEN = "t" * 43
NOW = 1_800_000_000.0


def cookie_of_0_1_0(*message: object) -> str:
    """The cookie as the release 0.1.0 wrote it, and as anybody can."""
    return base64.urlsafe_b64encode(json.dumps(message).encode()).decode()


async def show(person: ConsoleUser, path: str, flash: str) -> str:
    """The page as a browser with this flash cookie sees it."""
    session = f"; {SESSION_COOKIE}={person.client.cookies[SESSION_COOKIE]}" if person.name else ""
    cookie = f"{FLASH_COOKIE}={flash}{session}"
    answer = await person.client.get(f"/console{path}", headers={"cookie": cookie})
    assert answer.status_code == 200, answer.text
    return answer.text


@pytest.mark.parametrize("message", FlashMessage)
def test_every_message_comes_back_with_its_values_within_a_kilobyte(message: FlashMessage) -> None:
    names = re.findall(r"\{(\w+)\}", message.value)
    cookie = encode_flash(TOKEN, message, dict.fromkeys(names, "😀" * 5000), NOW)
    assert len(cookie) <= MAX_COOKIE_LENGTH
    assert decode_flash(TOKEN, cookie, NOW) == (message, dict.fromkeys(names, "😀" * MAX_VALUE_LENGTH))


def test_a_cookie_serves_its_session_for_a_minute_only() -> None:
    cookie = encode_flash(TOKEN, FlashMessage.WELCOME, {"name": "Awa"}, NOW)
    assert decode_flash(TOKEN, cookie, NOW + FLASH_SECONDS - 1) == (FlashMessage.WELCOME, {"name": "Awa"})
    assert decode_flash(TOKEN, cookie, NOW + FLASH_SECONDS) is None
    assert decode_flash("u" * 43, cookie, NOW) is None
    assert decode_flash("", encode_flash("", FlashMessage.SAVED, {}, NOW), NOW) is None


def test_a_changed_cookie_shows_nothing() -> None:
    cookie = encode_flash(TOKEN, FlashMessage.WELCOME, {"name": "Awa"}, NOW)
    for index in range(len(cookie)):
        other = "A" if cookie[index] != "A" else "B"
        assert decode_flash(TOKEN, cookie[:index] + other + cookie[index + 1 :], NOW) is None, index
        assert decode_flash(TOKEN, cookie[:index], NOW) is None
    for text in ("", ".", "é", "\ud800.x", "." * 1024, "A" * 100_000, base64.b64encode(b"[" * 3000).decode()):
        assert decode_flash(TOKEN, text, NOW) is None


FORGED = (
    cookie_of_0_1_0("{x:>400000000}", {"x": "a"}),
    cookie_of_0_1_0("{x.__class__.__mro__}", {"x": "a"}),
    cookie_of_0_1_0("Votre compte est fermé, appelez le 70 00 00 00.", {}),
    cookie_of_0_1_0("C’est enregistré.", {}),
    base64.urlsafe_b64encode(b"[" * 3000).decode(),
    cookie_of_0_1_0(["x"] * 9000),
    encode_flash(TOKEN, FlashMessage.SAVED, {}, NOW),
)


async def test_a_clients_cookie_is_neither_translated_nor_formatted(console_site: ConsoleSite) -> None:
    for person in (console_site.browser(), await console_site.person(Role.EDITOR)):
        path = "/" if person.name else "/sign-in"
        plain = await show(person, path, "")
        for flash in FORGED:
            assert await show(person, path, flash) == plain


async def test_a_redirect_shows_its_sentence_once(console_site: ConsoleSite) -> None:
    person = await console_site.person(Role.EDITOR)
    answer = await person.decide("/me/settings", {"shown": "{x.__class__}", "language": "en"})
    assert answer.status_code == 303
    first, second = await person.get("/me"), await person.get("/me")
    assert ("C’est enregistré." in first.text, "C’est enregistré." in second.text) == (True, False)


async def test_a_new_session_shows_the_sentence_of_the_redirect_that_began_it(console_site: ConsoleSite) -> None:
    token = await console_site.people.invite("awa", Role.EDITOR, "Awa {name.__class__}")
    stranger = console_site.browser()
    password = "lampe tortue violon nuage"
    answer = await stranger.post(f"/welcome/{token}", {"password": password, "again": password})
    assert answer.status_code == 303, answer.text
    assert "Bienvenue, Awa {name.__class__}." in (await stranger.get("/")).text
    changed = {
        "password-now": password,
        "password": "chaise citron tambour fleuve",
        "again": "chaise citron tambour fleuve",
    }
    token_in_page = re.search(r'name="csrf" value="([^"]+)"', (await stranger.get("/me")).text)
    assert token_in_page
    answer = await stranger.decide("/me/password", {**changed, "csrf": token_in_page[1]})
    assert answer.status_code == 303, answer.text
    assert "Le mot de passe est changé." in (await stranger.get("/me")).text
