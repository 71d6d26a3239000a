"""A hub's address and account at headquarters' CouchDB, which stand in the definitions of its replications alone."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from urllib.parse import quote, urlsplit

from server.hubs.join import HubMembership
from server.hubs.replications import Replication
from sync.store.administration import REPLICATOR, CouchAdmin


@dataclass(frozen=True, slots=True)
class HeadquartersAccess:
    """`url`: of headquarters' CouchDB, without account and password. `prefix`: of its databases."""

    url: str
    prefix: str
    account: str
    password: str = field(repr=False)

    @property
    def store_address(self) -> str:
        """The address that `hub join` was given."""
        parts = urlsplit(self.url)
        scheme = "couchdbs" if parts.scheme == "https" else "couchdb"
        return f"{scheme}://{quote(self.account, safe='')}:{quote(self.password, safe='')}@{parts.netloc}/{self.prefix}"


async def find_access(
    hub: CouchAdmin, membership: HubMembership, expected: Sequence[Replication]
) -> HeadquartersAccess | None:
    """The access by the first replication that CouchDB defines; None if it has none. `expected`: of this hub."""
    replication = next(one for one in expected if not one.is_polled)
    definition = await hub.get_document(REPLICATOR, replication.document_id) or {}
    endpoint = definition.get("target" if replication.is_upward else "source") or {}
    login = endpoint.get("auth", {}).get("basic", {})
    if not login.get("username") or not login.get("password"):
        return None
    return HeadquartersAccess(membership.headquarters, membership.prefix, login["username"], login["password"])
