"""What every test may ask for: the repository's root, the one event loop, and honest settings for random search."""

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
    """The top folder of the repository."""
    return repository.ROOT


@pytest.fixture(scope="session")
def playwright() -> Iterator[Playwright]:
    """The one driver of browsers in this process: a second one does not start beside it."""
    with sync_playwright() as started:
        yield started


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Playwright keeps an event loop running in its process, where no other test can run one: its tests run in a process of their own."""
    for item in items:
        if "playwright" in getattr(item, "fixturenames", ()):
            item.add_marker("browser")
