"""Hostile texts in every field never become code; the console's own address is separate from the readers'."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import httpx
import pytest

from server.accounts.account import Role
from server.app import create_app
from server.services import Services
from sync.store.contract import Collection, Write
from tests.support import sample_media
from tests.support.active_html import find_active_html
from tests.support.console_client import ConsoleSite
from tests.support.console_steps import GUIDE_ID, plan_digest_in, read_editor_form

pytestmark = pytest.mark.anyio

HOSTILE = "\"'></textarea></title><script>alert(1)</script><img src=x onerror=alert(1)>{{7*7}}{name}javascript:alert(1)"


async def test_nothing_typed_in_any_field_becomes_code(console_site: ConsoleSite) -> None:
    chief, writer = await console_site.person(Role.ADMINISTRATOR), await console_site.person(Role.EDITOR)
    pages: list[httpx.Response] = []
    await writer.decide("/me/settings", {"shown": HOSTILE, "language": HOSTILE})
    pages.append(
        await writer.post(
            "/media/image", {"label": HOSTILE}, files={"file": (HOSTILE[:60], sample_media.make_photo(64, 64))}
        )
    )
    form = read_editor_form((await writer.get(f"/writing/{GUIDE_ID}/edit")).text)
    hostile: dict[str, Any] = {
        name: value if name in ("csrf", "rev", "base") else HOSTILE for name, value in form.items()
    }
    hostile["sources.0.title"] = hostile["sources.0.url"] = HOSTILE
    pages.append(await writer.post(f"/writing/{GUIDE_ID}/edit", hostile))
    pages.append(await writer.post(f"/writing/{GUIDE_ID}/preview", hostile))
    pages.append(await writer.post(f"/writing/{GUIDE_ID}/edit", hostile))  # second: set aside, shown side by side
    for id in ("places:ML", "site", "topics", "authorities:ML:fr", "route:ANY:fr"):
        form = read_editor_form((await writer.get(f"/writing/{id}/edit")).text)
        hostile = {name: value if name in ("csrf", "rev", "base") else HOSTILE for name, value in form.items()}
        pages.append(await writer.post(f"/writing/{id}/edit", hostile))
        pages.append(await writer.post(f"/writing/{id}/edit", {**hostile, "row": HOSTILE}))
        pages += [
            await writer.get(f"/writing/{id}"),
            await writer.get(f"/writing/{id}/edit"),
            await writer.get(f"/writing/{id}/preview"),
        ]
    pages.append(
        await writer.post("/writing/new", {"kind": HOSTILE, "slug": HOSTILE, "lang": HOSTILE, "title": HOSTILE})
    )
    pages.append(await chief.post("/accounts", {"name": HOSTILE, "role": "editor", "shown": HOSTILE}))
    await chief.post("/accounts", {"name": "victim", "role": "editor", "shown": HOSTILE})
    plan = (await chief.get("/publishing/plan")).text
    pages.append(await chief.post("/publishing/publish", {"why": HOSTILE, "seen": HOSTILE}))
    assert plan_digest_in(plan) if 'name="seen"' in plan else True
    pages.append(await console_site.browser().sign_in(HOSTILE, HOSTILE, HOSTILE))
    for path in (
        "/",
        "/me",
        "/accounts",
        "/accounts/victim",
        "/media",
        "/writing",
        f"/writing/{GUIDE_ID}",
        f"/writing/{GUIDE_ID}/edit",
        "/translations",
        "/publishing",
        "/journal",
        f"/writing?words={HOSTILE}&kind={HOSTILE}",
        f"/journal?who={HOSTILE}",
        f"/sign-in?next={HOSTILE}",
        f"/writing/{HOSTILE}",
        f"/{HOSTILE}",
        f"/welcome/{HOSTILE}",
        "/journal?before=audit:x",
    ):
        pages.append(await chief.get(path))
    assert len(pages) > 25
    for page in pages:
        if page.status_code < 300 or page.status_code >= 400:
            assert page.status_code < 500, page.text
            assert find_active_html(page.text) == [], page.url


async def test_the_console_on_an_address_of_its_own_answers_there_alone(console_site: ConsoleSite) -> None:
    services: Services = console_site.site.services
    services.settings = replace(services.settings, url="https://example.org", console_url="https://desk.example.org")
    transport = httpx.ASGITransport(create_app(services, console_site.site.keys), raise_app_exceptions=False)
    async with (
        httpx.AsyncClient(transport=transport, base_url="https://desk.example.org") as console,
        httpx.AsyncClient(transport=transport, base_url="https://example.org") as readers,
    ):
        assert (await console.get("/console/sign-in")).status_code == 200
        assert (await console.get("/")).headers["location"] == "/console/"
        assert (await console.get("/healthz")).status_code == 200
        for path in ("/fr-ML/", "/sw.js", "/app/main.js", "/feed/fr-ML"):
            assert (await console.get(path)).status_code == 404, path
        for path in ("/console", "/console/", "/console/sign-in", "/console/assets/console.js", "/console/welcome/x"):
            assert (await readers.get(path)).status_code == 404, path
        assert (await readers.get("/fr-ML/")).status_code == 200
        assert (
            await readers.get("/console/sign-in", headers={"host": "desk.example.org.evil.example"})
        ).status_code == 421


async def test_a_record_that_another_node_spoilt_stops_no_screen(console_site: ConsoleSite, tmp_path: Path) -> None:
    chief = await console_site.person(Role.ADMINISTRATOR)
    await console_site.site.services.store.write(
        Collection.JOURNAL, [Write("audit:2026-11-24T10:00:00.000000Z:00000000", {"odd": 1})]
    )
    assert (await chief.get("/journal")).status_code == 200
