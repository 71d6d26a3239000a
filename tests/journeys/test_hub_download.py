"""A hub that knows its site's web address costs its link at most twice what a phone costs, with real CouchDBs.

Every byte on every road counts: pages, headquarters' word of what is new, and what the hub sends.
"""

from __future__ import annotations

import re
import time
from collections.abc import Callable
from pathlib import Path
from urllib.parse import urlsplit

import anyio

from server.program import ROOT
from tests.support.content_folder import write
from tests.support.feed_reader import FeedReader
from tests.support.hub_link import HubLink, running_link
from tests.support.measured_figures import record_figure
from tests.support.server_process import ServerProcess
from tests.support.store_backends import REAL_COUCHDB
from tests.support.two_sites import CHANNEL, NAME, TwoSites, pulls, read_statement, running_two_sites, wait_until

CONTENT = ROOT / "content"
EDITS = 14
PLAIN = re.compile(r"[A-ZÉ][^0-9*#<{}\[\]|_]+")  # a paragraph that no translation has to repeat
SILENCE = 45.0  # seconds: what follows an edition is among its bytes


def demonstration() -> dict[str, str]:
    files = [file for file in CONTENT.rglob("*") if file.suffix in (".md", ".yaml", ".po")]
    return {str(file.relative_to(CONTENT)): file.read_text("utf-8") for file in files}


def bytes_after(links: list[HubLink], seconds: float) -> int:
    """The bytes that passed by all links, once some time has gone by."""
    time.sleep(seconds)
    return sum(link.bytes_passed for link in links)


if REAL_COUCHDB:

    def test_a_hub_costs_at_most_twice_a_phone(tmp_path: Path) -> None:
        with running_two_sites(tmp_path, demonstration()) as sites, sites.headquarters.serve() as first:
            wait_until(lambda: read_statement(first), "headquarters publishes")
            parts = urlsplit(first.url)
            with (
                running_link(parts.hostname or "", parts.port or 80) as web,
                running_link(parts.hostname or "", parts.port or 80) as mobile,
            ):
                sites.join(CHANNEL, site=web.url)
                with sites.hub.serve(KUNNAFONI_PUBLISHER="0") as hub:
                    _compare(sites, first, hub, web, mobile)

    def _compare(sites: TwoSites, first: ServerProcess, hub: ServerProcess, web: HubLink, mobile: HubLink) -> None:
        in_step: Callable[[], bool] = lambda: read_statement(hub) == read_statement(first) != ""  # noqa: E731
        links = [sites.link, web]
        wait_until(in_step, "the hub has headquarters' edition")
        wait_until(lambda: reported_healths(sites) == {"current"}, "the hub's report that all is well", 300)
        hub_bytes = bytes_after(links, SILENCE)
        phone = FeedReader(None)  # type: ignore[arg-type]
        anyio.run(pulls, phone, mobile.url)
        phone_bytes = mobile.bytes_passed
        record_figure(f"hub: first join {hub_bytes} bytes (pages {web.bytes_passed}), a phone {phone_bytes}")

        pages_before, phone_before, before = web.bytes_passed, mobile.bytes_passed, bytes_after(links, 0)
        publish_edits(sites, first)
        wait_until(in_step, "the hub follows", 300)
        pages, every_road = web.bytes_passed - pages_before, bytes_after(links, SILENCE) - before
        anyio.run(pulls, phone, mobile.url)
        delta = mobile.bytes_passed - phone_before
        record_figure(f"hub: {EDITS} edits {pages} bytes of pages, {every_road} in all; a phone {delta}")
        assert hub_bytes <= 2 * phone_bytes
        assert every_road <= 2 * delta


def reported_healths(sites: TwoSites) -> set[str]:
    """The health of each road in the hub's report, as headquarters has it."""
    address = f"/{sites.headquarters.prefix}-journal/hub:{NAME}"
    status, report = sites.headquarters.couch.ask("GET", address)
    return {health for health, _, _ in report["roads"].values()} if status == 200 else set()


def publish_edits(sites: TwoSites, first: ServerProcess) -> None:
    """A new passage in each of some guides, of words of the demonstration content."""
    folder = sites.headquarters.folder / "content"
    guides = sorted((folder / "guides").glob("*/fr.md"))[: 2 * EDITS]
    for guide, other in zip(guides[:EDITS], guides[EDITS:], strict=True):
        passages = other.read_text("utf-8").partition("\n---\n")[2].split("\n\n")
        longest = sorted(filter(PLAIN.fullmatch, passages), key=len)[-5:]
        passage = "\n\n".join(longest) or "Une phrase de plus, pour cette épreuve."
        text = guide.read_text("utf-8").rstrip()
        write(folder, {str(guide.relative_to(folder)): f"{text}\n\n{passage}\n"})
    sites.headquarters.run("import", str(folder))
    before = read_statement(first)
    sites.headquarters.run("publish", "--channel", CHANNEL)
    wait_until(lambda: read_statement(first) != before, "headquarters shows what it published")
