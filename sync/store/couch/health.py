"""What may be wrong with a CouchDB: a database missing or open to others, a node away, limits too small, an end to updates."""

from __future__ import annotations

from collections.abc import Iterable

from sync.errors import KunnafoniError
from sync.store.contract import Flaw
from sync.store.couch.client import Answered, Link
from sync.store.couch.database import Database, Server
from sync.store.limits import LARGEST_BODY


async def examine(link: Link, server: Server, databases: Iterable[Database]) -> list[Flaw]:
    flaws = [flaw for database in databases for flaw in await _database(database)]
    return [*flaws, *await _nodes(link), *await _limits(link)] if server.real else flaws


async def _database(database: Database) -> list[Flaw]:
    try:
        security = await database.call(lambda database: database.security)
    except KunnafoniError as error:
        return [Flaw(error.code, error.sentence, error.code == "store-missing", error.values)]
    members = security.get("members", {})
    if members.get("names") or members.get("roles"):
        return []
    return [Flaw("store-open", "La base {name} est ouverte à tous.", True, {"name": database.name})]


async def _nodes(link: Link) -> list[Flaw]:
    try:
        _, _, members = await link.call(lambda server: server.resource.get_json("_membership"))
    except Answered:
        return []  # only an administrator of CouchDB sees them
    away = sorted(set(members["cluster_nodes"]) - set(members["all_nodes"]))
    return [
        Flaw("store-node-away", "Le nœud {node} de la grappe ne répond pas.", False, {"node": node}) for node in away
    ]


async def _limits(link: Link) -> list[Flaw]:
    try:
        _, _, most = await link.call(
            lambda server: server.resource.get_json("_node/_local/_config/couchdb/max_document_size")
        )
    except Answered:
        return []  # not an administrator, or the default
    if int(most) >= LARGEST_BODY:
        return []
    return [
        Flaw(
            "store-small",
            "CouchDB refuse les documents de plus de {most} octets (max_document_size).",
            False,
            {"most": int(most)},
        )
    ]
