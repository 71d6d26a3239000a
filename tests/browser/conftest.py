"""One server and one Chromium for all stories; a link and a fresh phone for each."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, Playwright

from tests.support.browser_site import serving
from tests.support.mobile_link import Link, linked

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
NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")

Phones = Callable[..., BrowserContext]


def executable() -> str:
    return next(path for path in map(shutil.which, NAMES) if path)


@pytest.fixture(scope="session")
def server(tmp_path_factory: pytest.TempPathFactory, root: Path) -> Iterator[str]:
    """The address of the real server with the real content."""
    with serving(tmp_path_factory.mktemp("site") / "data", root) as url:
        yield url


@pytest.fixture
def link(server: str) -> Iterator[Link]:
    with linked(server) as made:
        yield made


@pytest.fixture(scope="session")
def browser(playwright: Playwright) -> Iterator[Browser]:
    started = playwright.chromium.launch(executable_path=executable(), args=FLAGS)
    yield started
    started.close()


@pytest.fixture
def phones(browser: Browser) -> Iterator[Phones]:
    """Makes phones that share nothing; options as of Playwright's `new_context`."""
    made: list[BrowserContext] = []

    def phone(**options: Any) -> BrowserContext:
        context = browser.new_context(**{**PHONE, **options})
        context.set_default_timeout(20_000)
        made.append(context)
        return context

    yield phone
    for context in made:
        context.close()


@pytest.fixture
def page(phones: Phones) -> Page:
    return phones().new_page()


def ready(page: Page) -> None:
    """Waits until the phone says that it can do without a network."""
    page.locator("#status", has_text="Prêt hors ligne").wait_for()
