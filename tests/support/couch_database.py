"""Direct access to the databases behind a store. Used by the tests of CouchDB."""

from __future__ import annotations

from urllib.parse import urlsplit

import couchdb
from couchdb import http

from sync.store.contract import Collection

COLLECTION = Collection.FEEDBACK


def couch_database(address: str, collection: Collection = COLLECTION, *, anonymous: bool = False) -> couchdb.Database:
    resource = _resource(address, anonymous=anonymous)
    return couchdb.Database(resource(f"{urlsplit(address).path[1:]}-{collection.value}"), "")


def drop_database(address: str, collection: Collection) -> None:
    """Delete a collection's database under a store, as an operator can."""
    couchdb.Server(_resource(address)).delete(f"{urlsplit(address).path[1:]}-{collection.value}")


def _resource(address: str, *, anonymous: bool = False) -> http.Resource:
    parts = urlsplit(address)
    resource = http.Resource(f"http://{parts.hostname}:{parts.port}", couchdb.Session(timeout=10))
    if not anonymous:
        resource.credentials = (parts.username, (parts.password or "").replace("%2F", "/").replace("%40", "@"))
    return resource


def write_conflicting_versions(address: str, *bodies: str, id: str = "a") -> None:
    """Write conflicting versions of one document, as replication leaves them."""
    for n, body in enumerate(bodies, 1):
        written = {"new_edits": False, "docs": [{"_id": id, "_rev": f"1-{str(n) * 32}", "text": body}]}
        couch_database(address).resource.post_json("_bulk_docs", written)
