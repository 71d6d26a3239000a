"""Fixtures of all tests: the repository's root, the event loop, Playwright; settings of Hypothesis."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import settings
from playwright.sync_api import Playwright, sync_playwright

from tests.support import repository

pytest_plugins = ["tests.support.console_fixtures"]

# A shared two-core machine is no stopwatch; what failed is printed so that it can be run again.
settings.register_profile("kunnafoni", deadline=None, print_blob=True)
settings.load_profile("kunnafoni")


@pytest.fixture(scope="session")
def anyio_backend() -> str:
    return "asyncio"


@pytest.fixture(scope="session")
def root() -> Path:
    """The root folder of the repository."""
    return repository.ROOT


@pytest.fixture(scope="session")
def playwright() -> Iterator[Playwright]:
    """The only Playwright driver of the process; a second one would not start."""
    with sync_playwright() as started:
        yield started


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark tests that use Playwright: its running event loop excludes asynchronous tests in the same process."""
    for item in items:
        if "playwright" in getattr(item, "fixturenames", ()):
            item.add_marker("browser")
