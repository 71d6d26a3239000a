"""Blobs in CouchDB: each is the attachment of a document named by its digest, which replication carries like any other.

The document holds the blob's type; the attachment is always `application/octet-stream`: nothing on the way compresses or relabels it.
"""
from __future__ import annotations

import base64
from typing import Any

from sync.errors import Unavailable
from sync.store.contract import Blob
from sync.store.couch_database import Database
from sync.store.couch_link import Answered

BLOB = "~blob:"  # no record's id holds a tilde, and it sorts after them all


async def keep(database: Database, blob: Blob) -> None:
    """On a cluster, what is there may be on one node alone: then it is written again until a quorum has it."""
    held = await _held(database, blob.digest, whole=False)
    if held is not None and await database.copies() == 1:
        return
    document = held or {
        "type": blob.type,
        "_attachments": {"data": {"content_type": "application/octet-stream", "data": base64.b64encode(blob.data).decode("ascii")}},
    }
    try:
        status, _, _ = await database.call(lambda database: database.resource(BLOB + blob.digest).put_json(body=document))
    except Answered as answer:  # somebody else is writing the same bytes, or a node has not got them yet
        if answer.status == 409 and await database.copies() == 1:
            return
        raise _later() from answer
    if status != 201:
        raise _later()


async def kept(database: Database, digest: str) -> Blob | None:
    held = await _held(database, digest, whole=True)
    return Blob(digest, held["type"], base64.b64decode(held["_attachments"]["data"]["data"])) if held else None


async def _held(database: Database, digest: str, *, whole: bool) -> dict[str, Any] | None:
    found: dict[str, Any] | None = await database.call(lambda database: database.get(BLOB + digest, attachments=whole))
    return found


def _later() -> Unavailable:
    return Unavailable("store-later", "Trop peu de machines ont encore ce fichier.", "Réessayez dans un instant.")
