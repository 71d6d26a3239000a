"""A pushed alert in Chromium: displayed and stored if signed, readable offline, replaced by its cancel, closed at its
end.
"""

from __future__ import annotations

import json
import os
import sqlite3
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, TypeAlias

import pytest
from cryptography.hazmat.primitives.asymmetric import ec
from playwright.sync_api import CDPSession, Page, expect

from sync.alerts.push_payload import AlertText, sign_payload
from sync.canonical import base64url_encode
from sync.editions.signing import Signer
from tests.bench.push_reference import public_bytes
from tests.support.browser_site import running_site_server
from tests.support.chromium import PhoneFactory, wait_until_offline_ready
from tests.support.content_folder import write
from tests.support.mobile_link import MobileLink, running_link
from tests.support.sample_alerts import ALERT_YAML

FILES = {
    "site.yaml": "id: essai.ml\nname: Essai\nchannels: [fr-ML]\n",
    "places/ML.yaml": "country: ML\nname: Mali\nplaces: [{code: ML-4, name: Ségou}]\n",
    "guides/eau/fr.md": "---\ntitle: L’eau\nessential: true\n---\n\nBuvez de l’eau propre.\n",
}

Signed: TypeAlias = tuple[str, Signer]


@dataclass
class PushPost:
    """Delivers a push message to the browser, in place of a push service."""

    session: CDPSession
    registration: str
    origin: str

    def deliver(self, data: str) -> None:
        self.session.send(
            "ServiceWorker.deliverPushMessage",
            {"origin": self.origin, "registrationId": self.registration, "data": data},
        )


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("alerts")


@pytest.fixture(scope="module")
def signed_site(folder: Path, root: Path) -> Iterator[Signed]:
    with running_site_server(folder / "data", root, write(folder / "content", FILES)) as url:
        yield url, Signer.from_pem((folder / "data/keys/edition-1.pem").read_bytes())


@pytest.fixture
def link(signed_site: Signed) -> Iterator[MobileLink]:
    with running_link(signed_site[0]) as proxy:
        yield proxy


@pytest.fixture
def page(phones: PhoneFactory, link: MobileLink) -> Page:
    context = phones()
    context.grant_permissions(["notifications"], origin=link.url)
    tab = context.new_page()
    tab.goto(f"{link.url}/fr-ML/")
    wait_until_offline_ready(tab)
    return tab


@pytest.fixture
def post(page: Page, link: MobileLink) -> PushPost:
    page.wait_for_function("navigator.serviceWorker.controller?.state === 'activated'")
    session = page.context.new_cdp_session(page)
    registrations: list[dict[str, Any]] = []
    session.on("ServiceWorker.workerRegistrationUpdated", lambda event: registrations.extend(event["registrations"]))
    session.send("ServiceWorker.enable")
    for _ in range(100):
        if registrations:
            break
        page.wait_for_timeout(50)
    return PushPost(session, registrations[-1]["registrationId"], link.url)


def make_push_text(**changes: Any) -> AlertText:
    now = int(time.time())
    text = AlertText(
        "essai.ml",
        1,
        "crue-1",
        "crue-1",
        "Actual",
        "Alert",
        "fr",
        "Le fleuve déborde",
        "L’eau monte.\n\nMontez.",
        "Ségou",
        "Severe",
        now,
        now + 3600,
    )
    return replace(text, **changes)


def displayed_notifications(page: Page) -> list[dict[str, Any]]:
    """The notifications on display."""
    script = """async () => (await (await navigator.serviceWorker.ready).getNotifications())
        .map(({ title, body, tag, silent }) => ({ title, body, tag, silent }))"""
    notifications: list[dict[str, Any]] = page.evaluate(script)
    return notifications


def wait_for_notifications(page: Page, titles: list[str]) -> list[dict[str, Any]]:
    for _ in range(600):
        notifications = displayed_notifications(page)
        if [notification["title"] for notification in notifications] == titles:
            return notifications
        page.wait_for_timeout(50)
    raise AssertionError((titles, displayed_notifications(page)))


def days_late(page: Page) -> None:
    """Make the phone's stored day two days old."""
    put(page, "ahead", 2 * 24 * 3600 * 1000)


def put(page: Page, setting: str, value: Any) -> None:
    script = """([name, value]) => new Promise((resolve) => {
        const opening = indexedDB.open("kunnafoni");
        opening.onsuccess = () => {
            const writing = opening.result.transaction("settings", "readwrite");
            writing.objectStore("settings").put(value, name);
            writing.oncomplete = resolve;
        };
    })"""
    page.evaluate(script, [setting, value])


