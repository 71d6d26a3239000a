"""A passkey in Chromium, by its virtual authenticator: made with the password, used at sign-in and to confirm."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import CDPSession, Page, Playwright, expect

from tests.support.accessibility import accessibility_faults
from tests.support.browser_site import first_link, running_site_server
from tests.support.chromium import FLAGS, PHONE, chromium_path
from tests.support.content_folder import GOOD, write

PASSWORD = "lampe tortue violon nuage"
AUTHENTICATOR = {
    "protocol": "ctap2",
    "transport": "internal",
    "hasResidentKey": True,
    "hasUserVerification": True,
    "isUserVerified": True,
    "automaticPresenceSimulation": True,
}


@pytest.fixture
def chief(playwright: Playwright, tmp_path: Path, root: Path) -> Iterator[Page]:
    """The first administrator's page. Browsers allow passkeys on localhost, not on 127.0.0.1."""
    content = write(tmp_path / "content", GOOD)
    browser = playwright.chromium.launch(executable_path=chromium_path(), args=FLAGS)
    with running_site_server(tmp_path / "data", root, content) as url:
        page = browser.new_context(**PHONE).new_page()
        page.goto(first_link(url, tmp_path / "data").replace("127.0.0.1", "localhost"))
        for name, value in (("name", "awa"), ("password", PASSWORD), ("again", PASSWORD)):
            page.fill(f"[name={name}]", value)
        page.click("main button")
        expect(page.locator("h1")).to_contain_text("Bonjour, awa")
        yield page
    browser.close()


def add_authenticator(session: CDPSession, **changes: bool) -> dict[str, Any]:
    """Add a virtual authenticator; return the parameter that names it in further commands."""
    options: Any = {**AUTHENTICATOR, **changes}
    added: Any = session.send("WebAuthn.addVirtualAuthenticator", {"options": options})
    return {"authenticatorId": added["authenticatorId"]}


def open_page(page: Page, path: str) -> None:
    page.goto(page.url[: page.url.index("/console")] + "/console" + path)


def test_a_passkey_is_made_opens_the_console_and_is_removed(chief: Page) -> None:
    session = chief.context.new_cdp_session(chief)
    session.send("WebAuthn.enable")
    full = add_authenticator(session, hasResidentKey=False)
    open_page(chief, "/me/passkeys/new")
    assert accessibility_faults(chief) == []
    expect(chief.locator("[data-without-passkeys]")).to_be_hidden()
    chief.click("text=Faire la clé d’accès")  # the browser asks for the fields first
    chief.fill("[name=name]", "Mon ordinateur")
    chief.fill("[name=password-now]", PASSWORD)
    chief.click("text=Faire la clé d’accès")
    expect(chief.locator("form [role=status]")).to_contain_text("n’a pas été faite")  # and the form stays as it is
    session.send("WebAuthn.removeVirtualAuthenticator", full)
    authenticator = add_authenticator(session)
    chief.click("text=Faire la clé d’accès")
    expect(chief.locator("h1")).to_have_text("Vos codes de secours")
    expect(chief.locator(".codes li")).to_have_count(10)
    [credential] = session.send("WebAuthn.getCredentials", authenticator)["credentials"]
    assert (credential["rpId"], credential["isResidentCredential"]) == ("localhost", True)

    chief.click("text=Sortir")
    chief.fill("[name=name]", "awa")
    chief.fill("[name=password]", PASSWORD)
    chief.click("main button:has-text('Entrer') >> nth=0")
    expect(chief.locator("[role=alert]")).to_contain_text("n’est pas le bon")  # the password alone is not enough
    chief.fill("[name=name]", "awa")
    chief.fill("[name=password]", PASSWORD)
    chief.click("text=Entrer avec une clé d’accès")
    expect(chief.locator("h1")).to_contain_text("Bonjour, awa")

    for path in ("/sign-in/again", "/me/second", "/me/second/codes", "/me/passkeys/new", "/me"):
        open_page(chief, path)
        assert accessibility_faults(chief) == [], path
    chief.click("text=Mon ordinateur")
    assert accessibility_faults(chief) == []
    chief.fill("[name=password-now]", PASSWORD)
    chief.click("text=Confirmer avec une clé d’accès")
    expect(chief.locator(".flash")).to_contain_text("enlevée")
