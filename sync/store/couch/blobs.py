"""Blobs in CouchDB: each is the attachment of a document named by its digest, replicated like any other document.

The blob's type is a field of the document. The attachment itself is always `application/octet-stream`, so that
neither CouchDB nor a proxy compresses or relabels it.
"""

from __future__ import annotations

import asyncio
import base64
import contextlib
import random
from typing import Any

from sync.errors import Unavailable
from sync.store.contract import Blob
from sync.store.couch.client import StatusError
from sync.store.couch.database import CouchDatabase

_RETRY_DELAYS = (0.0, 0.05, 0.2, 0.5)  # seconds
BLOB_PREFIX = "~blob:"  # a record's id has no tilde, and the tilde sorts after every id


async def put_blob(database: CouchDatabase, blob: Blob) -> None:
    """Store a blob. On a cluster an existing one may be on one node only, so it is rewritten until a quorum has it."""
    for delay in (*_RETRY_DELAYS, None):
        document = await _get_document(database, blob.digest, with_data=False)
        if document is not None and await database.write_quorum() == 1:
            return
        if await _put_document(database, document or _blob_document(blob)) == 201:
            return
        if delay is not None:  # others may be writing the same bytes, or a node may be a moment behind
            await asyncio.sleep(delay * (1 + random.random()))  # noqa: S311 -- jitter
    raise Unavailable("store-later", "Trop peu de machines ont encore ce fichier.", "Réessayez dans un instant.")


async def get_blob(database: CouchDatabase, digest: str) -> Blob | None:
    document = await _get_document(database, digest, with_data=True)
    return (
        Blob(digest, document["type"], base64.b64decode(document["_attachments"]["data"]["data"])) if document else None
    )


async def delete_blob(database: CouchDatabase, digest: str) -> None:
    """Delete a blob's document. Replication propagates the deletion; CouchDB's compaction frees the bytes."""
    for delay in (*_RETRY_DELAYS, None):
        document = await _get_document(database, digest, with_data=False)
        if document is None:
            return
        await _delete_document(database, document["_id"], document["_rev"])
        if delay is not None:
            await asyncio.sleep(delay)
    raise Unavailable("store-later", "Ce fichier n’est pas encore effacé partout.", "Réessayez dans un instant.")


async def list_digests(database: CouchDatabase, after: str, limit: int) -> list[str]:
    """Digests greater than `after`, in ascending order."""
    options = {"startkey": BLOB_PREFIX + after, "endkey": BLOB_PREFIX + "~", "limit": max(limit, 0) + 1}
    rows = await database.call(lambda database: database.view("_all_docs", **options).rows)
    return [digest for digest in (row["id"].removeprefix(BLOB_PREFIX) for row in rows) if digest > after][:limit]


async def _get_document(database: CouchDatabase, digest: str, *, with_data: bool) -> dict[str, Any] | None:
    document: dict[str, Any] | None = await database.call(
        lambda database: database.get(BLOB_PREFIX + digest, attachments=with_data)
    )
    return document


async def _put_document(database: CouchDatabase, document: dict[str, Any]) -> int:
    """Write the document and return the HTTP status.

    A document that exists has a stub instead of its attachment; a node that lacks the bytes answers 412.
    """
    try:
        status, _, _ = await database.call(lambda database: database.resource(document["_id"]).put_json(body=document))
    except StatusError as error:
        return error.status
    return int(status)


async def _delete_document(database: CouchDatabase, id: str, rev: str) -> None:
    with contextlib.suppress(StatusError):  # changed meanwhile: the caller tries again
        await database.call(lambda database: database.resource(id).delete_json(rev=rev))


def _blob_document(blob: Blob) -> dict[str, Any]:
    data = base64.b64encode(blob.data).decode("ascii")
    attachment = {"content_type": "application/octet-stream", "data": data}
    return {"_id": BLOB_PREFIX + blob.digest, "type": blob.type, "_attachments": {"data": attachment}}
