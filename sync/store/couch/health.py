"""What may be wrong with a CouchDB: a database missing or open to others, a node away, limits too small, an end to updates."""

from __future__ import annotations

from collections.abc import Iterable

from sync.errors import KunnafoniError
from sync.store.contract import HealthIssue
from sync.store.couch.client import CouchClient, StatusError
from sync.store.couch.database import CouchDatabase, ServerCapabilities
from sync.store.limits import MAX_BODY_BYTES


async def check_health(
    client: CouchClient, server: ServerCapabilities, databases: Iterable[CouchDatabase]
) -> list[HealthIssue]:
    flaws = [flaw for database in databases for flaw in await _check_database(database)]
    return [*flaws, *await _check_nodes(client), *await _check_limits(client)] if server.is_couchdb else flaws


async def _check_database(database: CouchDatabase) -> list[HealthIssue]:
    try:
        security = await database.call(lambda database: database.security)
    except KunnafoniError as error:
        return [HealthIssue(error.code, error.sentence, error.code == "store-missing", error.values)]
    members = security.get("members", {})
    if members.get("names") or members.get("roles"):
        return []
    return [HealthIssue("store-open", "La base {name} est ouverte à tous.", True, {"name": database.name})]


async def _check_nodes(client: CouchClient) -> list[HealthIssue]:
    try:
        _, _, members = await client.call(lambda server: server.resource.get_json("_membership"))
    except StatusError:
        return []  # only an administrator of CouchDB sees them
    away = sorted(set(members["cluster_nodes"]) - set(members["all_nodes"]))
    return [
        HealthIssue("store-node-away", "Le nœud {node} de la grappe ne répond pas.", False, {"node": node})
        for node in away
    ]


async def _check_limits(client: CouchClient) -> list[HealthIssue]:
    try:
        _, _, most = await client.call(
            lambda server: server.resource.get_json("_node/_local/_config/couchdb/max_document_size")
        )
    except StatusError:
        return []  # not an administrator, or the default
    if int(most) >= MAX_BODY_BYTES:
        return []
    return [
        HealthIssue(
            "store-small",
            "CouchDB refuse les documents de plus de {most} octets (max_document_size).",
            False,
            {"most": int(most)},
        )
    ]
