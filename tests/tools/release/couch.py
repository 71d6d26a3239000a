"""Databases of a CouchDB as JSON and back: every document with its attachments, as `_all_docs` gives them."""

from __future__ import annotations

import base64
import http.client
import json
import re
from collections.abc import Iterable, Mapping
from typing import Any
from urllib.parse import quote, unquote, urlsplit

Document = dict[str, Any]
Dump = Mapping[str, Mapping[str, Any]]


class Couch:
    """A server by its address, `couchdb://user:password@host:port/prefix`."""

    def __init__(self, address: str) -> None:
        self._parts = urlsplit(address)
        self.prefix = self._parts.path[1:]

    def ask(self, method: str, path: str, body: Any = None) -> tuple[int, Any]:
        token = base64.b64encode(
            f"{unquote(self._parts.username or '')}:{unquote(self._parts.password or '')}".encode()
        ).decode()
        connection = http.client.HTTPConnection(self._parts.hostname or "", self._parts.port, timeout=60)
        try:
            headers = {
                "Authorization": f"Basic {token}",
                "Content-Type": "application/json",
                "Accept": "application/json",
            }
            connection.request(method, path, None if body is None else json.dumps(body), headers)
            answer = connection.getresponse()
            return answer.status, json.loads(answer.read() or b"null")
        finally:
            connection.close()

    def databases(self) -> list[str]:
        """The names that begin with the prefix."""
        return [name for name in self.ask("GET", "/_all_dbs")[1] if name.startswith(f"{self.prefix}-")]

    def documents(self, database: str, ids: str = "") -> list[Document]:
        """The documents in the order of ids, without revisions' ancestors. `ids`: a pattern of those wanted."""
        status, answer = self.ask("GET", f"/{quote(database, safe='')}/_all_docs?include_docs=true&attachments=true")
        assert status == 200, answer
        return [row["doc"] for row in answer["rows"] if re.search(ids, row["id"])]

    def security(self, database: str) -> Any:
        return self.ask("GET", f"/{quote(database, safe='')}/_security")[1]

    def fill(self, database: str, documents: Iterable[Document]) -> None:
        """The documents under the revisions that they have, as a replication writes them."""
        status, answer = self.ask("PUT", f"/{quote(database, safe='')}")
        assert status in (201, 202, 412), answer
        status, answer = self.ask(
            "POST", f"/{quote(database, safe='')}/_bulk_docs", {"new_edits": False, "docs": list(documents)}
        )
        assert status == 201, answer
        assert not [row for row in answer if "error" in row], answer

    def dump(self) -> Dump:
        """Every database of the prefix with who may read it, and the replications that name one of them."""
        held = {name: {"security": self.security(name), "documents": self.documents(name)} for name in self.databases()}
        roads = (
            self.documents("_replicator", f"^kunnafoni-{self.prefix}-")
            if "_replicator" in self.ask("GET", "/_all_dbs")[1]
            else []
        )
        return {**held, **({"_replicator": {"security": {}, "documents": roads}} if roads else {})}

    def load(self, dump: Dump) -> None:
        """Databases as they were dumped, open to whoever administers the server. Replications stay on paper: nothing is
        to run.
        """
        for name, held in dump.items():
            if not name.startswith("_"):
                self.fill(name, held["documents"])
