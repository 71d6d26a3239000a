"""A pushed alert in Chromium: displayed and stored if signed, readable offline, replaced by its cancel, closed at its
end.
"""

from __future__ import annotations

import json
import sqlite3
import time
from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from typing import Any, TypeAlias

import pytest
from cryptography.hazmat.primitives.asymmetric import ec
from playwright.sync_api import Page, expect

from sync.alerts.push_payload import sign_payload
from sync.canonical import base64url_encode
from sync.editions.signing import Signer
from tests.bench.push_reference import public_bytes
from tests.support.alert_pages import require_whole_banner, shown_alerts
from tests.support.browser_push import (
    PushPost,
    days_late,
    make_push_text,
    put,
    stored_alert_keys,
    wait_for_notifications,
)
from tests.support.browser_site import run_site_command, running_site_server
from tests.support.chromium import PhoneFactory, wait_until_offline_ready, wait_until_true
from tests.support.content_folder import write
from tests.support.mobile_link import MobileLink, running_link
from tests.support.sample_alerts import ALERT_YAML

FILES = {
    "site.yaml": "id: essai.ml\nname: Essai\nchannels: [fr-ML, en-ML]\n",
    "places/ML.yaml": "country: ML\nname: Mali\nplaces:\n"
    "  - {code: ML-1, name: Kayes}\n  - {code: ML-4, name: Ségou}\n  - {code: ML-5, name: Mopti}\n",
    "guides/eau/fr.md": "---\ntitle: L’eau\nessential: true\n---\n\nBuvez de l’eau propre.\n",
}

pytestmark = pytest.mark.spared("alert", "the alerts in force are what is counted; the stories send their own")

Signed: TypeAlias = tuple[str, Signer]


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
    wait_until_true(page, "navigator.serviceWorker.controller?.state === 'activated'")
    session = page.context.new_cdp_session(page)
    registrations: list[dict[str, Any]] = []
    session.on("ServiceWorker.workerRegistrationUpdated", lambda event: registrations.extend(event["registrations"]))
    session.send("ServiceWorker.enable")
    for _ in range(100):
        if registrations:
            break
        page.wait_for_timeout(50)
    return PushPost(session, registrations[-1]["registrationId"], link.url)


# Debian's Chromium has no push service.
MADE_UP_SUBSCRIPTION = """
    const endpoint = "https://push.example/1";
    const toJSON = () => ({ endpoint, keys: { p256dh: "k", auth: "a" } });
    const made = { endpoint, toJSON, unsubscribe: async () => true };
    let held = null;
    PushManager.prototype.subscribe = async () => (held = made);
    PushManager.prototype.getSubscription = async () => held;
"""


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
    assert notice["body"].startswith("Montez.")  # what to do comes first
    page.goto(f"{link.url}/fr-ML/alerts/crue-1")
    expect(page.locator("h1")).to_have_text("Le fleuve déborde")
    expect(page.locator("main")).to_contain_text("Montez.")


def test_pages_agree_at_every_step_that_came_by_push_alone(
    page: Page, post: PushPost, link: MobileLink, signed_site: Signed
) -> None:
    """Alert, update, cancel without an edition and without a network, then one that ends by itself."""
    link.down = True
    first = make_push_text(severity="Moderate")
    update = replace(
        first,
        id="crue-2",
        msg_type="Update",
        headline="Le fleuve monte encore",
        severity="Extreme",
        sent=first.sent + 1,
    )
    cancel = replace(
        first, id="crue-3", msg_type="Cancel", headline="Le fleuve baisse", text="L’eau part.", sent=first.sent + 2
    )
    for text, severity, pages in (
        (first, "Danger possible", ["crue-1"]),
        (update, "Danger de mort", ["crue-1", "crue-2"]),
    ):
        page.goto(f"{link.url}/fr-ML/guides/eau")
        post.deliver(sign_payload(text, signed_site[1]))
        expect(page.locator("main > a[data-until] b")).to_have_text(text.headline)  # the page that is open
        require_whole_banner(page)
        page.goto(f"{link.url}/fr-ML/")
        require_whole_banner(page)
        expect(page.locator(".doors a")).to_have_count(3)
        expect(page.locator(".doors a").last).to_be_in_viewport(ratio=1)
        shown = shown_alerts(page, link.url)
        for name in ("home", "banner", "list"):
            assert text.headline in shown[name], name
        assert severity in shown["list"]
        assert shown["over"] == ""
        for own in pages:  # an old link leads to the newest words
            page.goto(f"{link.url}/fr-ML/alerts/{own}")
            expect(page.locator("h1")).to_have_text(text.headline)
            expect(page.locator("main > a[data-until]")).to_have_count(0)  # no banner to itself
            expect(page.locator("section")).to_contain_text("Montez.")
    loads: list[object] = []
    page.on("framenavigated", lambda frame: loads.append(frame))
    feed = f"{link.url}/feed/"
    # The worker asks for news after a push; without any, the page stays as it is.
    with page.context.expect_event("requestfailed", lambda request: request.url.startswith(feed), timeout=20_000):
        post.deliver(sign_payload(cancel, signed_site[1]))
    expect(page.locator("h1")).to_have_text("Alerte terminée : Le fleuve baisse")  # the page that is open
    assert len(loads) == 1
    shown = shown_alerts(page, link.url)
    assert (shown["home"], shown["banner"], shown["list"]) == ("", "", "")
    assert "Alerte terminée : Le fleuve baisse" in shown["over"]
    for own in ("crue-1", "crue-2", "crue-3"):
        page.goto(f"{link.url}/fr-ML/alerts/{own}")
        expect(page.locator("h1")).to_have_text("Alerte terminée : Le fleuve baisse")
        for order in ("Montez", "Danger", "Jusqu’au"):
            expect(page.locator("main")).not_to_contain_text(order)


