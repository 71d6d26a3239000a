"""What is asked of CouchDB once: who it is, that the databases are there, and that nobody else reads them."""

from __future__ import annotations

from sync.errors import Unavailable
from sync.store.couch.client import Answered, Link
from sync.store.couch.database import Database, Server


async def probe(link: Link) -> Server:
    """CouchDB greets with `couchdb`, pouchdb-server with `express-pouchdb`; anything else is neither."""
    try:
        _, _, greeting = await link.call(lambda server: server.resource.get_json())
    except Answered as answer:
        raise _stranger() from answer
    if "express-pouchdb" in greeting:
        return Server(real=False)
    if "couchdb" not in greeting or not _recent(str(greeting.get("version", ""))):
        raise _stranger()
    return Server(real=True)


async def make(link: Link, database: Database) -> None:
    """An account that may not make databases may use those that the operator made."""
    try:
        await link.call(lambda server: server.create(database.name))
    except Answered as answer:
        if answer.status not in (403, 412):  # 412: it is there
            raise _stranger() from answer
    except Unavailable as error:
        if error.code != "store-account":
            raise
    await database.copies()  # says when there is no such database, or no right to it
    await _close(link, database)


async def _close(link: Link, database: Database) -> None:
    """Whoever the operator let in already (a hub that replicates) stays; a database open to all is closed."""
    security = await database.call(lambda database: database.security)
    members = security.get("members", {})
    if members.get("names") or members.get("roles"):
        return
    closed = {"admins": {"names": [], "roles": ["_admin"]}, "members": {"names": [link.account], "roles": ["_admin"]}}
    await database.call(lambda database: setattr(database, "security", closed))


def _recent(version: str) -> bool:
    major = version.split(".")[0]
    return major.isdecimal() and int(major) >= 3


def _stranger() -> Unavailable:
    return Unavailable(
        "store-stranger", "À cette adresse ne répond pas un CouchDB 3.", "Regardez l’adresse du magasin de données."
    )
