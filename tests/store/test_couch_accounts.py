"""Accounts of a real CouchDB: a second administrator, and one that is none. Not run without a CouchDB."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from urllib.parse import urlsplit

import pytest

from sync.errors import Unavailable
from sync.store.contract import Collection, Store, Write
from sync.store.identity import open_identified
from sync.store.open_store import open_store
from tests.support.couch_database import COLLECTION
from tests.support.couch_operator import CouchOperator
from tests.support.store_backends import REAL_COUCHDB, fresh_prefix

pytestmark = [pytest.mark.anyio, pytest.mark.parametrize("backend", ["couchdb"], indirect=True)]
WRONG_PASSWORDS = 6  # one more than CouchDB takes


@contextmanager
def account(path: str, body: object) -> Iterator[CouchOperator]:
    """An account of CouchDB, until the context ends."""
    operator = CouchOperator(REAL_COUCHDB)
    assert operator.ask("PUT", path, body)[0] in (200, 201)
    yield operator
    known = operator.ask("GET", path)[1]
    operator.ask("DELETE", f"{path}?rev={known['_rev']}" if "_rev" in known else path)


def address_of(address: str, name: str) -> str:
    parts = urlsplit(address)
    return parts._replace(netloc=f"{name}:autre@{parts.hostname}:{parts.port}").geturl()


if REAL_COUCHDB:

    async def test_a_second_administrator_takes_over_while_the_first_still_works(store: Store, address: str) -> None:
        """So a password is changed without a pause, and wrong ones of commands lock no server out."""
        second = fresh_prefix()
        with account(f"/_node/_local/_config/admins/{second}", "autre"):
            await open_identified(store, "")
            other = open_store(address_of(address, second))
            await open_identified(other, "")
            await other.write(COLLECTION, [Write("a", {"n": 1})])
            assert await other.check_health() == []
            mistaken = CouchOperator(REAL_COUCHDB.replace(f"{urlsplit(address).username}:", f"{second}:"))
            assert {mistaken.ask("GET", "/")[0] for _ in range(WRONG_PASSWORDS)} <= {401, 403}
            record = await store.get(COLLECTION, "a")
            assert record and record.body == {"n": 1}
            await other.close()

    async def test_the_doctor_names_an_account_that_cannot_erase(store: Store, address: str) -> None:
        """CouchDB 3.5 purges for its administrators alone."""
        await open_identified(store, "")
        limited = fresh_prefix()
        user = {"type": "user", "name": limited, "roles": [], "password": "autre"}
        with account(f"/_users/org.couchdb.user:{limited}", user) as operator:
            named = {"names": [limited], "roles": ["_admin"]}
            for part in Collection:
                operator.ask(
                    "PUT",
                    f"{urlsplit(address).path}-{part.value}/_security",
                    {"admins": named, "members": named},
                )
            other = open_store(address_of(address, limited))
            await open_identified(other, "")
            await other.write(COLLECTION, [Write("a", {"n": 1})])
            [issue] = await other.check_health()
            assert (issue.code, issue.values) == ("store-account-limited", {"name": limited})
            with pytest.raises(Unavailable):
                await other.erase(COLLECTION, ["a"])
            await other.close()
