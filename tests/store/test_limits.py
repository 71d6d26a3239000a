"""Promises 9 and 10: limits are checked before anything is written; a closed store raises."""

from __future__ import annotations

import json
from typing import Any

import pytest

from sync.errors import Refused, Unavailable
from sync.store.contract import Collection, Saved, Store, Write
from sync.store.limits import MAX_BODY_BYTES
from sync.store.open_store import open_store

pytestmark = pytest.mark.anyio
ROOM = Collection.CONTENT

NO_IDS = ["", "_a", "_design/a", "a b", "é", "a\n", "~a", "a?", "a#", "a%", "x" * 241, "a\0"]
NO_BODIES: list[Any] = [
    {"_id": "x"},
    {"_rev": "x"},
    {"_": 1},
    {"n": 2**53},
    {"n": -(2**53)},
    {"n": float("nan")},
    {"n": float("inf")},
    {"n": b"bytes"},
    {"n": {1: 2}},
    {1: 2},
    {"n": "\ud800"},
    {"n": {"a"}},
    [],
    "text",
    3,
]


async def refused(store: Store, *writes: Write) -> str:
    with pytest.raises(Refused) as refusal:
        await store.write(ROOM, [Write("before", {}), *writes])
    assert await store.get(ROOM, "before") is None
    assert refusal.value.text()
    return refusal.value.code


@pytest.mark.parametrize("id", NO_IDS)
async def test_an_id_of_another_form_is_refused(store: Store, id: str) -> None:
    assert await refused(store, Write(id, {})) == "store-id"


@pytest.mark.parametrize("body", NO_BODIES, ids=repr)
async def test_a_body_that_is_no_document_is_refused(store: Store, body: Any) -> None:
    assert await refused(store, Write("a", body)) == "store-body"


async def test_a_body_nested_without_end_is_refused(store: Store) -> None:
    body: dict[str, Any] = {}
    for _ in range(100_000):
        body = {"n": body}
    assert await refused(store, Write("a", body)) == "store-body"
    while body:  # taken apart by hand: Python's own way down is recursive
        body = body.pop("n")


async def test_a_deep_body_is_kept(store: Store) -> None:
    body: dict[str, Any] = {}
    for _ in range(190):
        body = {"n": body}
    assert isinstance((await store.write(ROOM, [Write("a", body)]))[0], Saved)
    record = await store.get(ROOM, "a")
    assert record is not None
    assert record.body == body


async def test_names_with_an_underscore_are_free_further_down(store: Store) -> None:
    assert isinstance((await store.write(ROOM, [Write("a", {"n": {"_id": 1, "_rev": 2}})]))[0], Saved)


async def test_a_deletion_without_a_revision_is_refused(store: Store) -> None:
    assert await refused(store, Write("a", None)) == "store-deletion"


def body_of(size: int) -> dict[str, str]:
    return {
        "text": "é" + "x" * (size - len(json.dumps({"text": "é"}, ensure_ascii=False, separators=(",", ":")).encode()))
    }


async def test_the_largest_body_is_kept_and_one_byte_more_refused(store: Store) -> None:
    (outcome,) = await store.write(ROOM, [Write("a", body_of(MAX_BODY_BYTES))])
    assert isinstance(outcome, Saved)
    record = await store.get(ROOM, "a")
    assert record is not None
    assert record.body == body_of(MAX_BODY_BYTES)
    assert await refused(store, Write("b", body_of(MAX_BODY_BYTES + 1))) == "store-too-large"


async def test_three_of_the_largest_at_once_are_kept(store: Store) -> None:
    outcomes = await store.write(ROOM, [Write(f"{n}", body_of(MAX_BODY_BYTES)) for n in range(3)])
    assert [type(outcome) for outcome in outcomes] == [Saved] * 3


async def test_a_closed_store_says_so(address: str) -> None:
    store = open_store(address)
    await store.prepare()
    await store.close()
    for call in (store.get(ROOM, "a"), store.write(ROOM, [Write("a", {})]), store.changes(ROOM), store.prepare()):
        with pytest.raises(Unavailable) as unavailable:
            await call
        assert unavailable.value.code == "store-closed"


async def test_preparing_again_keeps_everything(store: Store, other: Store) -> None:
    await store.write(ROOM, [Write("a", {"n": 1})])
    await store.prepare()
    await other.prepare()
    assert await other.get(ROOM, "a") == await store.get(ROOM, "a") is not None
