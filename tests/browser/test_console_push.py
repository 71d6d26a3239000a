"""A coordinator's browser is told that an alert waits, and leads to it: real Chromium, its own service worker."""

from __future__ import annotations

import json
import secrets
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from playwright.sync_api import Page, Playwright, expect

from sync.canonical import base64url_encode
from tests.support.browser_push import PushPost, wait_for_notifications
from tests.support.browser_site import first_link, running_site_server
from tests.support.chromium import FLAGS, chromium_path
from tests.support.content_folder import GOOD, write

pytestmark = pytest.mark.soak
PASSWORD = "lampe tortue violon nuage"


@pytest.fixture(params=[360, 1280])
def page(request: pytest.FixtureRequest, playwright: Playwright) -> Iterator[Page]:
    browser = playwright.chromium.launch(executable_path=chromium_path(), args=FLAGS)
    context = browser.new_context(viewport={"width": request.param, "height": 740}, permissions=["notifications"])
    context.set_default_timeout(30_000)
    yield context.new_page()
    browser.close()


def test_a_browser_is_added_with_one_click_and_shows_what_waits(page: Page, tmp_path: Path, root: Path) -> None:
    content = write(tmp_path / "content", GOOD)
    with running_site_server(tmp_path / "data", root, content) as url:
        page.goto(first_link(url, tmp_path / "data"))
        for name, value in {"name": "awa", "password": PASSWORD, "again": PASSWORD}.items():
            page.fill(f"[name={name}]", value)
        page.click("main button")
        expect(page.locator("h1")).to_contain_text("Bonjour, awa")
        page.add_init_script(made_up_subscription())
        page.goto(f"{url}/console/me")
        page.click("text=Être prévenu dans ce navigateur")
        expect(page.locator("main")).to_contain_text("1 navigateur vous prévient")
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
        post_to(page, url).deliver(json.dumps({"title": "Kunnafoni : 1 chose vous attend", "body": "Textes : 1"}))
        [notification] = wait_for_notifications(page, ["Kunnafoni : 1 chose vous attend"])
        assert notification["body"] == "Textes : 1"
        registration = page.evaluate("navigator.serviceWorker.ready.then((one) => [one.scope, one.active.scriptURL])")
        assert registration == [f"{url}/console/", f"{url}/console/sw.js"]


def made_up_subscription() -> str:
    """A script with a subscription of a service that the site knows: Debian's Chromium has no push service."""
    point = ec.generate_private_key(ec.SECP256R1()).public_key()
    keys = {
        "p256dh": point.public_bytes(Encoding.X962, PublicFormat.UncompressedPoint),
        "auth": secrets.token_bytes(16),
    }
    encoded = json.dumps({name: base64url_encode(key) for name, key in keys.items()})
    return f"""
        const keys = {encoded};
        const bytes = (text) => Uint8Array.from(
            atob(text.replace(/-/g, "+").replace(/_/g, "/")), (one) => one.charCodeAt(0)
        ).buffer;
        PushManager.prototype.subscribe = async () => ({{
            endpoint: "https://fcm.googleapis.com/fcm/send/awa", getKey: (name) => bytes(keys[name])
        }});
    """


def post_to(page: Page, url: str) -> PushPost:
    session = page.context.new_cdp_session(page)
    registrations: list[dict[str, Any]] = []
    session.on("ServiceWorker.workerRegistrationUpdated", lambda event: registrations.extend(event["registrations"]))
    session.send("ServiceWorker.enable")
    for _ in range(100):
        if any(each["scopeURL"].endswith("/console/") for each in registrations):
            break
        page.wait_for_timeout(50)
    [id] = {each["registrationId"] for each in registrations if each["scopeURL"].endswith("/console/")}
    return PushPost(session, id, url)
