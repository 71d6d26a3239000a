"""Headquarters and a hub: two real CouchDBs, a server process before each, and a link that can be cut.

Where they are: KUNNAFONI_TEST_COUCHDB, and KUNNAFONI_TEST_COUCHDB_HUB for the hub's (without it: the same server, other
databases).
"""

from __future__ import annotations

import contextlib
import json
import os
import re
import time
import urllib.request
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from types import SimpleNamespace
from typing import Any
from urllib.parse import urlsplit

import anyio
import httpx

from server.hubs import replications
from sync.forms.compiled_form import Form
from sync.store.administration import REPLICATOR, USERS
from sync.store.contract import Collection
from sync.store.open_store import open_store
from tests.support.content_folder import GOOD, write
from tests.support.couch_operator import CouchOperator
from tests.support.feed_reader import FeedReader
from tests.support.hub_link import HubLink, running_link
from tests.support.phone_simulator import FilledForm
from tests.support.server_process import ServerProcess, run_command, running_server
from tests.support.small_site import APP
from tests.support.store_backends import REAL_COUCHDB, fresh_prefix

SITE = "essai"

PATIENCE = 120.0

HUB = os.environ.get("KUNNAFONI_TEST_COUCHDB_HUB", "").rstrip("/") or REAL_COUCHDB
NAME = "kayes"
CHANNEL = "fr-ML"
FORM = """| survey |
| | type | name | label | required |
| | text | mot | Votre mot | yes |

| settings |
| | form_title | form_id | audience | sealed |
| | Un mot | mot | public | no |
"""
FILES: Mapping[str, str] = dict(GOOD) | {"forms/mot.md": FORM}


@dataclass
class SiteNode:
    """One site: `store` is its address, `folder` has its content, app and data."""

    couch: CouchOperator
    folder: Path
    store: str

    @property
    def prefix(self) -> str:
        return urlsplit(self.store).path[1:]

    def run(self, *arguments: str, code: int = 0) -> str:
        return run_command(self.folder, *arguments, "--store", self.store, code=code)

    def serve(self, **settings: str) -> contextlib.AbstractContextManager[ServerProcess]:
        return running_server(self.folder, "--store", self.store, port=0, **settings)


@dataclass
class TwoSites:
    headquarters: SiteNode
    hub: SiteNode
    link: HubLink

    def join(self, *channels: str, site: str = "") -> str:
        """Add the hub at headquarters and join from the hub; return the printed address. `site`: its web address."""
        output = self.headquarters.run("hub", "add", NAME, "--address", self.link.url)
        match = re.search(r"hub join '(.+)'", output)
        assert match, output
        chosen = [part for channel in channels for part in ("--channel", channel)]
        self.hub.run("hub", "join", match[1], *chosen, *(("--site", site) if site else ()))
        return match[1]


def prepare_node(url: str, folder: Path, name: str, files: Mapping[str, str | bytes] = FILES) -> SiteNode:
    write(folder / name / "content", files)
    write(folder / name / "app", APP)
    return SiteNode(CouchOperator(url), folder / name, f"{url.replace('http://', 'couchdb://', 1)}/{fresh_prefix()}")


@contextmanager
def running_two_sites(folder: Path, files: Mapping[str, str | bytes] = FILES) -> Iterator[TwoSites]:
    """`files`: of the content of both."""
    headquarters = prepare_node(REAL_COUCHDB, folder, "headquarters", files)
    hub = prepare_node(HUB, folder, "hub", files)
    parts = urlsplit(REAL_COUCHDB)
    with running_link(parts.hostname or "", parts.port or 80) as link:
        try:
            yield TwoSites(headquarters, hub, link)
        finally:
            for one_side in (headquarters, hub):
                remove_databases(one_side)


def remove_databases(one_side: SiteNode) -> None:
    """Delete the test's replications, accounts and databases."""
    for database, start in (
        (REPLICATOR, f"kunnafoni-{one_side.prefix}"),
        (USERS, f"org.couchdb.user:{replications.hub_account(one_side.prefix, '')}"),
    ):
        status, answer = one_side.couch.ask("GET", f'/{database}/_all_docs?startkey="{start}"&endkey="{start}~"')
        for row in answer["rows"] if status == 200 else []:
            one_side.couch.ask("DELETE", f"/{database}/{row['id']}?rev={row['value']['rev']}")
    for name in one_side.couch.ask("GET", "/_all_dbs")[1]:
        if name.startswith(one_side.prefix):
            one_side.couch.ask("DELETE", f"/{name}")


def wait_until(what: Callable[[], Any], why: str, patience: float = PATIENCE) -> Any:
    end = time.monotonic() + patience
    while True:
        if result := what():
            return result
        assert time.monotonic() < end, why
        time.sleep(0.25)


def read_statement(server: ServerProcess) -> str:
    """The server's current statement, or ""."""
    try:
        return str(json.loads(server.get(f"feed/{CHANNEL}/manifest"))["statement"])
    except OSError:
        return ""


def post_lines(server: ServerProcess, path: str, body: bytes) -> list[dict[str, Any]]:
    with urllib.request.urlopen(urllib.request.Request(server.url + path, body, method="POST"), timeout=30) as answer:
        return [json.loads(line) for line in answer.read().splitlines()]


def read_receipt(server: ServerProcess, filled: FilledForm) -> list[Any] | None:
    rows = post_lines(server, "inbox/receipts", json.dumps([filled.id]).encode())
    return rows[0]["receipt"] if rows and "receipt" in rows[0] else None


def read_form(side_store: str) -> Form:
    async def run() -> Form:
        store = open_store(side_store)
        try:
            forms = [
                Form(record.body["compiled"]) for record in await store.scan(Collection.EDITIONS, "form:", "form;")
            ]
            return next(form for form in forms if form.slug == "mot")
        finally:
            await store.close()

    return anyio.run(run)


def publish(sites: TwoSites, text: str) -> None:
    content = sites.headquarters.folder / "content"
    write(content, {"guides/argent/fr.md": f"---\ntitle: Argent\n---\n{text}\n"})
    sites.headquarters.run("import", str(content))
    sites.headquarters.run("publish")


async def pulls(phone: FeedReader, url: str) -> int:
    """The number of requests to a server until nothing is new."""
    async with httpx.AsyncClient(base_url=url) as client:
        phone.site = SimpleNamespace(client=client)  # type: ignore[assignment]
        return await phone.pull()