def subscribed(folder: Path) -> dict[str, tuple[str, list[str], str, str]]:
    """The stored subscriptions by endpoint; asserts that all else is the phone's keys and a day."""
    with closing(sqlite3.connect(folder / "data/kunnafoni.db")) as connection:
        rows = connection.execute(
            "SELECT body FROM record WHERE room = 'push' AND id LIKE 'sub:%' AND body IS NOT NULL"
        )
        bodies = [json.loads(body) for (body,) in rows]
    assert all(
        set(body) == {"endpoint", "public", "auth", "channel", "topics", "region", "severity", "since"}
        for body in bodies
    )
    return {body["endpoint"]: (body["channel"], body["topics"], body["region"], body["severity"]) for body in bodies}


def stored_alert_keys(page: Page) -> list[str]:
    """Ids of the alerts in the phone's store."""
    script = """() => new Promise((resolve) => {
        const opening = indexedDB.open("kunnafoni");
        opening.onsuccess = () => {
            const asked = opening.result.transaction("settings").objectStore("settings").get("alerts");
            asked.onsuccess = () => resolve((asked.result || []).map(({ id }) => id));
        };
    })"""
    keys: list[str] = page.evaluate(script)
    return keys


def test_a_signed_alert_is_shown_kept_and_read_without_a_network(
    page: Page, post: PushPost, link: MobileLink, signed_site: Signed
) -> None:
    link.down = True
    post.deliver(sign_payload(make_push_text(), signed_site[1]))
    [notice] = wait_for_notifications(page, ["Le fleuve déborde"])
    assert notice["tag"] == "crue-1"
    for words in ("Jusqu’au", "Ségou", "L’eau monte.", "Montez."):
        assert words in notice["body"]
    assert stored_alert_keys(page) == ["crue-1"]
    page.goto(f"{link.url}/fr-ML/alerts/crue-1")
    expect(page.locator("h1")).to_have_text("Le fleuve déborde")
    expect(page.locator("main")).to_contain_text("Montez.")


def test_what_is_not_signed_shows_only_to_open_the_app(page: Page, post: PushPost, signed_site: Signed) -> None:
    good = sign_payload(make_push_text(), signed_site[1])
    other_site = sign_payload(make_push_text(site="autre.ml"), signed_site[1])
    for data in (
        sign_payload(make_push_text(), Signer.generate()),
        good.replace("Montez", "Restez"),
        "Envoyez votre code au 80 00",
        "",
        other_site,
    ):
        post.deliver(data)
        [notice] = wait_for_notifications(page, ["Ouvrez l’application"])
        assert "Restez" not in notice["body"]
        assert "code" not in notice["body"]
    assert stored_alert_keys(page) == []


def test_an_update_and_a_cancel_take_its_place(page: Page, post: PushPost, signed_site: Signed) -> None:
    first = make_push_text()
    post.deliver(sign_payload(first, signed_site[1]))
    wait_for_notifications(page, ["Le fleuve déborde"])
    update = replace(first, id="crue-2", msg_type="Update", headline="Le fleuve monte encore", sent=first.sent + 10)
    post.deliver(sign_payload(update, signed_site[1]))
    wait_for_notifications(page, ["Le fleuve monte encore"])
    post.deliver(sign_payload(first, signed_site[1]))  # the older one, late: it does not come back
    wait_for_notifications(page, ["Le fleuve monte encore"])
    cancel = replace(first, id="crue-3", msg_type="Cancel", headline="Le fleuve baisse", sent=first.sent + 20)
    post.deliver(sign_payload(cancel, signed_site[1]))
    [notice] = wait_for_notifications(page, ["Alerte terminée : Le fleuve baisse"])
    assert notice["silent"]
    assert stored_alert_keys(page) == ["crue-3"]


def test_what_is_over_closes_at_the_next_event(
    page: Page, post: PushPost, link: MobileLink, signed_site: Signed
) -> None:
    post.deliver(sign_payload(make_push_text(), signed_site[1]))
    wait_for_notifications(page, ["Le fleuve déborde"])
    days_late(page)
    link.down = True
    page.goto(f"{link.url}/fr-ML/guides/eau")
    wait_for_notifications(page, [])


