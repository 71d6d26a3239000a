"""What is asked of CouchDB once: who it is, that the databases are there, and that nobody else reads them."""

from __future__ import annotations

from sync.errors import Unavailable
from sync.store.couch.client import CouchClient, StatusError
from sync.store.couch.database import CouchDatabase, ServerCapabilities


async def detect_server(client: CouchClient) -> ServerCapabilities:
    """CouchDB greets with `couchdb`, pouchdb-server with `express-pouchdb`; anything else is neither."""
    try:
        _, _, greeting = await client.call(lambda server: server.resource.get_json())
    except StatusError as answer:
        raise _not_couchdb() from answer
    if "express-pouchdb" in greeting:
        return ServerCapabilities(is_couchdb=False)
    if "couchdb" not in greeting or not _is_supported(str(greeting.get("version", ""))):
        raise _not_couchdb()
    return ServerCapabilities(is_couchdb=True)


async def create_database(client: CouchClient, database: CouchDatabase) -> None:
    """An account that may not make databases may use those that the operator made."""
    try:
        await client.call(lambda server: server.create(database.name))
    except StatusError as answer:
        if answer.status not in (403, 412):  # 412: it is there
            raise _not_couchdb() from answer
    except Unavailable as error:
        if error.code != "store-account":
            raise
    await database.write_quorum()  # says when there is no such database, or no right to it
    await _restrict_access(client, database)


async def _restrict_access(client: CouchClient, database: CouchDatabase) -> None:
    """Whoever the operator let in already (a hub that replicates) stays; a database open to all is closed."""
    security = await database.call(lambda database: database.security)
    members = security.get("members", {})
    if members.get("names") or members.get("roles"):
        return
    closed = {"admins": {"names": [], "roles": ["_admin"]}, "members": {"names": [client.account], "roles": ["_admin"]}}
    await database.call(lambda database: setattr(database, "security", closed))


def _is_supported(version: str) -> bool:
    major = version.split(".")[0]
    return major.isdecimal() and int(major) >= 3


def _not_couchdb() -> Unavailable:
    return Unavailable(
        "store-stranger", "À cette adresse ne répond pas un CouchDB 3.", "Regardez l’adresse du magasin de données."
    )
