"""Publishing from a machine without the key: asked there, done by the machine that has it, and told where it was asked."""

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
from tests.support.console_client import PASSWORD, QUICK, Desk, Person, running_desk, token_in
from tests.support.console_steps import ARGENT, approved, head
from tests.support.content_folder import GOOD, write
from tests.support.server_process import PATIENCE, run, served
from tests.support.small_site import APP

pytestmark = pytest.mark.anyio
WHY = "Le titre disait trop peu."


@asynccontextmanager
async def another_machine(desk: Desk) -> AsyncIterator[Person]:
    """The console of a second server on the same store, without the key; a coordinator is signed in there."""
    await desk.person(Role.COORDINATOR, "chef")
    services = create_services(desk.site.services.settings, clock=desk.site.clock)
    services.people = AccountService(services.store, desk.site.clock, Passwords(QUICK))
    transport = httpx.ASGITransport(create_app(services), raise_app_exceptions=False)
    async with services.shelf.follow_changes():
        chief = Person(httpx.AsyncClient(transport=transport, base_url="http://site"))
        assert (await chief.sign_in("chef")).status_code == 303
        yield chief
    await services.store.close()


async def shown(person: Person) -> str:
    return unescape((await person.get("/publishing")).text)


async def test_what_is_asked_waits_then_is_published_in_the_name_of_who_asked(tmp_path: Path) -> None:
    async with running_desk(tmp_path) as desk, another_machine(desk) as chief:
        await approved(desk, ARGENT, title="Votre argent")
        desk.site.clock.pass_time(minutes=5)
        before = await head(desk)
        assert "n’a pas la clé" in await shown(chief)
        empty = await chief.post("/publishing/ask", {"why": " "})
        assert empty.status_code == 422
        assert (await chief.post("/publishing/ask", {"why": WHY})).status_code == 303
        page = await chief.get("/publishing")
        assert "Attend" in page.text
        assert page.headers["refresh"]
        assert "/publishing/ask" not in page.text  # one wish is enough
        assert await desk.site.services.publish_requests.process_pending(desk.site.keys) == 1
        assert await head(desk) > before
        overview = await chief.get("/publishing")
        assert "refresh" not in overview.headers
        assert re.search(r"fr-ML : édition du 20\d\d-\d\d-\d\d", unescape(overview.text))
        history = unescape((await chief.get("/publishing/fr-ML")).text)
        assert WHY in history
        assert "chef" in history


async def test_a_refusal_says_why(tmp_path: Path) -> None:
    async with running_desk(tmp_path) as desk, another_machine(desk) as chief:
        await chief.post("/publishing/ask", {"why": WHY})
        strange = open_keyring(tmp_path / "others", create=True)
        assert strange
        await approved(desk, ARGENT, title="Votre argent")
        await desk.site.services.publish_requests.process_pending(strange.keys)
        page = await shown(chief)
        [request] = await desk.site.services.publish_requests.list_recent()
        refusal = request.to_error()
        assert refusal
        assert "Refusée" in page
        assert refusal.text(desk.site.services.translator.language_of("fr")) in page


async def test_only_those_who_publish_may_ask(tmp_path: Path) -> None:
    async with running_desk(tmp_path) as desk:
        editor = await desk.person(Role.EDITOR)
        assert (await editor.get("/publishing/ask")).status_code in (403, 404)
        assert (await editor.post("/publishing/ask", {"why": WHY})).status_code in (403, 404)
        assert await desk.site.services.publish_requests.list_recent() == []


def test_two_processes_on_one_database(tmp_path: Path) -> None:
    """Asked by browser forms alone, on the machine without the key, while the other one runs."""
    for name in ("one", "two"):
        write(tmp_path / name / "content", GOOD)
        write(tmp_path / name / "app", APP)
    store = ("--store", f"sqlite:///{tmp_path / 'shared.db'}")
    with (
        served(tmp_path / "one", *store) as first,
        served(tmp_path / "two", *store, KUNNAFONI_PUBLISHER="0") as second,
        httpx.Client(base_url=second.url, timeout=60) as browser,
    ):
        first.get("")
        output = run(tmp_path / "one", "account", "add", "chef", "--role", "coordinator", *store)
        invitation = re.search(r"/console/welcome/\S+", output)
        assert invitation, output
        assert browser.post(invitation[0], data={"password": PASSWORD, "again": PASSWORD}).status_code == 303
        if "/console/sign-in" in str(browser.get("/console/").headers.get("location", "")):
            browser.post("/console/sign-in", data={"name": "chef", "password": PASSWORD})
        write(
            tmp_path / "one" / "content",
            {"guides/argent/fr.md": "---\ntitle: Votre argent\n---\nGardez-le chez vous.\n"},
        )
        run(tmp_path / "one", "import", str(tmp_path / "one" / "content"), *store)
        token = token_in(browser.get("/console/publishing/ask").text)
        assert browser.post("/console/publishing/ask", data={"csrf": token, "why": WHY}).status_code == 303
        end = time.monotonic() + PATIENCE
        while "édition du" not in (page := unescape(browser.get("/console/publishing").text)):
            assert "Refusée" not in page
            assert time.monotonic() < end
            time.sleep(0.2)
        assert WHY in unescape(browser.get("/console/publishing/fr-ML").text)
        while "Votre argent" not in second.get("fr-ML/guides/argent").decode():
            assert time.monotonic() < end
            time.sleep(0.2)
