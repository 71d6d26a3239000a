"""Fixtures of the console: a small site, and a site with forms; new for each test."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import httpx
import pytest

from server.accounts.account import Role
from server.app import create_app
from tests.support.console_client import ConsoleSite, quick_accounts, running_console_site
from tests.support.console_feedback import FeedbackConsole
from tests.support.inbox_site import running_inbox_site


@pytest.fixture
async def console_site(tmp_path: Path) -> AsyncIterator[ConsoleSite]:
    async with running_console_site(tmp_path) as running:
        yield running


@pytest.fixture
async def feedback(tmp_path: Path) -> AsyncIterator[FeedbackConsole]:
    async with running_inbox_site(tmp_path) as inbox_site:
        site = inbox_site.site
        site.services.accounts = quick_accounts(site)
        console_site = ConsoleSite(
            site, httpx.ASGITransport(create_app(site.services, site.keys), raise_app_exceptions=False)
        )
        yield FeedbackConsole(inbox_site, console_site, await console_site.person(Role.COORDINATOR, "awa"))
