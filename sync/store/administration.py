"""Administration of a CouchDB: accounts, who may read a database, replications. What the store's contract has no word for.

`sync.store.open_store.couch_admin` opens one; what administers hubs is given it. Errors are the store's own: Unavailable when CouchDB
does not answer, Refused where the account does not administer it.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from contextlib import AbstractAsyncContextManager
from typing import Any, Protocol

from sync.store.contract import Record

REPLICATOR, USERS = "_replicator", "_users"


class CouchAdmin(Protocol):
    """`url`: without account and password. `prefix`: of the names of this site's databases."""

    url: str
    account: str
    prefix: str

    def endpoint(self, database: str) -> dict[str, Any]:
        """A database as the source or target of a replication."""

    async def get_json(self, path: str) -> dict[str, Any] | None:
        """The JSON at the path; None when there is none."""

    async def get_document(self, database: str, id: str) -> dict[str, Any] | None: ...

    async def list_documents(self, database: str, start: str, end: str) -> list[dict[str, Any]]: ...

    async def put_document(self, database: str, id: str, body: Mapping[str, Any]) -> bool:
        """Make the document so; whether anything had to change. What CouchDB itself writes into it does not count."""

    async def delete_document(self, database: str, id: str) -> bool: ...

    async def create_database(self, database: str) -> None:
        """The database, closed to everybody but administrators as long as nobody is let in."""

    async def delete_database(self, database: str) -> None: ...

    async def require_access(self, database: str) -> None:
        """Raises Refused where this account may not open the database."""

    async def grant_access(self, database: str, *, names: tuple[str, ...] = (), roles: tuple[str, ...] = ()) -> None:
        """Besides those who are in already."""

    def iterate_records(self, database: str, start: str, end: str, page_size: int) -> AsyncIterator[Record]:
        """The records of a store's database with ids from `start` to before `end`."""

    async def purge(self, database: str, ids: Sequence[str]) -> int:
        """Drop the documents with all their revisions. How many there were."""


OpenCouchAdmin = Callable[[], AbstractAsyncContextManager[CouchAdmin]]
