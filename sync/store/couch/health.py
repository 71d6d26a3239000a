"""Health checks of a CouchDB: missing or public databases, unreachable nodes, a document limit that is too small."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any

from sync.errors import KunnafoniError
from sync.store.contract import HealthIssue
from sync.store.couch.client import CouchClient, StatusError
from sync.store.couch.database import CouchDatabase, ServerCapabilities
from sync.store.couch.erasure import owed_compactions
from sync.store.limits import MAX_BODY_BYTES


async def check_health(
    client: CouchClient, server: ServerCapabilities, databases: Collection[CouchDatabase]
) -> list[HealthIssue]:
    own = {client.account, *await _list_administrators(client)}
    issues = [issue for database in databases for issue in await _check_database(database, own)]
    if not server.is_couchdb:
        return issues
    return [
        *issues,
        *[issue for database in list(databases)[:1] for issue in await _check_nodes(database)],
        *await _check_account(client),
        *await _check_limits(client),
        *[issue for database in databases for issue in await _check_erasures(database)],
    ]


async def _list_administrators(client: CouchClient) -> list[str]:
    """CouchDB's administrators, who read every database whoever is named there; none for an account that is not one."""
    try:
        _, _, administrators = await client.call(lambda server: server.resource.get_json("_node/_local/_config/admins"))
    except (KunnafoniError, StatusError):
        return []
    return list(administrators)


async def _check_account(client: CouchClient) -> list[HealthIssue]:
    """CouchDB lets its administrators alone purge, and so erase what somebody sent."""
    _, _, session = await client.call(lambda server: server.resource.get_json("_session"))
    if "_admin" in session.get("userCtx", {}).get("roles", []):
        return []
    sentence = "Le compte {name} n’administre pas CouchDB : ce qu’on efface resterait dans ses fichiers."
    return [HealthIssue("store-account-limited", sentence, False, {"name": client.account})]


async def _check_database(database: CouchDatabase, own: Collection[str]) -> list[HealthIssue]:
    try:
        security = await database.call(lambda database: database.security)
    except KunnafoniError as error:
        return [HealthIssue(error.code, error.sentence, error.code == "store-missing", error.values)]
    members = security.get("members", {})
    if members.get("names") or members.get("roles"):
        if others := _find_others(security, own, database.name.rpartition("-")[0]):
            values = {"name": database.name, "who": ", ".join(others)}
            return [HealthIssue("store-others", "La base {name} est ouverte aussi à : {who}.", False, values)]
        return []
    return [HealthIssue("store-open", "La base {name} est ouverte à tous.", True, {"name": database.name})]


def _find_others(security: Mapping[str, Any], own: Collection[str], prefix: str) -> list[str]:
    """Names and roles, sorted, that are neither this account, CouchDB's administrators nor those of hubs."""
    hub = f"{prefix}-hub"  # the role of the site's hubs, and the beginning of their accounts
    named = [str(who) for part in security.values() if isinstance(part, Mapping) for who in _names_and_roles(part)]
    return sorted({who for who in named if who not in (*own, "_admin", hub) and not who.startswith(f"{hub}-")})


def _names_and_roles(part: Mapping[str, Any]) -> list[Any]:
    return [*(part.get("names") or []), *(part.get("roles") or [])]


async def _check_nodes(database: CouchDatabase) -> list[HealthIssue]:
    return [
        HealthIssue("store-node-away", "Le nœud {node} de la grappe ne répond pas.", False, {"node": node})
        for node in await database.missing_nodes()
    ]


async def _check_erasures(database: CouchDatabase) -> list[HealthIssue]:
    try:
        owed = await owed_compactions(database)
    except (KunnafoniError, StatusError):  # missing or shut: another check says so
        return []
    sentence = "Un nœud absent a peut-être encore dans ses fichiers ce qui a été effacé de {name}."
    return [HealthIssue("erasure-owed", sentence, False, {"name": database.name})] if owed else []


async def _check_limits(client: CouchClient) -> list[HealthIssue]:
    try:
        _, _, max_bytes = await client.call(
            lambda server: server.resource.get_json("_node/_local/_config/couchdb/max_document_size")
        )
    except StatusError:
        return []  # not an administrator, or the default limit
    if int(max_bytes) >= MAX_BODY_BYTES:
        return []
    return [
        HealthIssue(
            "store-small",
            "CouchDB refuse les documents de plus de {most} octets (max_document_size).",
            False,
            {"most": int(max_bytes)},
        )
    ]
