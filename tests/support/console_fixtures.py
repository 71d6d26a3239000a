"""The console of a small site, for each test anew."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import httpx
import pytest

from server.accounts.account import Role
from server.accounts.account_service import AccountService
from server.accounts.passwords import Passwords
from server.app import create_app
from tests.support.console_client import QUICK, Desk, running_desk
from tests.support.console_feedback import Team
from tests.support.inbox_site import open_office


@pytest.fixture
async def desk(tmp_path: Path) -> AsyncIterator[Desk]:
    async with running_desk(tmp_path) as running:
        yield running


@pytest.fixture
async def team(tmp_path: Path) -> AsyncIterator[Team]:
    async with open_office(tmp_path) as office:
        site = office.site
        site.services.people = AccountService(site.services.store, site.clock, Passwords(QUICK))
        desk = Desk(site, httpx.ASGITransport(create_app(site.services, site.keys), raise_app_exceptions=False))
        yield Team(office, desk, await desk.person(Role.COORDINATOR, "awa"))
