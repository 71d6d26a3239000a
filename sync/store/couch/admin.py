"""Administration of a CouchDB over HTTP: accounts, access to databases, replications.

Uses the store's `CouchClient`, with its timeouts and errors: Unavailable when CouchDB does not respond.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping, Sequence
from typing import Any
from urllib.parse import unquote, urlsplit

import couchdb

from sync.errors import Refused, Unavailable
from sync.store.administration import CouchAdmin
from sync.store.contract import Record
from sync.store.couch.client import CouchClient, StatusError
from sync.store.couch.database import CouchDatabase, ServerCapabilities
from sync.store.couch.erasure import erase

_IDS_AT_ONCE = 500  # of one request
COUCHDB_CAPABILITIES = ServerCapabilities(is_couchdb=True)


class HttpCouchAdmin(CouchAdmin):
    def __init__(self, address: str, client: CouchClient, prefix: str) -> None:
        parts = urlsplit(address)
        host = f"[{parts.hostname}]" if ":" in (parts.hostname or "") else parts.hostname
        self.url = f"{'https' if parts.scheme == 'couchdbs' else 'http'}://{host}:{parts.port or 5984}"
        self.account, self._password = unquote(parts.username or ""), unquote(parts.password or "")
        self.prefix = prefix
        self.client = client

    def endpoint(self, database: str) -> dict[str, Any]:
        """The database as the source or target of a replication."""
        return {
            "url": f"{self.url}/{database}",
            "auth": {"basic": {"username": self.account, "password": self._password}},
        }

    def database(self, name: str) -> CouchDatabase:
        return CouchDatabase(self.client, name)

    async def get_json(self, path: str) -> dict[str, Any] | None:
        """The JSON at the path, or None if it does not exist. Raises Refused if this account may not read it."""
        value = await self._request(lambda server: server.resource(*path.split("/")).get_json()[2])
        return dict(value) if value is not None else None

    async def put_document(self, database: str, id: str, body: Mapping[str, Any]) -> bool:
        """Create or update the document; True if it changed. Fields that CouchDB itself adds are ignored."""
        current = await self.get_document(database, id)
        if current is not None and all(current.get(key) == value for key, value in body.items()):
            return False
        document = {**body, "_id": id} | ({"_rev": current["_rev"]} if current else {})
        await self._request(lambda server: server.resource(database).post_json(body=document))
        return True

    async def get_document(self, database: str, id: str) -> dict[str, Any] | None:
        document = await self._request(lambda server: couchdb.Database(server.resource(database), database).get(id))
        return dict(document) if document is not None else None

    async def list_documents(self, database: str, start: str, end: str) -> list[dict[str, Any]]:
        rows = await self._request(
            lambda server: (
                couchdb.Database(server.resource(database), database)
                .view("_all_docs", startkey=start, endkey=end, include_docs=True)
                .rows
            )
        )
        return [dict(row["doc"]) for row in rows or []]

    async def delete_document(self, database: str, id: str) -> bool:
        current = await self.get_document(database, id)
        if current is None:
            return False
        deletion = {"_id": id, "_rev": current["_rev"], "_deleted": True}
        await self._request(lambda server: server.resource(database).post_json(body=deletion))
        return True

    async def list_revisions(self, database: str, ids: Sequence[str]) -> dict[str, str]:
        """The current revision of each document that exists, by id."""
        revisions: dict[str, str] = {}
        for start in range(0, len(ids), _IDS_AT_ONCE):
            keys = {"keys": list(ids[start : start + _IDS_AT_ONCE])}
            answer = await self._request(
                lambda server, keys=keys: server.resource(database).post_json("_all_docs", keys)[2]
            )
            rows = answer["rows"] if answer else []
            revisions |= {
                row["id"]: row["value"]["rev"] for row in rows if "error" not in row and not row["value"].get("deleted")
            }
        return revisions

    async def delete_version(self, database: str, id: str, rev: str) -> None:
        """Delete one version of a document in conflict; one that is gone already is no error."""
        deletion = {"docs": [{"_id": id, "_rev": rev, "_deleted": True}]}
        await self._request(lambda server: server.resource(database).post_json("_bulk_docs", deletion))

    async def create_database(self, database: str) -> None:
        """Create the database, readable by administrators alone until access is granted. Idempotent."""
        try:
            await self.client.call(lambda server: server.create(database))
        except StatusError as error:
            if error.status != 412:  # it exists
                raise _not_administrator() from error

    async def delete_database(self, database: str) -> None:
        try:
            await self.client.call(lambda server: server.delete(database))
        except StatusError as error:
            if error.status != 404:
                raise _not_administrator() from error

    async def grant_access(self, database: str, *, names: tuple[str, ...] = (), roles: tuple[str, ...] = ()) -> None:
        """Add names and roles to the members of the database."""
        security = await self.database(database).call(lambda database: database.security)
        members = security.get("members", {})
        updated = {
            "admins": {"names": [], "roles": ["_admin"], **security.get("admins", {})},
            "members": {
                "names": sorted({*members.get("names", []), *names}),
                "roles": sorted({*members.get("roles", []), *roles, "_admin"}),
            },
        }
        if updated != security:
            await self.database(database).call(lambda database: setattr(database, "security", updated))

    async def require_access(self, database: str) -> None:
        await self.database(database).call(lambda database: database.info())

    def iterate_records(self, database: str, start: str, end: str, page_size: int) -> AsyncIterator[Record]:
        return self.database(database).iterate_records(start, end, page_size)

    async def purge(self, database: str, ids: Sequence[str]) -> int:
        existing = {leaf.id for leaf in await self.database(database).leaves(COUCHDB_CAPABILITIES, ids)}
        if existing:
            await erase(self.database(database), COUCHDB_CAPABILITIES, sorted(existing))
        return len(existing)

    async def _request(self, work: Any) -> Any:
        try:
            return await self.client.call(work)
        except StatusError as error:
            if error.status == 404:
                return None
            if error.status == 409:
                raise Unavailable(
                    "changed-meanwhile", "Quelqu’un d’autre vient de le changer.", "Recommencez."
                ) from error
            raise _not_administrator() from error


def _not_administrator() -> Refused:
    return Refused(
        "couch-administrator",
        "Ce compte n’administre pas CouchDB.",
        "Prenez dans KUNNAFONI_STORE un compte qui l’administre.",
    )
