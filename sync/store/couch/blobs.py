"""Blobs in CouchDB: each is the attachment of a document named by its digest, which replication carries like any other.

The document holds the blob's type; the attachment is always `application/octet-stream`: nothing on the way compresses or relabels it.
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
BLOB_PREFIX = "~blob:"  # no record's id holds a tilde, and it sorts after them all


async def put_blob(database: CouchDatabase, blob: Blob) -> None:
    """On a cluster, what is there may be on one node alone: then it is written again until a quorum has it."""
    for pause in (*_RETRY_DELAYS, None):
        held = await _get_document(database, blob.digest, with_data=False)
        if held is not None and await database.write_quorum() == 1:
            return
        if await _put_document(database, held or _blob_document(blob)) == 201:
            return
        if pause is not None:  # others may be writing the same bytes, or a node be a moment behind
            await asyncio.sleep(pause * (1 + random.random()))  # noqa: S311 -- only so that they do not meet again
    raise Unavailable("store-later", "Trop peu de machines ont encore ce fichier.", "Réessayez dans un instant.")


async def get_blob(database: CouchDatabase, digest: str) -> Blob | None:
    held = await _get_document(database, digest, with_data=True)
    return Blob(digest, held["type"], base64.b64decode(held["_attachments"]["data"]["data"])) if held else None


async def delete_blob(database: CouchDatabase, digest: str) -> None:
    """Deleted, which replication carries; CouchDB's own compaction then frees the bytes."""
    for pause in (*_RETRY_DELAYS, None):
        held = await _get_document(database, digest, with_data=False)
        if held is None:
            return
        await _delete_document(database, held["_id"], held["_rev"])
        if pause is not None:
            await asyncio.sleep(pause)
    raise Unavailable("store-later", "Ce fichier n’est pas encore effacé partout.", "Réessayez dans un instant.")


async def list_digests(database: CouchDatabase, after: str, limit: int) -> list[str]:
    """Digests above `after`, in ascending order."""
    options = {"startkey": BLOB_PREFIX + after, "endkey": BLOB_PREFIX + "~", "limit": max(limit, 0) + 1}
    rows = await database.call(lambda database: database.view("_all_docs", **options).rows)
    return [name for name in (row["id"].removeprefix(BLOB_PREFIX) for row in rows) if name > after][:limit]


async def _get_document(database: CouchDatabase, digest: str, *, with_data: bool) -> dict[str, Any] | None:
    found: dict[str, Any] | None = await database.call(
        lambda database: database.get(BLOB_PREFIX + digest, attachments=with_data)
    )
    return found


async def _put_document(database: CouchDatabase, document: dict[str, Any]) -> int:
    """The status. A document that is there holds a stub in the attachment's place: a node that lacks the bytes answers 412."""
    try:
        status, _, _ = await database.call(lambda database: database.resource(document["_id"]).put_json(body=document))
    except StatusError as answer:
        return answer.status
    return int(status)


async def _delete_document(database: CouchDatabase, id: str, rev: str) -> None:
    with contextlib.suppress(StatusError):  # somebody changed it in between: looked at again
        await database.call(lambda database: database.resource(id).delete_json(rev=rev))


def _blob_document(blob: Blob) -> dict[str, Any]:
    data = base64.b64encode(blob.data).decode("ascii")
    attachment = {"content_type": "application/octet-stream", "data": data}
    return {"_id": BLOB_PREFIX + blob.digest, "type": blob.type, "_attachments": {"data": attachment}}
