"""Publication requests from a machine without the key, carried out by the one that has it."""

from __future__ import annotations

import re
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from html import unescape
from pathlib import Path

import httpx
import pytest

from server.accounts.account import Role
from server.accounts.account_service import AccountService
from server.accounts.passwords import Passwords
from server.app import create_app, create_services
from server.keys.keyring import open_keyring
from tests.support.console_client import (
    PASSWORD,
    QUICK_HASHER,
    ConsoleSite,
    ConsoleUser,
    running_console_site,
)
from tests.support.console_forms import find_form
from tests.support.console_steps import GUIDE_ID, approve_change, head_number
from tests.support.content_folder import GOOD, write
from tests.support.following import following
from tests.support.server_process import PATIENCE, run_command, running_server
from tests.support.small_site import APP

pytestmark = pytest.mark.anyio
WHY = "Le titre disait trop peu."
ASK = "/console/publishing/ask"


@asynccontextmanager
async def another_machine(console_site: ConsoleSite) -> AsyncIterator[ConsoleUser]:
    """The console of a second server on the same store without the key, with a coordinator signed in."""
    await console_site.person(Role.COORDINATOR, "chef")
    services = create_services(console_site.site.services.settings, clock=console_site.site.clock)
    services.accounts = AccountService(services.store, console_site.site.clock, Passwords(QUICK_HASHER))
    transport = httpx.ASGITransport(create_app(services), raise_app_exceptions=False)
    async with following(services):
        chief = ConsoleUser(httpx.AsyncClient(transport=transport, base_url="http://site"))
        assert (await chief.sign_in("chef")).status_code == 303
        yield chief
    await services.store.close()


async def shown(person: ConsoleUser) -> str:
    return unescape((await person.get("/publishing")).text)


async def test_what_is_asked_waits_then_is_published_in_the_name_of_who_asked(tmp_path: Path) -> None:
    async with running_console_site(tmp_path) as console_site, another_machine(console_site) as chief:
        await approve_change(console_site, GUIDE_ID, title="Votre argent")
        console_site.site.clock.pass_time(minutes=5)
        before = await head_number(console_site)
        assert "n’a pas la clé" in await shown(chief)
        empty = await chief.decide("/publishing/ask", {"why": " "})
        assert empty.status_code == 422
        assert (await chief.decide("/publishing/ask", {"why": WHY})).status_code == 303
        page = await chief.get("/publishing")
        assert "Attend" in page.text
        assert page.headers["refresh"]
        assert "/publishing/ask" not in page.text  # one wish is enough
        assert await console_site.site.services.publish_requests.process_pending(console_site.site.keys) == 1
        assert await head_number(console_site) > before
        overview = await chief.get("/publishing")
        assert "refresh" not in overview.headers
        assert re.search(r"fr-ML : publié le 20\d\d-\d\d-\d\d", unescape(overview.text))
        history = unescape((await chief.get("/publishing/fr-ML")).text)
        assert WHY in history
        assert "chef" in history


async def test_a_refusal_says_why(tmp_path: Path) -> None:
    async with running_console_site(tmp_path) as console_site, another_machine(console_site) as chief:
        await chief.decide("/publishing/ask", {"why": WHY})
        strange = open_keyring(tmp_path / "others", create=True)
        assert strange
        await approve_change(console_site, GUIDE_ID, title="Votre argent")
        await console_site.site.services.publish_requests.process_pending(strange.keys)
        page = await shown(chief)
        [request] = await console_site.site.services.publish_requests.list_recent()
        refusal = request.error
        assert refusal
        assert "Refusée" in page
        assert refusal.text(console_site.site.services.translator.language_of("fr")) in page


async def test_only_those_who_publish_may_ask(tmp_path: Path) -> None:
    async with running_console_site(tmp_path) as console_site:
        editor = await console_site.person(Role.EDITOR)
        assert (await editor.get("/publishing/ask")).status_code in (403, 404)
        assert (await editor.decide("/publishing/ask", {"why": WHY})).status_code in (403, 404)
        assert await console_site.site.services.publish_requests.list_recent() == []


def test_two_processes_on_one_database(tmp_path: Path) -> None:
    """Requested through forms on the machine without the key while the other one runs."""
    for name in ("one", "two"):
        write(tmp_path / name / "content", GOOD)
        write(tmp_path / name / "app", APP)
    store = ("--store", f"sqlite:///{tmp_path / 'shared.db'}")
    with (
        running_server(tmp_path / "one", *store) as first,
        running_server(tmp_path / "two", *store, KUNNAFONI_PUBLISHER="0") as second,
        httpx.Client(base_url=second.url, timeout=60) as browser,
    ):
        first.get("")
        output = run_command(tmp_path / "one", "account", "add", "chef", "--role", "coordinator", *store)
        invitation = re.search(r"/console/welcome/\S+", output)
        assert invitation, output
        assert browser.post(invitation[0], data={"password": PASSWORD, "again": PASSWORD}).status_code == 303
        if "/console/sign-in" in str(browser.get("/console/").headers.get("location", "")):
            browser.post("/console/sign-in", data={"name": "chef", "password": PASSWORD})
        write(
            tmp_path / "one" / "content",
            {"guides/argent/fr.md": "---\ntitle: Votre argent\n---\nGardez-le chez vous.\n"},
        )
        run_command(tmp_path / "one", "import", str(tmp_path / "one" / "content"), *store)
        form = find_form(ASK, browser.get(ASK).text, ASK, {})
        assert form
        assert browser.post(ASK, data={**form.given, "why": WHY}).status_code == 303
        end = time.monotonic() + PATIENCE
        while "fr-ML : publié le" not in (
            page := unescape(browser.get("/console/publishing").text).replace("\u00a0", " ")
        ):
            assert "Refusée" not in page
            assert time.monotonic() < end
            time.sleep(0.2)
        assert WHY in unescape(browser.get("/console/publishing/fr-ML").text)
        while "Votre argent" not in second.get("fr-ML/guides/argent").decode():
            assert time.monotonic() < end
            time.sleep(0.2)
