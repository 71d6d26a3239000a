"""A CouchDB's administration in memory, for tests of hubs without a CouchDB."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from sync.store.administration import REPLICATOR
from sync.store.contract import Record


@dataclass
class MemoryCouch:
    """A CouchDB's administration over a dict of documents; every replication that is defined runs."""

    url: str = "http://couch.example.org"
    account: str = "admin"
    prefix: str = "hq"
    databases: dict[str, dict[str, dict[str, Any]]] = field(default_factory=dict)

    def endpoint(self, database: str) -> dict[str, Any]:
        return {
            "url": f"{self.url}/{database}",
            "auth": {"basic": {"username": self.account, "password": "secret"}},
        }

    async def get_json(self, path: str) -> dict[str, Any] | None:
        assert path.startswith(f"_scheduler/docs/{REPLICATOR}/")
        return {"state": "running", "info": {"changes_pending": 0}}

    async def get_document(self, database: str, id: str) -> dict[str, Any] | None:
        return self.databases.get(database, {}).get(id)

    async def list_documents(self, database: str, start: str, end: str) -> list[dict[str, Any]]:
        documents = self.databases.get(database, {})
        return [{"_id": id, **documents[id]} for id in sorted(documents) if start <= id <= end]

    async def put_document(self, database: str, id: str, body: Mapping[str, Any]) -> bool:
        self.databases.setdefault(database, {})[id] = dict(body)
        return True

    async def delete_document(self, database: str, id: str) -> bool:
        return self.databases.get(database, {}).pop(id, None) is not None

    async def list_revisions(self, database: str, ids: Sequence[str]) -> dict[str, str]:
        return {id: "1-x" for id in ids if id in self.databases.get(database, {})}

    async def delete_version(self, database: str, id: str, rev: str) -> None:
        raise AssertionError("no document of this CouchDB has versions")

    async def create_database(self, database: str) -> None:
        self.databases.setdefault(database, {})

    async def delete_database(self, database: str) -> None:
        self.databases.pop(database, None)

    async def require_access(self, database: str) -> None:
        pass

    async def grant_access(self, database: str, *, names: tuple[str, ...] = (), roles: tuple[str, ...] = ()) -> None:
        pass

    async def iterate_records(self, database: str, start: str, end: str, page_size: int) -> AsyncIterator[Record]:
        for id, body in sorted(self.databases[database].items()):
            if start <= id < end:
                yield Record(id, "1-x", body)

    async def purge(self, database: str, ids: Sequence[str]) -> int:
        return sum([await self.delete_document(database, id) for id in ids])
