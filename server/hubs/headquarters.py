"""Headquarters' side of hubs: let one in, shut one out, name them. Idempotent; what an interruption left is finished by asking again."""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from urllib.parse import quote, urlsplit

from server.hubs import replications
from sync.errors import NotFound, Refused
from sync.store.administration import REPLICATOR, USERS, CouchAdmin
from sync.store.contract import Collection

VALIDATION_DOCUMENT = "_design/kunnafoni-hubs"


@dataclass(frozen=True, slots=True)
class HubCredentials:
    """`address`: what to type at the hub. It holds the password, which nobody can read again."""

    name: str
    address: str


async def add_hub(couch: CouchAdmin, name: str, public: str) -> HubCredentials:
    """Open the hub's account and box; asked again, the account gets a new password. `public`: where hubs reach this CouchDB."""
    replications.check_name(name)
    parts = urlsplit(public)
    if parts.scheme not in ("http", "https") or not parts.hostname or parts.path.strip("/"):
        raise Refused(
            "hub-address", "« {address} » n’est pas une adresse de CouchDB : https://machine:6984", address=public
        )
    prefix, account = couch.prefix, replications.hub_account(couch.prefix, name)
    for database in (REPLICATOR, USERS):
        await couch.create_database(database)
    password = secrets.token_urlsafe(24)
    user = {"type": "user", "name": account, "roles": [replications.hub_role(prefix)], "password": password}
    await couch.put_document(USERS, f"org.couchdb.user:{account}", user)
    await repair(couch)
    scheme = "couchdbs" if parts.scheme == "https" else "couchdb"
    port = parts.port or (443 if parts.scheme == "https" else 80)
    host = f"[{parts.hostname}]" if ":" in parts.hostname else parts.hostname
    return HubCredentials(name, f"{scheme}://{account}:{quote(password, safe='')}@{host}:{port}/{prefix}")


async def repair(couch: CouchAdmin) -> None:
    """Databases, fences, rights and replications of every hub that is let in, as they have to be."""
    prefix, known = couch.prefix, await list_hub_names(couch)
    for database, script, members in _protected_databases(prefix, known):
        await couch.create_database(database)
        await couch.put_document(database, VALIDATION_DOCUMENT, replications.validation_document(script, prefix))
        hub_roles = () if members else (replications.hub_role(prefix),)
        await couch.grant_access(database, names=(couch.account, *members), roles=hub_roles)
    for road in replications.headquarters_replications(prefix, known):
        await couch.put_document(REPLICATOR, road.document_id, road.to_document(couch, couch))


async def find_unprotected(couch: CouchAdmin) -> list[str]:
    """Databases that hubs open, or will, and whose fence is missing or another one."""
    found = []
    for database, script, _ in _protected_databases(couch.prefix, await list_hub_names(couch)):
        fence = await couch.get_document(database, VALIDATION_DOCUMENT)
        if fence is None or any(
            fence.get(key) != value for key, value in replications.validation_document(script, couch.prefix).items()
        ):
            found.append(database)
    return found


def _protected_databases(prefix: str, names: Sequence[str]) -> list[tuple[str, str, tuple[str, ...]]]:
    """Database, fence, and the one account that opens it; none: every hub's."""
    if not names:
        return []
    shared = [
        (database, replications.READ_ONLY_VALIDATION, ())
        for database in (
            replications.down_database(prefix),
            replications.collection_database(prefix, Collection.EDITIONS),
        )
    ]
    return [
        *shared,
        *(
            (
                replications.up_database(prefix, name),
                replications.SUBMISSIONS_ONLY_VALIDATION,
                (replications.hub_account(prefix, name),),
            )
            for name in names
        ),
    ]


async def remove_hub(couch: CouchAdmin, name: str) -> None:
    """Shut a hub out: what it has not sent yet is lost to it. Raises NotFound."""
    prefix = replications.check_name(name) and couch.prefix
    was = await couch.delete_document(USERS, f"org.couchdb.user:{replications.hub_account(prefix, name)}")
    for road in replications.headquarters_replications(prefix, [name]):
        if road.source == replications.up_database(prefix, name):
            was |= await couch.delete_document(REPLICATOR, road.document_id)
    await couch.delete_database(replications.up_database(prefix, name))
    if not was:
        raise NotFound("hub-unknown", "Le relais {name} n’est pas connu ici.", name=name)


async def list_hub_names(couch: CouchAdmin) -> list[str]:
    """The hubs that are let in."""
    start = f"org.couchdb.user:{replications.hub_account(couch.prefix, '')}"
    return sorted(
        str(document["_id"]).removeprefix(start) for document in await couch.list_documents(USERS, start, start + "~")
    )