def test_a_pushed_alert_ends_on_an_open_page_and_everywhere(
    page: Page, post: PushPost, link: MobileLink, signed_site: Signed
) -> None:
    link.down = True
    text = make_push_text(expires=int(time.time()) + 4)
    post.deliver(sign_payload(text, signed_site[1]))
    banner = page.locator("main > a[data-until]")
    expect(banner).to_contain_text("Le fleuve déborde")
    expect(banner).to_have_count(0, timeout=10_000)
    assert set(shown_alerts(page, link.url).values()) == {
        "",
        "Alerte terminée : Le fleuve déborde\nCette alerte est terminée.",
    }
    page.goto(f"{link.url}/fr-ML/alerts/crue-1")
    expect(page.locator("main")).not_to_contain_text("Montez")


def test_a_push_makes_the_pages_due(page: Page, post: PushPost, link: MobileLink, signed_site: Signed) -> None:
    feed = f"{link.url}/feed/fr-ML"
    with page.context.expect_event("request", lambda request: request.url.startswith(feed), timeout=20_000):
        post.deliver(sign_payload(make_push_text(), signed_site[1]))


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
    link.down = True  # a pull would correct the day
    post.deliver(sign_payload(make_push_text(), signed_site[1]))
    wait_for_notifications(page, ["Le fleuve déborde"])
    days_late(page)
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
        route.fulfill(json={"fate": "delivered", "reason": "201"})

    page.context.route("**/push/subscriptions", answer)
    page.context.route("**/push/test", answer)
    page.add_init_script(MADE_UP_SUBSCRIPTION)
    post.deliver(sign_payload(make_push_text(), signed_site[1]))
    expect(page.locator("main > a[data-until]")).to_have_count(1)
    page.goto(f"{link.url}/fr-ML/phone")
    section = page.locator("[data-feature=alerts]")
    expect(section).to_contain_text("Répondez « Autoriser »")
    section.get_by_label("Pour quel endroit ?").select_option("ML-4")
    section.get_by_role("button", name="Recevoir les alertes").click()
    expect(section).to_contain_text("Ce téléphone reçoit les alertes.")
    expect(section.locator("[role=status]")).to_contain_text("En ce moment :Le fleuve déborde")
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
    assert stored_alert_keys(page) == ["crue-1"]
    section.get_by_role("button", name="Ne plus recevoir").click()
    expect(section).to_contain_text("Les alertes viennent encore avec les pages.")


def test_a_phone_follows_several_places_and_lets_them_go_again(page: Page, link: MobileLink) -> None:
    """The subscription is made up; the form, its wire and what the phone keeps are real."""
    calls: list[Any] = []

    def answer(route: Any) -> None:
        calls.append(json.loads(route.request.post_data))
        route.fulfill(status=204)

    page.context.route("**/push/subscriptions", answer)
    page.add_init_script(MADE_UP_SUBSCRIPTION)
    page.goto(f"{link.url}/fr-ML/phone")
    section = page.locator("[data-feature=alerts]")
    others = section.get_by_label("Et pour quel autre endroit ?")
    expect(others).to_have_count(0)
    section.get_by_label("Pour quel endroit ?").select_option("ML-4")
    others.select_option("ML-5")
    expect(others).to_have_count(2)
    expect(section).to_contain_text("plus ils peuvent dire qui vous êtes")
    assert "ML-4" not in others.last.locator("option").evaluate_all("list => list.map((option) => option.value)")
    section.get_by_role("button", name="Recevoir les alertes").click()
    expect(section).to_contain_text("Ce téléphone reçoit les alertes.")
    assert (calls[-1]["region"], calls[-1]["regions"]) == ("", ["ML-4", "ML-5"])
    page.reload()
    section.get_by_text("Changer mes choix").click()
    section.get_by_label("Pour quel endroit ?").select_option("")
    expect(section.get_by_label("Pour quel endroit ?")).to_have_value("ML-5")
    section.get_by_role("button", name="Garder ces choix").click()
    expect(section).to_contain_text("C’est noté.")
    assert calls[-1]["region"] == "ML-5"
    assert "regions" not in calls[-1]


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
    run_site_command(folder / "data", root, "alert", "send", str(folder / "alerte.yaml"), content=folder / "content")
    page = phones().new_page()
    page.goto(f"{link.url}/fr-ML/")
    wait_until_offline_ready(page)
    page.goto(f"{link.url}/fr-ML/guides/eau")
    expect(page.locator("main > a.danger")).to_contain_text("Le Bani déborde")
    page.goto(f"{link.url}/fr-ML/search?q=propre")  # a feature touches only what it made
    expect(page.locator("main ul.rows")).to_contain_text("L’eau")
    link.down = True
    page.goto(f"{link.url}/fr-ML/alerts/crue-bani-1")
    expect(page.locator("main")).to_contain_text("Montez vers les hauteurs.")
    days_late(page)
    for path in ("guides/eau", "", "alerts"):
        page.goto(f"{link.url}/fr-ML/{path}")
        expect(page.locator("main [data-until]")).to_have_count(0)
        expect(page.locator("main")).not_to_contain_text("Le Bani déborde")
