"""Opening a store by its address.

`sqlite:////absolute/file.db`, `couchdb://user:password@host:5984/prefix`, or `couchdbs://` over TLS.
"""

from __future__ import annotations

import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import SplitResult, unquote, urlsplit

from sync.errors import Refused
from sync.store.administration import CouchAdmin
from sync.store.contract import Store
from sync.store.sqlite.store import SqliteStore

if TYPE_CHECKING:
    from sync.store.couch.client import CouchClient

# CouchDB's modules are imported inside functions: a command over a file starts a tenth of a second sooner without them.

_SCHEMES = {"couchdb": "http", "couchdbs": "https"}
_PREFIX = re.compile(r"[a-z][a-z0-9_-]{0,60}")


def open_store(address: str) -> Store:
    """Create a store; `prepare` or the first use connects. Raises Refused, whose text never contains a password."""
    parts, port = _split(address)
    if parts.scheme == "sqlite":
        return _open_sqlite(parts)
    if parts.scheme in _SCHEMES:
        return _open_couch(parts, port)
    raise _bad_address()


def is_couch(address: str) -> bool:
    return address.startswith(("couchdb:", "couchdbs:"))


@asynccontextmanager
async def open_couch_admin(address: str) -> AsyncIterator[CouchAdmin]:
    """The administration of the CouchDB at a store's address. Raises Refused if the store is not a CouchDB."""
    parts, port = _split(address)
    if parts.scheme not in _SCHEMES:
        raise Refused(
            "hub-needs-couchdb",
            "Les relais ont besoin de CouchDB, et ce magasin de données est un fichier.",
            "Passez à CouchDB : kunnafoni copy, puis KUNNAFONI_STORE.",
        )
    from sync.store.couch.admin import HttpCouchAdmin

    client = _couch_client(parts, port)
    try:
        yield HttpCouchAdmin(address, client, parts.path[1:])
    finally:
        await client.close()


def _split(address: str) -> tuple[SplitResult, int]:
    """The parts of an address and CouchDB's port. Raises Refused."""
    try:
        parts = urlsplit(address)
        port = parts.port or 5984
    except ValueError as error:
        raise _bad_address() from error
    if parts.query or parts.fragment:
        raise _bad_address()
    return parts, port


def _open_sqlite(parts: SplitResult) -> Store:
    path = unquote(parts.path)[1:]  # the address is sqlite:///, then the path
    if parts.netloc or not path.startswith("/") or path.endswith("/") or "\0" in path:
        raise _bad_address()
    return SqliteStore(Path(path))


def _open_couch(parts: SplitResult, port: int) -> Store:
    from sync.store.couch.store import CouchStore

    return CouchStore(_couch_client(parts, port), parts.path[1:])


def _couch_client(parts: SplitResult, port: int) -> CouchClient:
    from sync.store.couch.client import CouchClient

    prefix = parts.path[1:]
    # Credentials are required: a database is never open to everybody.
    if not parts.hostname or not _PREFIX.fullmatch(prefix) or not parts.username or not parts.password:
        raise _bad_address()
    host = f"[{parts.hostname}]" if ":" in parts.hostname else parts.hostname
    credentials = (unquote(parts.username), unquote(parts.password))
    return CouchClient(f"{_SCHEMES[parts.scheme]}://{host}:{port}", credentials)


def _bad_address() -> Refused:
    return Refused(
        "store-address",
        "L’adresse du magasin de données n’est pas comprise.",
        "Écrivez sqlite:////dossier/fichier.db ou couchdb://compte:mot-de-passe@machine:5984/prefixe.",
    )
