"""Chromium as a phone: its flags and where it is installed. Used by the stories in a browser and by the bench."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from typing import Any

from playwright.sync_api import BrowserContext, Page

CHECK_FOR_UPDATE = "async () => { await (await navigator.serviceWorker.getRegistration()).update() }"

FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--host-resolver-rules=MAP kunnafoni.test 127.0.0.1",  # a name of this machine that browsers do not take for secure
]

PHONE: dict[str, Any] = {"viewport": {"width": 360, "height": 740}, "locale": "fr-FR", "has_touch": True}

PROGRAM_NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")

PhoneFactory = Callable[..., BrowserContext]


def chromium_path() -> str:
    return next(path for path in map(shutil.which, PROGRAM_NAMES) if path)


def wait_until_offline_ready(page: Page) -> None:
    """Wait until the page reports that it works offline."""
    page.locator("#status", has_text="Prêt hors ligne").wait_for()
