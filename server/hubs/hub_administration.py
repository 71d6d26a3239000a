"""Administration of hubs at headquarters: add, remove, list, repair. Idempotent: a repeat completes a failed call."""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote, urlsplit

from server.hubs import replications
from sync.errors import NotFound, Refused
from sync.store.administration import REPLICATOR, USERS, CouchAdmin
from sync.store.contract import Collection

VALIDATION_DOCUMENT = "_design/kunnafoni-hubs"


DEFAULT_PORTS = {"https": 443, "http": 80}


@dataclass(frozen=True, slots=True)
class HubCredentials:
    """The address to type at the hub. It contains the password, which is stored nowhere else in clear."""

    name: str
    address: str


async def add_hub(couch: CouchAdmin, name: str, public: str) -> HubCredentials:
    """Create a hub's account, database and replications; a hub that has an account gets another instead of it.

    `public`: the URL at which hubs reach this CouchDB. Raises Refused for an invalid name or URL.
    """
    replications.check_name(name)
    scheme, server = _split_couch_address(public)
    prefix, account = couch.prefix, replications.hub_account(couch.prefix, name, secrets.token_hex(3))
    for database in (REPLICATOR, USERS):
        await couch.create_database(database)
    if name not in await list_hub_names(couch):
        replications.check_new_name(name)
    password = secrets.token_urlsafe(24)
    user = {"type": "user", "name": account, "roles": [replications.hub_role(prefix)], "password": password}
    await couch.put_document(USERS, f"org.couchdb.user:{account}", user)
    await repair(couch)
    for earlier in await _list_accounts(couch, name):
        if earlier != account:
            await couch.delete_document(USERS, f"org.couchdb.user:{earlier}")
    return HubCredentials(name, f"{scheme}://{account}:{quote(password, safe='')}@{server}/{prefix}")


def _split_couch_address(address: str) -> tuple[str, str]:
    """The scheme of a store's address and `host:port`. Raises Refused unless it is a server's http or https address."""
    wrong = Refused(
        "hub-address",
        "« {address} » n’est pas une adresse de CouchDB : https://machine:6984",
        "Écrivez celle à laquelle le relais joint CouchDB au siège.",
        address=address,
    )
    try:
        parts = urlsplit(address)
        host, port = parts.hostname or "", parts.port
    except ValueError:
        raise wrong from None
    if parts.scheme not in DEFAULT_PORTS or not host or port == 0 or parts.path.strip("/"):
        raise wrong
    host = f"[{host}]" if ":" in host else host
    return ("couchdbs" if parts.scheme == "https" else "couchdb"), f"{host}:{port or DEFAULT_PORTS[parts.scheme]}"


async def repair(couch: CouchAdmin) -> None:
    """Create or correct databases, validation documents, access and replications of all hubs."""
    prefix, hub_names = couch.prefix, await list_hub_names(couch)
    for database, validation, hub in _protected_databases(prefix, hub_names):
        members = await _list_accounts(couch, hub) if hub else []
        await couch.create_database(database)
        await couch.put_document(database, VALIDATION_DOCUMENT, validation)
        hub_roles = () if members else (replications.hub_role(prefix),)
        await couch.grant_access(database, names=(couch.account, *members), roles=hub_roles)
    for replication in replications.headquarters_replications(prefix, hub_names):
        await couch.put_document(REPLICATOR, replication.document_id, replication.to_document(couch, couch))


async def find_unprotected(couch: CouchAdmin) -> list[str]:
    """Databases accessible to hubs whose validation document is missing or differs."""
    unprotected = []
    for database, validation, _ in _protected_databases(couch.prefix, await list_hub_names(couch)):
        document = await couch.get_document(database, VALIDATION_DOCUMENT)
        if document is None or any(document.get(key) != value for key, value in validation.items()):
            unprotected.append(database)
    return unprotected


def _protected_databases(prefix: str, names: Sequence[str]) -> list[tuple[str, dict[str, Any], str]]:
    """Database, validation document and the hub with access; no hub means all of them."""
    if not names:
        return []
    read_only = replications.validation_document(replications.READ_ONLY_VALIDATION, prefix)
    shared = (replications.down_database(prefix), replications.collection_database(prefix, Collection.EDITIONS))
    return [
        *((database, read_only, "") for database in shared),
        *(
            (
                replications.up_database(prefix, name),
                replications.validation_document(replications.SUBMISSIONS_ONLY_VALIDATION, prefix, name),
                name,
            )
            for name in names
        ),
    ]


async def remove_hub(couch: CouchAdmin, name: str) -> None:
    """Revoke a hub's access; what it has not sent yet is lost. Raises NotFound."""
    prefix = replications.check_name(name) and couch.prefix
    accounts = await _list_accounts(couch, name)
    is_known = any([await couch.delete_document(USERS, f"org.couchdb.user:{account}") for account in accounts])
    for replication in replications.headquarters_replications(prefix, [name]):
        if replication.source == replications.up_database(prefix, name):
            is_known |= await couch.delete_document(REPLICATOR, replication.document_id)
    await couch.delete_database(replications.up_database(prefix, name))
    if not is_known:
        raise NotFound(
            "hub-unknown", "Le relais {name} n’est pas connu ici.", "« kunnafoni hub status » les nomme.", name=name
        )


async def list_hub_names(couch: CouchAdmin) -> list[str]:
    """Names of the hubs with an account, sorted."""
    return sorted({replications.hub_name(couch.prefix, account) for account in await _list_accounts(couch)})


async def _list_accounts(couch: CouchAdmin, name: str = "") -> list[str]:
    """Accounts of one hub, or of all ("")."""
    start = f"org.couchdb.user:{replications.hub_account(couch.prefix, name)}"
    documents = await couch.list_documents(USERS, start, start + "~")
    accounts = [str(document["_id"]).removeprefix("org.couchdb.user:") for document in documents]
    return [account for account in accounts if name in ("", replications.hub_name(couch.prefix, account))]
