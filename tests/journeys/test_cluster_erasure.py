"""An erasure while one of three CouchDB nodes is away: its files lose the text too, once it is back."""

from __future__ import annotations

import time
from collections.abc import Awaitable, Callable
from typing import TypeVar

import anyio

from sync.store.contract import Collection, Store, Write
from sync.store.open_store import open_store
from tests.support import couch_cluster
from tests.support.couch_cluster import ADDRESSES, IS_CONFIGURED
from tests.support.couch_operator import CouchOperator
from tests.support.store_backends import fresh_prefix
from tests.support.two_sites import wait_until

T = TypeVar("T")
ROOM, WORD, AWAY = Collection.FEEDBACK, "CLUSTER-SECRET", 3


def with_store(prefix: str, work: Callable[[Store], Awaitable[T]]) -> T:
    async def run() -> T:
        store = open_store(couch_cluster.store_address(1, prefix))
        try:
            return await work(store)
        finally:
            await store.close()

    return anyio.run(run)


async def write_word(store: Store) -> None:
    await store.prepare()
    await store.write(ROOM, [Write("a", {"text": WORD}), Write("b", {"text": "kept"})])


async def erase_word(store: Store) -> None:
    await store.erase(ROOM, ["a"])
    await store.settle_erasures()


async def settle(store: Store) -> None:
    await store.settle_erasures()


async def issues(store: Store) -> set[str]:
    return {issue.code for issue in await store.check_health()}


if IS_CONFIGURED:

    def test_what_was_erased_leaves_the_files_of_a_node_that_was_away() -> None:
        prefix, files = fresh_prefix(), CouchOperator(ADDRESSES[AWAY - 1])
        try:
            with_store(prefix, write_word)
            wait_until(lambda: files.files_holding(prefix, WORD), "the node has the text")
            couch_cluster.stop_node(AWAY)
            with_store(prefix, erase_word)
            assert "erasure-owed" in with_store(prefix, issues)
            couch_cluster.start_node(AWAY)
            wait_until(lambda: "store-node-away" not in with_store(prefix, issues), "the node is back")
            assert files.files_holding(prefix, WORD), "CouchDB by itself compacts no file that small"
            with_store(prefix, settle)
            assert "erasure-owed" in with_store(prefix, issues)
            time.sleep(20)  # as the job waits for ten minutes
            with_store(prefix, settle)
            wait_until(lambda: not files.files_holding(prefix, WORD), "no file of the node has the text", 20)
            assert "erasure-owed" not in with_store(prefix, issues)
        finally:
            if not couch_cluster.is_up(AWAY):
                couch_cluster.start_node(AWAY)
            operator = CouchOperator(ADDRESSES[0])
            for name in operator.ask("GET", "/_all_dbs")[1]:
                if name.startswith(prefix):
                    operator.ask("DELETE", f"/{name}")
