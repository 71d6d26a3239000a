"""Administration of a CouchDB (accounts, access to databases, replications), which the store contract does not cover.

Opened by `sync.store.open_store.open_couch_admin`; used by the administration of hubs. Raises Unavailable when CouchDB
does not respond, and Refused when the account is not an administrator.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from contextlib import AbstractAsyncContextManager
from typing import Any, Protocol

from sync.store.contract import Record

REPLICATOR, USERS = "_replicator", "_users"


class CouchAdmin(Protocol):
    """`url`: without account and password. `prefix`: common prefix of the names of this site's databases."""

    url: str
    account: str
    prefix: str

    def endpoint(self, database: str) -> dict[str, Any]:
        """The database as the source or target of a replication."""

    async def get_json(self, path: str) -> dict[str, Any] | None:
        """The JSON at the path, or None if it does not exist."""

    async def get_document(self, database: str, id: str) -> dict[str, Any] | None: ...

    async def list_documents(self, database: str, start: str, end: str) -> list[dict[str, Any]]: ...

    async def put_document(self, database: str, id: str, body: Mapping[str, Any]) -> bool:
        """Create or update the document; True if it changed. Fields that CouchDB itself adds are ignored."""

    async def delete_document(self, database: str, id: str) -> bool: ...

    async def list_revisions(self, database: str, ids: Sequence[str]) -> dict[str, str]:
        """The current revision of each document that exists, by id."""

    async def delete_version(self, database: str, id: str, rev: str) -> None:
        """Delete one version of a document in conflict; one that is gone already is no error."""

    async def create_database(self, database: str) -> None:
        """Create the database, readable by administrators alone until access is granted. Idempotent."""

    async def delete_database(self, database: str) -> None: ...

    async def require_access(self, database: str) -> None:
        """Raise Unavailable if this account may not open the database."""

    async def grant_access(self, database: str, *, names: tuple[str, ...] = (), roles: tuple[str, ...] = ()) -> None:
        """Add names and roles to the members of the database."""

    def iterate_records(self, database: str, start: str, end: str, page_size: int) -> AsyncIterator[Record]:
        """Records of a collection's database with ids from `start` inclusive to `end` exclusive."""

    async def purge(self, database: str, ids: Sequence[str]) -> int:
        """Remove the documents with all their revisions and return how many there were."""


OpenCouchAdmin = Callable[[], AbstractAsyncContextManager[CouchAdmin]]
OpenCouchAt = Callable[[str], AbstractAsyncContextManager[CouchAdmin]]  # by the address of a store
