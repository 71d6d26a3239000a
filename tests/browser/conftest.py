"""Fixtures of the browser stories: one server, one Chromium, and for each test a link and a new phone."""

from __future__ import annotations

import re
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, Playwright

from tests.support.browser_site import running_site_server
from tests.support.chromium import FLAGS, PHONE, PhoneFactory, chromium_path
from tests.support.mobile_link import MobileLink, running_link


@pytest.fixture(scope="session")
def server(tmp_path_factory: pytest.TempPathFactory, root: Path) -> Iterator[str]:
    """The address of the real server with the real content."""
    with running_site_server(tmp_path_factory.mktemp("site") / "data", root) as url:
        yield url


@pytest.fixture
def link(server: str) -> Iterator[MobileLink]:
    with running_link(server) as proxy:
        yield proxy


@pytest.fixture(scope="session")
def browser(playwright: Playwright) -> Iterator[Browser]:
    started = playwright.chromium.launch(executable_path=chromium_path(), args=FLAGS)
    yield started
    started.close()


@pytest.fixture
def phones(browser: Browser) -> Iterator[PhoneFactory]:
    """Open browser contexts that share nothing; options of Playwright's `new_context`."""
    contexts: list[BrowserContext] = []

    def phone(**options: Any) -> BrowserContext:
        context = browser.new_context(**{**PHONE, **options})
        context.set_default_timeout(20_000)
        contexts.append(context)
        return context

    yield phone
    for context in contexts:
        context.close()


@pytest.fixture
def page(phones: PhoneFactory) -> Page:
    return phones().new_page()


@pytest.fixture
def newer(tmp_path: Path, root: Path) -> Path:
    """A copy of the built app with another build id and another main script."""
    folder = tmp_path / "dist"
    shutil.copytree(root / "pwa/dist", folder)
    worker = folder / "sw.js"
    build = re.search(r'"([0-9a-f]{12})"', worker.read_text("utf-8"))
    assert build is not None
    worker.write_text(worker.read_text("utf-8").replace(build[1], "0123456789ab"), "utf-8")
    with (folder / "app/main.js").open("a", encoding="utf-8") as script:
        script.write(';document.documentElement.dataset.build="newer"')
    return folder
