"""Blobs: stored under their digest, idempotent, unchanged."""

from __future__ import annotations

import asyncio
import random

import pytest

from sync.canonical import digest
from sync.errors import Refused
from sync.store.contract import Blob, Collection, Store, Write
from sync.store.limits import MAX_BLOB_BYTES

pytestmark = pytest.mark.anyio
ROOM = Collection.EDITIONS


def blob(data: bytes, type: str = "audio/ogg") -> Blob:
    return Blob(digest(data), type, data)


@pytest.mark.parametrize("data", [b"", b"\0", b"texte", bytes(range(256)) * 40, b"a" * 100_000], ids=len)
@pytest.mark.parametrize("type", ["text/plain", "application/octet-stream", "image/svg+xml"])
async def test_bytes_and_type_come_back(store: Store, other: Store, data: bytes, type: str) -> None:
    await store.put_blob(ROOM, blob(data, type))
    assert await other.get_blob(ROOM, digest(data)) == blob(data, type)
    assert await other.get_blob(Collection.CONTENT, digest(data)) is None


async def test_a_large_one_comes_back(store: Store) -> None:
    data = random.Random(1).randbytes(5_000_000)
    await store.put_blob(ROOM, blob(data))
    assert await store.get_blob(ROOM, digest(data)) == blob(data)


async def test_putting_again_changes_nothing(store: Store, other: Store) -> None:
    await asyncio.gather(*(where.put_blob(ROOM, blob(b"x")) for where in (store, other) * 4))
    await other.put_blob(ROOM, blob(b"x"))
    assert await store.get_blob(ROOM, digest(b"x")) == blob(b"x")


async def test_bytes_under_another_digest_are_refused(store: Store) -> None:
    with pytest.raises(Refused) as refusal:
        await store.put_blob(ROOM, Blob(digest(b"x"), "text/plain", b"y"))
    assert refusal.value.code == "store-digest"
    assert await store.get_blob(ROOM, digest(b"x")) is None


async def test_too_many_bytes_are_refused(store: Store) -> None:
    with pytest.raises(Refused) as refusal:
        await store.put_blob(ROOM, blob(bytes(MAX_BLOB_BYTES + 1)))
    assert refusal.value.code == "store-too-large"


async def test_dropped_bytes_are_gone_for_everybody_and_can_be_put_again(store: Store, other: Store) -> None:
    for data in (b"x", b"y"):
        await store.put_blob(ROOM, blob(data))
        await store.put_blob(Collection.CONTENT, blob(data))
    await other.delete_blob(ROOM, digest(b"x"))
    await store.delete_blob(ROOM, digest(b"x"))
    for where in (store, other):
        assert await where.get_blob(ROOM, digest(b"x")) is None
        assert await where.blob_digests(ROOM) == [digest(b"y")]
        assert await where.get_blob(Collection.CONTENT, digest(b"x")) == blob(b"x")
    await store.put_blob(ROOM, blob(b"x"))
    assert await other.get_blob(ROOM, digest(b"x")) == blob(b"x")
    for name in ("", "../x", "é"):
        await store.delete_blob(ROOM, name)


@pytest.mark.parametrize("name", ["", "x", "../x", "x" * 43, "é" * 43])
async def test_what_is_not_there_is_none(store: Store, name: str) -> None:
    assert await store.get_blob(ROOM, name) is None


async def test_a_record_may_be_named_like_a_blob(store: Store) -> None:
    await store.put_blob(ROOM, blob(b"x"))
    await store.write(ROOM, [Write(f"blob:{digest(b'x')}", {"n": 1})])
    assert await store.get_blob(ROOM, digest(b"x")) == blob(b"x")
    assert [record.body for record in await store.scan(ROOM, "", "~")] == [{"n": 1}]
