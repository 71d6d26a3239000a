"""Fixtures of the store: every test with `store` runs over every backend."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest

from sync.store.contract import Store
from sync.store.open_store import open_store
from tests.support.store_backends import BACKENDS, drop_databases, fresh_prefix, pouchdb_server, real_couchdb_address


@pytest.fixture(scope="session")
def pouchdb(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    with pouchdb_server(tmp_path_factory.mktemp("pouchdb")) as host:
        yield host


@pytest.fixture(params=BACKENDS)
def backend(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture
def address(backend: str, request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """The address of an empty store."""
    prefix = fresh_prefix()
    if backend == "sqlite":
        yield f"sqlite:///{tmp_path / 'store' / 'kunnafoni.db'}"
    elif backend == "pouchdb":
        yield f"couchdb://test:se%2Fcr%40t@{request.getfixturevalue('pouchdb')}/{prefix}"
    else:
        yield real_couchdb_address(prefix)
        drop_databases(prefix)


@pytest.fixture
async def store(address: str) -> AsyncIterator[Store]:
    store = open_store(address)
    await store.prepare()
    yield store
    await store.close()


@pytest.fixture
async def other(address: str, store: Store) -> AsyncIterator[Store]:
    """The same store, opened a second time."""
    other = open_store(address)
    yield other
    await other.close()
