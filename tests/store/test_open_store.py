"""Store addresses: both schemes; others are refused without repeating the address, which may contain a password."""

from __future__ import annotations

from pathlib import Path

import pytest

from sync.errors import Refused
from sync.store.couch.store import CouchStore
from sync.store.open_store import open_couch_admin, open_store
from sync.store.sqlite.store import SqliteStore

pytestmark = pytest.mark.anyio

BAD = [
    "",
    "kunnafoni.db",
    "/data/kunnafoni.db",
    "sqlite:",
    "sqlite:///relative.db",
    "sqlite://host/file.db",
    "sqlite:////folder/",
    "sqlite:////a.db?mode=ro",
    "postgres://u:s3cret@h/x",
    "http://u:s3cret@h:5984/x",
    "couchdb://h:5984/x",
    "couchdb://u@h:5984/x",
    "couchdb://u:s3cret@h:5984",
    "couchdb://u:s3cret@h:5984/",
    "couchdb://u:s3cret@h:5984/Majuscule",
    "couchdb://u:s3cret@h:5984/a/b",
    "couchdb://u:s3cret@h:port/x",
    "couchdb://u:s3cret@:5984/x",
    "couchdb://u:s3cret@h:5984/x#y",
    "couchdb://u:s3cret@[::1/x",
]


@pytest.mark.parametrize("address", BAD)
async def test_any_other_address_is_refused_without_repeating_it(address: str) -> None:
    with pytest.raises(Refused) as refusal:
        open_store(address)
    assert refusal.value.code == "store-address"
    assert "s3cret" not in str(refusal.value)
    assert refusal.value.hint


@pytest.mark.parametrize("address", [address for address in BAD if address.startswith("couchdb:")])
async def test_an_address_of_a_couchdb_typed_for_hubs_is_refused_likewise(address: str) -> None:
    with pytest.raises(Refused) as refusal:
        async with open_couch_admin(address):
            pass
    assert refusal.value.code == "store-address"
    assert "s3cret" not in str(refusal.value)


async def test_a_file_with_spaces_and_accents(tmp_path: Path) -> None:
    store = open_store(f"sqlite:///{tmp_path}/un%20dossier/é.db")
    assert isinstance(store, SqliteStore)
    await store.prepare()
    await store.close()
    assert (tmp_path / "un dossier" / "é.db").exists()


@pytest.mark.parametrize(
    "address", ["couchdb://u:p%40ss%3A%2F@h:5984/x", "couchdbs://u:p@h/un-prefixe_2", "couchdb://u:p@[::1]:5984/x"]
)
async def test_a_couchdb_address(address: str) -> None:
    store = open_store(address)
    assert isinstance(store, CouchStore)
    await store.close()
