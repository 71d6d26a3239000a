"""Push messages to a Chromium, in place of a push service, and what the phone made of them."""

from __future__ import annotations

import time
from dataclasses import dataclass, replace
from typing import Any

from playwright.sync_api import CDPSession, Page

from sync.alerts.push_payload import AlertText


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
