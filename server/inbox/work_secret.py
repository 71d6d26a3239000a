"""The secret that signs challenges of proof of work, one for all processes of a node's store. Made when first needed.

It is a record of the journal, which neither replicates to hubs nor from them: a thief of it could only make challenges.
"""

from __future__ import annotations

import secrets

from sync.canonical import base64url_decode, base64url_encode
from sync.store.checked_writes import ensure_all_present
from sync.store.contract import Collection, Store, Write

WORK_SECRET_ID = "secret:work"  # noqa: S105 - the id of the record
_SECRET_BYTES = 32


async def load_work_secret(store: Store) -> bytes:
    """Raises Unavailable if the store is, or if a new secret is not durable."""
    record = await store.get(Collection.JOURNAL, WORK_SECRET_ID)
    if record is None:
        body = {"secret": base64url_encode(secrets.token_bytes(_SECRET_BYTES))}
        ensure_all_present(await store.write(Collection.JOURNAL, [Write(WORK_SECRET_ID, body)]))
        record = await store.get(Collection.JOURNAL, WORK_SECRET_ID)  # another process may have been first
    return base64url_decode(record.body["secret"]) if record else b""
