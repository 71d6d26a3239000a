"""Fixtures of the inbox: a small site with forms and sealing keys."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.support.inbox_site import InboxSite, running_inbox_site


@pytest.fixture
async def inbox_site(tmp_path: Path) -> AsyncIterator[InboxSite]:
    async with running_inbox_site(tmp_path) as running:
        yield running
