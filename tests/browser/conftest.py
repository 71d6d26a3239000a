"""Fixtures of the browser stories: one server, one Chromium, and for each test a link, a bad day and a new phone.

A story that uses the link is one of a phone, and meets a bad day (tests/support/bad_days.py).
"""

from __future__ import annotations

import re
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, Playwright, expect

from sync.canonical import digest
from tests.support.bad_days import BadDay, days_of_story, read_spared_days, running_site_under_alert
from tests.support.browser_site import BrowserSite, running_site
from tests.support.chromium import FLAGS, PHONE, PhoneFactory, chromium_path
from tests.support.mobile_link import MobileLink, running_link

WORKER_DIGEST = 18  # characters: of a digest in the worker (pwa/build-chunks.mjs)

expect.set_options(timeout=20_000)  # ms, as for actions: a busy machine draws late


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Give each story of a phone the bad day of its name; in `make soak`, all days that it is not spared."""
    if "bad_day" not in metafunc.fixturenames:
        return
    spared = read_spared_days(metafunc.definition.iter_markers("spared"))
    days = days_of_story(metafunc.function.__name__, spared)
    usual: list[str] = [*days[:1]] or [""]
    long = [pytest.param(day, id=f"{day} in soak", marks=pytest.mark.soak) for day in days]
    is_soak = any(metafunc.definition.iter_markers("soak"))
    metafunc.parametrize("bad_day", long if is_soak and days else [*usual, *long], indirect=True)


@pytest.fixture
def bad_day(request: pytest.FixtureRequest) -> BadDay:
    return BadDay(request.param)


@pytest.fixture(scope="session")
def quiet_site(tmp_path_factory: pytest.TempPathFactory, root: Path) -> Iterator[BrowserSite]:
    """The real server with the real content."""
    with running_site(tmp_path_factory.mktemp("site") / "data", root) as site:
        yield site


@pytest.fixture(scope="session")
def site_under_alert(
    quiet_site: BrowserSite, tmp_path_factory: pytest.TempPathFactory, root: Path
) -> Iterator[BrowserSite]:
    with running_site_under_alert(quiet_site, tmp_path_factory.mktemp("alert"), root) as site:
        yield site


@pytest.fixture
def link(request: pytest.FixtureRequest, bad_day: BadDay) -> Iterator[MobileLink]:
    site = request.getfixturevalue("site_under_alert" if bad_day.kind == "alert" else "quiet_site")
    with running_link(site.url) as proxy:
        yield proxy


@pytest.fixture(scope="session")
def browser(playwright: Playwright) -> Iterator[Browser]:
    started = playwright.chromium.launch(executable_path=chromium_path(), args=FLAGS)
    yield started
    started.close()


@pytest.fixture(scope="session")
def speaking_browser(playwright: Playwright) -> Iterator[Browser]:
    """A browser whose microphone beeps, and which asks nobody before it listens."""
    microphone = ["--use-fake-ui-for-media-stream", "--use-fake-device-for-media-stream"]
    started = playwright.chromium.launch(executable_path=chromium_path(), args=[*FLAGS, *microphone])
    yield started
    started.close()


@pytest.fixture
def phones(browser: Browser, link: MobileLink, bad_day: BadDay) -> Iterator[PhoneFactory]:
    """Open browser contexts that share nothing and meet the bad day; options of Playwright's `new_context`."""
    contexts: list[BrowserContext] = []

    def phone(**options: Any) -> BrowserContext:
        context = browser.new_context(**{**PHONE, **options})
        context.set_default_timeout(20_000)
        contexts.append(context)
        bad_day.meet(context, link, is_new=options.get("java_script_enabled", True))
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
    script = folder / "app/main.js"
    known = digest(script.read_text("utf-8"))[:WORKER_DIGEST]
    script.write_text(script.read_text("utf-8") + ';document.documentElement.dataset.build="newer"', "utf-8")
    worker.write_text(
        worker.read_text("utf-8").replace(known, digest(script.read_text("utf-8"))[:WORKER_DIGEST]), "utf-8"
    )
    return folder