def test_a_test_alert_gives_its_receipt(page: Page, post: PushPost, link: MobileLink, signed_site: Signed) -> None:
    """Debian's Chromium has no push service: the subscription is made up, the rest is real."""
    calls: list[tuple[str, Any]] = []

    def answer(route: Any) -> None:
        calls.append((route.request.url.rpartition("/")[2], json.loads(route.request.post_data)))
        if route.request.url.endswith("/test"):
            post.deliver(
                sign_payload(
                    make_push_text(id="essai-1", root="essai", status="Test", headline="Essai d’alerte"), signed_site[1]
                )
            )
        route.fulfill(status=204)

    page.context.route("**/push/subscriptions", answer)
    page.context.route("**/push/test", answer)
    page.add_init_script("""
        const endpoint = "https://push.example/1";
        const toJSON = () => ({ endpoint, keys: { p256dh: "k", auth: "a" } });
        const made = { endpoint, toJSON, unsubscribe: async () => true };
        let held = null;
        PushManager.prototype.subscribe = async () => (held = made);
        PushManager.prototype.getSubscription = async () => held;
    """)
    page.goto(f"{link.url}/fr-ML/phone")
    section = page.locator("[data-feature=alerts]")
    expect(section).to_contain_text("Répondez « Autoriser »")
    section.get_by_label("Pour quel endroit ?").select_option("ML-4")
    section.get_by_role("button", name="Recevoir les alertes").click()
    expect(section).to_contain_text("Ce téléphone reçoit les alertes.")
    name, payload = calls[0]
    assert name == "subscriptions"
    assert {key: payload[key] for key in ("channel", "topics", "region", "severity")} == {
        "channel": "fr-ML",
        "topics": ["alerts"],
        "region": "ML-4",
        "severity": "Minor",
    }
    section.get_by_role("button", name="Essayer").click()
    expect(section).to_contain_text("Reçu en")
    assert stored_alert_keys(page) == []
    section.get_by_role("button", name="Ne plus recevoir").click()
    expect(section).to_contain_text("Les alertes viennent encore avec les pages.")


def test_a_subscription_that_the_browser_replaced_is_told_and_the_old_one_ended(
    page: Page, link: MobileLink, folder: Path
) -> None:
    """The event and the new subscription are made up; the worker and the server are real."""
    put(page, "told", {"topics": ["alerts", "tests"], "region": "ML-4", "severity": "Severe"})
    key = base64url_encode(public_bytes(ec.generate_private_key(ec.SECP256R1())))
    worker = page.context.service_workers[0]
    change = """async ([old, next, p256dh]) => {
        const keys = { p256dh, auth: "A".repeat(22) };
        const subscription = (endpoint) => ({ endpoint, toJSON: () => ({ endpoint, keys }) });
        PushManager.prototype.subscribe = async () => subscription(next);
        const event = new Event("pushsubscriptionchange");
        let work;
        event.waitUntil = (promise) => (work = promise);
        event.oldSubscription = old && subscription(old);
        self.dispatchEvent(event);
        await work;
    }"""
    first, second = ("https://fcm.googleapis.com/fcm/send/" + name for name in ("first", "second"))
    worker.evaluate(change, [None, first, key])
    assert subscribed(folder) == {first: ("fr-ML", ["alerts", "tests"], "ML-4", "Severe")}
    worker.evaluate(change, [first, second, key])
    assert subscribed(folder) == {second: ("fr-ML", ["alerts", "tests"], "ML-4", "Severe")}
    put(page, "told", None)  # the person wants no messages any more
    worker.evaluate(change, [second, first, key])
    assert list(subscribed(folder)) == [second]
    page.request.delete(
        f"{link.url}/push/subscriptions", data={"endpoint": second}
    )  # no alert of these tests may leave for it
    assert subscribed(folder) == {}


def test_without_push_it_comes_with_the_pages_and_goes_away_when_it_is_over(
    phones: PhoneFactory, link: MobileLink, signed_site: Signed, folder: Path, root: Path
) -> None:
    expires = time.strftime("%Y-%m-%dT%H:%MZ", time.gmtime(time.time() + 3600))
    (folder / "alerte.yaml").write_text(
        ALERT_YAML.replace("2026-11-26T18:00Z", expires).replace("[ML-4, ML-5]", "[ML-4]"), "utf-8"
    )
    command = [
        sys.executable,
        "-m",
        "server.commands.cli",
        "alert",
        "send",
        str(folder / "alerte.yaml"),
        "--data",
        str(folder / "data"),
    ]
    subprocess.run(command, cwd=root, check=True, env=os.environ | {"KUNNAFONI_CONTENT": str(folder / "content")})
    page = phones().new_page()
    page.goto(f"{link.url}/fr-ML/")
    wait_until_offline_ready(page)
    page.goto(f"{link.url}/fr-ML/guides/eau")
    expect(page.locator("main > a.danger")).to_contain_text("Le Bani déborde")
    link.down = True
    page.goto(f"{link.url}/fr-ML/alerts/crue-bani-1")
    expect(page.locator("main")).to_contain_text("Montez vers les hauteurs.")
    days_late(page)
    for path in ("guides/eau", "", "alerts"):
        page.goto(f"{link.url}/fr-ML/{path}")
        expect(page.locator("main [data-until]")).to_have_count(0)
        expect(page.locator("main")).not_to_contain_text("Le Bani déborde")
