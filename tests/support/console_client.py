"""The console of a small site and its users, with forms posted as a browser posts them. Used by the console's tests."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
from argon2 import PasswordHasher

from server.accounts.account import Role
from server.accounts.account_service import AccountService
from server.accounts.passwords import Passwords
from server.app import create_app
from tests.support.console_forms import CrawledForm, find_form
from tests.support.content_folder import GOOD
from tests.support.small_site import Site, running_site

PASSWORD = "lampe tortue violon nuage"
QUICK_HASHER = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)


async def read_spaces_as_typed(answer: httpx.Response) -> None:
    """Give a page's text plain spaces in place of no-break ones, as a person reads it; its bytes stay."""
    await answer.aread()
    vars(answer)["_text"] = answer.text.replace("\u00a0", " ")


@dataclass
class ConsoleUser:
    """A browser with its cookies. `csrf`: the session's form token, once signed in."""

    client: httpx.AsyncClient
    name: str = ""
    csrf: str = ""

    def __post_init__(self) -> None:
        self.client.event_hooks = {"response": [read_spaces_as_typed]}

    async def get(self, path: str, **more: Any) -> httpx.Response:
        return await self.client.get(f"/console{path}", **more)

    async def post(self, path: str, data: Mapping[str, Any] | None = None, **more: Any) -> httpx.Response:
        """Post a form with its token, unless `data` has another."""
        return await self.client.post(f"/console{path}", data={"csrf": self.csrf} | dict(data or {}), **more)

    async def decide(self, action: str, data: Mapping[str, Any] | None = None, **more: Any) -> httpx.Response:
        """Open the page of a form and post it, with the fields that it carries and these.

        The page is the form's address itself, one above it, or the check before it. Without such a form these fields
        alone are posted.
        """
        form = await self.read_form(action, data or {})
        return await self.post(action, {**(form.given if form else {}), **(data or {})}, **more)

    async def read_form(self, action: str, data: Mapping[str, Any]) -> CrawledForm | None:
        path = action.partition("?")[0]
        above, higher = path.rsplit("/", 1)[0], path.rsplit("/", 2)[0]
        for page in (action, above, f"{above}/check", f"{above}/plan", higher):
            answer = await self.get(page)
            if form := find_form(f"/console{page.partition('?')[0]}", answer.text, f"/console{path}", data):
                return form
        return None

    async def sign_in(self, name: str, password: str = PASSWORD, code: str = "") -> httpx.Response:
        answer = await self.client.post("/console/sign-in", data={"name": name, "password": password, "code": code})
        if answer.status_code == 303:
            self.name = name
            self.csrf = csrf_token_in((await self.get("/")).text)
        return answer


def csrf_token_in(html: str) -> str:
    match = re.search(r'name="csrf" value="([^"]+)"', html)
    assert match, html
    return match[1]


def quick_accounts(site: Site) -> AccountService:
    """Accounts with cheap hashes, whose waits pass with the site's clock."""
    return AccountService(
        site.services.store, site.clock, Passwords(QUICK_HASHER), monotonic=lambda: site.clock().timestamp()
    )


@dataclass
class ConsoleSite:
    site: Site
    transport: httpx.ASGITransport
    base: str = "http://site"

    @property
    def people(self) -> AccountService:
        return self.site.services.accounts

    def browser(self, base: str = "", address: str = "") -> ConsoleUser:
        """A browser without a session; `address`: its IP address, if it matters."""
        transport = self.transport
        if address:
            transport = httpx.ASGITransport(self.site.app, raise_app_exceptions=False, client=(address, 50_000))
        return ConsoleUser(httpx.AsyncClient(transport=transport, base_url=base or self.base))

    async def person(self, role: Role, name: str = "") -> ConsoleUser:
        """A signed-in user of this role; creates the account if needed."""
        name = name or role.value
        if await self.people.accounts.find(name) is None:
            token = await self.people.invite(name, role)
            await self.people.accept_invitation(await self.people.invitations.get(token), "", PASSWORD)
        someone = self.browser()
        answer = await someone.sign_in(name)
        assert answer.status_code == 303, answer.text
        return someone


@asynccontextmanager
async def running_console_site(
    folder: Path, files: Mapping[str, str] = GOOD, store: str = ""
) -> AsyncIterator[ConsoleSite]:
    async with running_site(folder, files, store) as site:
        site.services.accounts = quick_accounts(site)
        site.app = create_app(site.services, site.keys)
        yield ConsoleSite(site, httpx.ASGITransport(site.app, raise_app_exceptions=False))
