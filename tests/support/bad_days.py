"""Bad days on which phones are used: an alert is in force, there is room for pages and app alone, a link led to another
channel.

Each story of a phone meets one of them in `make test`, by its name, and all three in `make soak`. Used by the fixtures
of tests/browser.
"""

from __future__ import annotations

import contextlib
import re
import shutil
import sqlite3
import time
import zlib
from collections.abc import Iterable, Iterator, Mapping
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

import pytest
from playwright.sync_api import BrowserContext

from tests.support.browser_push import put
from tests.support.browser_site import BrowserSite, run_site_command, running_site
from tests.support.mobile_link import MobileLink
from tests.support.sample_alerts import ALERT_YAML

Day = Literal["alert", "room", "channel"]
DAYS: tuple[Day, ...] = ("alert", "room", "channel")
ROOM = 1_000_000  # bytes that the site may take
IN_FORCE = 20 * 3600  # seconds: longer than any run, shorter than the day from which an alert's end is questioned
READY = re.compile("Prêt hors ligne|Ready offline")


@dataclass(frozen=True)
class BadDay:
    """`kind`: one of DAYS; "" for a story that no bad day can meet."""

    kind: Day | Literal[""]

    def meet(self, context: BrowserContext, link: MobileLink, is_new: bool = True) -> None:
        """Give a phone its bad day; the alert is the site's. `is_new`: False for a phone that had this day before."""
        if self.kind == "room":
            limit_room(context, link.url)
        if self.kind == "channel" and is_new:
            arrive_by_another_channel(context, link)


def read_spared_days(marks: Iterable[pytest.Mark]) -> Mapping[str, str]:
    """The days that a story is spared, each with its reason. Raises UsageError for a mark without both."""
    spared: dict[str, str] = {}
    for mark in marks:
        if len(mark.args) < 2 or not set(mark.args[:-1]) <= set(DAYS) or " " not in mark.args[-1]:
            raise pytest.UsageError(f"spared(day, ..., reason) names days of {DAYS} and a reason, not {mark.args}")
        spared |= dict.fromkeys(mark.args[:-1], mark.args[-1])
    return spared


def days_of_story(name: str, spared: Mapping[str, str]) -> list[Day]:
    """The days of a story; the one that `make test` gives it comes first."""
    days = [day for day in DAYS if day not in spared]
    first = zlib.crc32(name.encode()) % len(days) if days else 0
    return days[first:] + days[:first]


def limit_room(context: BrowserContext, url: str) -> None:
    """Limit what the site may keep. A blank page holds the limit, as long as the browser runs."""
    session = context.new_cdp_session(context.new_page())
    session.send("Storage.overrideQuotaForOrigin", {"origin": url, "quotaSize": ROOM})


def arrive_by_another_channel(context: BrowserContext, link: MobileLink) -> None:
    """Open a page of another channel on a new phone, let its pages come, then choose the channel of the stories."""
    asked_before = len(link.asked)
    page = context.new_page()
    channels = re.findall(r"/(\w\w-[A-Z]{2})/", page.request.get(link.url).text())
    page.goto(f"{link.url}/{next(channel for channel in channels if channel != 'fr-ML')}/guides")
    page.locator("#status", has_text=READY).wait_for()
    put(page, "followed", "fr-ML")
    page.close()
    del link.asked[asked_before:]


def write_alert(folder: Path) -> Path:
    """An alert for the whole country, in force from now on, as the file of an author."""
    ends = time.strftime("%Y-%m-%dT%H:%MZ", time.gmtime(time.time() + IN_FORCE))
    file = folder / "alerte.yaml"
    file.write_text(ALERT_YAML.replace("2026-11-26T18:00Z", ends).replace("[ML-4, ML-5]", "[ML]"), "utf-8")
    return file


@contextlib.contextmanager
def running_site_under_alert(quiet: BrowserSite, folder: Path, root: Path) -> Iterator[BrowserSite]:
    """Run a copy of a running site, on which an alert was sent."""
    data = folder / "data"
    shutil.copytree(quiet.data, data, ignore=shutil.ignore_patterns("kunnafoni.db*"))
    with (
        closing(sqlite3.connect(quiet.data / "kunnafoni.db")) as source,
        closing(sqlite3.connect(data / "kunnafoni.db")) as copy,
    ):
        source.backup(copy)
    run_site_command(data, root, "alert", "send", str(write_alert(folder)), content=quiet.content)
    with running_site(data, root, quiet.content) as site:
        yield site
