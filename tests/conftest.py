"""What every test may ask for: the repository's root, the one event loop, and honest settings for random search."""
from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import settings

from tests import repository

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


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Playwright keeps an event loop running in its process, where no other test can run one: its tests run in a process of their own."""
    for item in items:
        if {"playwright", "chromium"} & set(getattr(item, "fixturenames", ())):
            item.add_marker("browser")
