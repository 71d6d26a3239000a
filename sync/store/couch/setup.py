"""Preparation of a CouchDB: detect the server, create the databases, restrict access to them."""

from __future__ import annotations

import contextlib

from sync.errors import Unavailable
from sync.store.couch.client import CouchClient, StatusError
from sync.store.couch.database import CouchDatabase, ServerCapabilities

_MAX_ATTEMPTS = 5  # of restricting access to a database: one to write, the next to see that it holds


async def detect_server(client: CouchClient) -> ServerCapabilities:
    """Capabilities of the server, from its greeting. Raises Unavailable unless it is CouchDB 3 or pouchdb-server."""
    try:
        _, _, greeting = await client.call(lambda server: server.resource.get_json())
    except StatusError as error:
        raise _not_couchdb() from error
    if "express-pouchdb" in greeting:
        return ServerCapabilities(is_couchdb=False)
    if "couchdb" not in greeting or not _is_supported(str(greeting.get("version", ""))):
        raise _not_couchdb()
    return ServerCapabilities(is_couchdb=True)


async def create_database(client: CouchClient, database: CouchDatabase) -> None:
    """Create the database unless it exists. An account without that right uses those made by the operator."""
    try:
        await client.call(lambda server: server.create(database.name))
    except StatusError as error:
        if error.status not in (403, 412):  # 412: it exists
            raise _not_couchdb() from error
    except Unavailable as error:
        if error.code != "store-account":
            raise
    await database.write_quorum()  # raises Unavailable without the database or access to it
    await _restrict_access(client, database)


async def _restrict_access(client: CouchClient, database: CouchDatabase) -> None:
    """Restrict a public database to this account; members set by the operator (a replicating hub) are kept."""
    restricted = {
        "admins": {"names": [], "roles": ["_admin"]},
        "members": {"names": [client.account], "roles": ["_admin"]},
    }
    for _ in range(_MAX_ATTEMPTS):
        security = await database.call(lambda database: database.security)
        members = security.get("members", {})
        if members.get("names") or members.get("roles"):
            return
        with contextlib.suppress(StatusError):  # another server prepares the store at the same time
            await database.call(lambda database: setattr(database, "security", restricted))
    raise Unavailable("store-open", "La base {name} est ouverte à tous.", name=database.name)


def _is_supported(version: str) -> bool:
    major = version.split(".")[0]
    return major.isascii() and major.isdecimal() and int(major) >= 3


def _not_couchdb() -> Unavailable:
    return Unavailable(
        "store-stranger", "À cette adresse ne répond pas un CouchDB 3.", "Regardez l’adresse du magasin de données."
    )
