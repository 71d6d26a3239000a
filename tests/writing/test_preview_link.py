"""A draft on one's own phone: for an hour, that text alone, without account, cookie or trace in logs."""

from __future__ import annotations

import datetime
import functools
import html
import logging
import re
from typing import Any

import anyio
import pytest

from server.accounts.account import Role
from server.writing.preview import Preview, render_preview
from server.writing.preview_cache import MAX_PREVIEWS, PreviewCache
from server.writing.preview_link import PreviewLink, read_link, sign_link
from sync.store.contract import Collection, Write
from tests.support.console_client import ConsoleSite, ConsoleUser
from tests.support.console_steps import GUIDE_ID, approve_change, save_draft

pytestmark = pytest.mark.anyio


@pytest.fixture
async def writer(console_site: ConsoleSite) -> ConsoleUser:
    writer = await console_site.person(Role.EDITOR)
    await save_draft(writer, GUIDE_ID, body="Une phrase que personne n’a publiée.")
    return writer


async def scan_code(writer: ConsoleUser) -> str:
    """The path under /console that the QR code leads to."""
    page = (await writer.get(f"/writing/{GUIDE_ID}/phone")).text
    assert "<svg" in page
    match = re.search(r'<code id="link">http://site/console(/writing/shown/[^<]+)</code>', page)
    assert match, page
    return html.unescape(match[1])


async def test_the_draft_opens_without_account_and_says_that_it_is_not_published(
    console_site: ConsoleSite, writer: ConsoleUser, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    path = await scan_code(writer)
    phone = console_site.browser()
    answer = await phone.get(path)
    assert answer.status_code == 200
    assert "Une phrase que personne n’a publiée." in answer.text and "Pas publié." in answer.text
    assert answer.headers["cache-control"] == "no-store"
    assert "noindex" in answer.headers["x-robots-tag"]
    assert answer.headers["referrer-policy"] == "no-referrer"
    assert "sandbox" in answer.headers["content-security-policy"]
    assert "allow-scripts" not in answer.headers["content-security-policy"]
    assert not phone.client.cookies
    token = path.rpartition("/")[2]
    own = [record for record in caplog.records if not record.name.startswith(("httpx", "httpcore"))]
    assert not [record for record in own if token in record.getMessage()], "the test's own client alone names it"
    entries = await console_site.site.services.audit.list_recent(20)
    assert not [entry for entry in entries if token in repr(entry)]


async def test_after_an_hour_it_serves_no_more(console_site: ConsoleSite, writer: ConsoleUser) -> None:
    path, phone = await scan_code(writer), console_site.browser()
    console_site.site.clock.pass_time(minutes=59)
    assert (await phone.get(path)).status_code == 200
    console_site.site.clock.pass_time(minutes=1)
    over = await phone.get(path)
    assert over.status_code == 410 and "personne n’a publiée" not in over.text


async def test_a_discarded_or_changed_draft_takes_its_code_along(
    console_site: ConsoleSite, writer: ConsoleUser
) -> None:
    path, phone = await scan_code(writer), console_site.browser()
    await save_draft(writer, GUIDE_ID, body="Une autre phrase.")
    assert (await phone.get(path)).status_code == 410
    path = await scan_code(writer)
    assert (await writer.decide(f"/writing/{GUIDE_ID}/discard")).status_code == 303
    assert (await phone.get(path)).status_code == 410
    assert (await writer.get(f"/writing/{GUIDE_ID}/phone")).status_code == 404
    assert (await phone.get(f"/writing/{GUIDE_ID}/phone")).status_code == 303, "a code needs an account"


async def test_a_draft_that_makes_no_page_says_why(console_site: ConsoleSite, writer: ConsoleUser) -> None:
    store, id = console_site.site.services.store, f"draft:{GUIDE_ID}"
    record = await store.get(Collection.CONTENT, id)
    assert record
    fields = {**record.body["fields"], "title": ""}
    await store.write(Collection.CONTENT, [Write(id, {**record.body, "fields": fields}, record.rev)])
    answer = await console_site.browser().get(await scan_code(writer))
    assert answer.status_code == 200
    assert "Le champ « Titre » est vide." in answer.text and "Pas publié." not in answer.text
    assert answer.headers["content-security-policy"].startswith("default-src 'none'")
    assert answer.headers["cache-control"] == "no-store"


async def test_many_looks_at_a_draft_render_it_once(
    console_site: ConsoleSite, writer: ConsoleUser, monkeypatch: pytest.MonkeyPatch
) -> None:
    made: list[str] = []

    def count(*given: Any) -> Preview | None:
        made.append(given[2])
        return render_preview(*given)

    monkeypatch.setattr("server.console.writing.preview.render_preview", count)
    path = await scan_code(writer)
    for _ in range(3):
        async with anyio.create_task_group() as group:
            for _ in range(4):
                group.start_soon(console_site.browser().get, path)
    assert made == ["guide"]
    await approve_change(console_site, "guide:compte:fr", title="Un autre titre")
    assert (await console_site.browser().get(path)).status_code == 200
    assert made == ["guide"] * 2, "what a page shows beside the draft may have changed"


async def test_the_previews_in_memory_have_an_end(console_site: ConsoleSite) -> None:
    cache, library = PreviewCache(), (await console_site.site.services.workspace.load_snapshot()).library
    made: list[int] = []

    async def make(number: int) -> list[str]:
        made.append(number)
        return [str(number)]

    for number in (*range(MAX_PREVIEWS + 1), MAX_PREVIEWS, 0):
        key = (str(number), "", "fr")
        assert await cache.get(library, key, functools.partial(make, number)) == [str(number)]
    assert made == [*range(MAX_PREVIEWS + 1), 0]


async def test_a_bent_token_shows_nothing(console_site: ConsoleSite, writer: ConsoleUser) -> None:
    path, phone = await scan_code(writer), console_site.browser()
    token = path.rpartition("/")[2]
    payload, _, mac = token.partition(".")
    for bent in (payload, f"{payload}.", f".{mac}", f"{payload}x.{mac}", "x" * 500, f"{payload}.{mac[:-4]}AAAA", "é.é"):
        assert (await phone.get(f"/writing/shown/{bent}")).status_code == 410


def test_a_link_is_this_sites_alone() -> None:
    now = datetime.datetime(2026, 11, 24, 12, tzinfo=datetime.UTC)
    link = PreviewLink(GUIDE_ID, "A" * 16, int(now.timestamp()) + 60)
    token = sign_link(b"k" * 32, link)
    assert read_link(b"k" * 32, token, now) == link
    assert read_link(b"o" * 32, token, now) is None
