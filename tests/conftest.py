"""Fixtures of all tests: the repository's root, the event loop, Playwright; settings of Hypothesis and of garbage
collection.
"""

from __future__ import annotations

import gc
from collections.abc import Generator, Iterator
from pathlib import Path

import pytest
from hypothesis import settings
from playwright.sync_api import Playwright, sync_playwright

from tests.support import repository

BROWSER = Path(__file__).with_name("browser")

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
    """Refuse Playwright outside tests/browser: its running event loop excludes asynchronous tests in the same process.

    Raises UsageError.
    """
    for item in items:
        if "playwright" in getattr(item, "fixturenames", ()) and not item.path.is_relative_to(BROWSER):
            raise pytest.UsageError(f"{item.nodeid} uses Playwright: its place is tests/browser")


@pytest.hookimpl(wrapper=True)
def pytest_collection() -> Generator[None, object, object]:
    """Collect no garbage before the tests begin, and then theirs alone: test items are many, and stay to the end."""
    gc.disable()
    try:
        return (yield)
    finally:
        gc.freeze()
        gc.enable()
