"""Promises 2 to 5: no lost update, one outcome per write, repeated writes are no conflict, reads see writes."""

from __future__ import annotations

import asyncio

import pytest

from sync.store.contract import Collection, Record, Saved, Stale, Store, Write

pytestmark = pytest.mark.anyio
ROOM = Collection.FEEDBACK


async def saved(store: Store, id: str, body: dict[str, object] | None, rev: str | None = None) -> str:
    (outcome,) = await store.write(ROOM, [Write(id, body, rev)])
    assert isinstance(outcome, Saved)
    assert outcome.id == id
    return outcome.rev


async def test_what_is_saved_is_read(store: Store) -> None:
    body = {
        "texte": 'Àɛɔ 😀 \x00 "\\/',
        "n": 2**53 - 1,
        "x": 1.5,
        "oui": True,
        "rien": None,
        "liste": [{"a": []}],
        "vide": {},
        "": "",
    }
    rev = await saved(store, "a", body)
    assert await store.get(ROOM, "a") == Record("a", rev, body)
    assert await store.get(Collection.CONTENT, "a") is None


async def test_an_empty_body_is_a_body(store: Store) -> None:
    rev = await saved(store, "a", {})
    assert await store.get(ROOM, "a") == Record("a", rev, {})


async def test_an_edit_names_the_revision_it_replaces(store: Store) -> None:
    first = await saved(store, "a", {"n": 1})
    second = await saved(store, "a", {"n": 2}, first)
    assert second != first
    assert await store.get(ROOM, "a") == Record("a", second, {"n": 2})


@pytest.mark.parametrize("rev", [None, "1-00000000000000000000000000000000", "7", "n'importe quoi", ""])
async def test_a_write_that_names_another_revision_is_stale(store: Store, rev: str | None) -> None:
    current = await saved(store, "a", {"n": 1})
    assert await store.write(ROOM, [Write("a", {"n": 2}, rev)]) == [Stale("a", Record("a", current, {"n": 1}))]
    assert await store.get(ROOM, "a") == Record("a", current, {"n": 1})


@pytest.mark.parametrize("body", [{"n": 1}, None])
async def test_a_revision_of_what_never_was_is_stale(store: Store, body: dict[str, object] | None) -> None:
    assert await store.write(ROOM, [Write("a", body, "1-00000000000000000000000000000000")]) == [Stale("a", None)]
    assert await store.get(ROOM, "a") is None


async def test_the_revision_before_last_is_stale(store: Store) -> None:
    first = await saved(store, "a", {"n": 1})
    second = await saved(store, "a", {"n": 2}, first)
    assert await store.write(ROOM, [Write("a", {"n": 3}, first)]) == [Stale("a", Record("a", second, {"n": 2}))]
    assert await store.write(ROOM, [Write("a", None, first)]) == [Stale("a", Record("a", second, {"n": 2}))]


async def test_a_repeated_write_gets_the_same_revision(store: Store) -> None:
    rev = await saved(store, "a", {"n": 1})
    assert await saved(store, "a", {"n": 1}) == rev
    after = await saved(store, "a", {"n": 2}, rev)
    assert await saved(store, "a", {"n": 2}, rev) == after


async def test_true_is_not_one(store: Store) -> None:
    rev = await saved(store, "a", {"n": 1})
    assert await store.write(ROOM, [Write("a", {"n": True})]) == [Stale("a", Record("a", rev, {"n": 1}))]


async def test_a_deletions_own_revision_may_be_named(store: Store) -> None:
    gone = await saved(store, "a", None, await saved(store, "a", {"n": 1}))
    back = await saved(store, "a", {"n": 2}, gone)
    assert await store.get(ROOM, "a") == Record("a", back, {"n": 2})


async def test_a_revision_from_elsewhere_does_not_bring_back_what_was_deleted(store: Store) -> None:
    await saved(store, "a", None, await saved(store, "a", {"n": 1}))
    assert await store.write(ROOM, [Write("a", {"n": 2}, "3-ffffffffffffffffffffffffffffffff")]) == [Stale("a", None)]


async def test_what_is_deleted_is_gone_and_can_come_back(store: Store) -> None:
    rev = await saved(store, "a", {"n": 1})
    await saved(store, "a", None, rev)
    assert await store.get(ROOM, "a") is None
    assert await store.scan(ROOM, "", "~") == []
    back = await saved(store, "a", {"n": 1})
    assert back != rev
    assert await store.get(ROOM, "a") == Record("a", back, {"n": 1})


async def test_a_repeated_deletion_is_saved(store: Store) -> None:
    rev = await saved(store, "a", {"n": 1})
    gone = await saved(store, "a", None, rev)
    assert await saved(store, "a", None, rev) == gone


async def test_an_edit_of_what_was_deleted_is_stale(store: Store) -> None:
    rev = await saved(store, "a", {"n": 1})
    await saved(store, "a", None, rev)
    assert await store.write(ROOM, [Write("a", {"n": 2}, rev)]) == [Stale("a", None)]


async def test_each_write_is_judged_alone_and_answered_in_order(store: Store) -> None:
    rev = await saved(store, "b", {"n": 1})
    outcomes = await store.write(
        ROOM, [Write("c", {}), Write("b", {"n": 2}), Write("x", {}, "9-gone"), Write("a", {"n": 3})]
    )
    assert [outcome.id for outcome in outcomes] == ["c", "b", "x", "a"]
    assert [type(outcome) for outcome in outcomes] == [Saved, Stale, Stale, Saved]
    assert {record.id for record in await store.scan(ROOM, "", "~")} == {"a", "b", "c"}
    assert await store.get(ROOM, "b") == Record("b", rev, {"n": 1})


async def test_writes_of_one_id_in_one_call_follow_each_other(store: Store) -> None:
    first, second, third = await store.write(ROOM, [Write("a", {"n": 1}), Write("a", {"n": 2}), Write("a", {"n": 1})])
    assert isinstance(first, Saved)
    assert second == Stale("a", Record("a", first.rev, {"n": 1}))
    assert third == first


async def test_no_writes_are_no_outcomes(store: Store) -> None:
    assert await store.write(ROOM, []) == []


async def test_of_many_who_create_one_id_one_wins(store: Store, other: Store) -> None:
    writers = [(store, other)[n % 2].write(ROOM, [Write("a", {"n": n})]) for n in range(20)]
    outcomes = [outcome for (outcome,) in await asyncio.gather(*writers)]
    (winner,) = [outcome for outcome in outcomes if isinstance(outcome, Saved)]
    current = await store.get(ROOM, "a")
    assert current is not None
    assert current.rev == winner.rev
    assert outcomes.count(Stale("a", current)) == 19


async def test_counting_together_loses_nothing(store: Store, other: Store) -> None:
    await saved(store, "count", {"n": 0})

    async def add(mine: Store, who: int) -> None:
        while True:
            record = await mine.get(ROOM, "count")
            assert record is not None
            (outcome,) = await mine.write(ROOM, [Write("count", {"n": record.body["n"] + 1, "by": who}, record.rev)])
            if isinstance(outcome, Saved):
                return

    await asyncio.gather(*(add((store, other)[n % 2], n) for n in range(16)))
    record = await store.get(ROOM, "count")
    assert record is not None
    assert record.body["n"] == 16


async def test_two_who_write_the_same_are_both_saved(store: Store, other: Store) -> None:
    rev = await saved(store, "a", {"n": 1})
    (mine,), (theirs,) = await asyncio.gather(
        *(where.write(ROOM, [Write("a", {"n": 2}, rev)]) for where in (store, other))
    )
    assert isinstance(mine, Saved)
    assert isinstance(theirs, Saved)
    record = await store.get(ROOM, "a")
    assert record is not None
    assert record.rev in (mine.rev, theirs.rev)


async def test_many_calls_at_once_are_each_answered(store: Store) -> None:
    calls = [store.write(ROOM, [Write(f"{n}:{m}", {"n": n}) for m in range(4)]) for n in range(100)]
    for n, outcomes in enumerate(await asyncio.gather(*calls)):
        assert [outcome.id for outcome in outcomes if isinstance(outcome, Saved)] == [f"{n}:{m}" for m in range(4)]
    assert len(await store.scan(ROOM, "", "~")) == 400


async def test_one_who_leaves_does_not_hurt_the_others(store: Store) -> None:
    calls = [asyncio.create_task(store.write(ROOM, [Write(f"{n}", {"n": n})])) for n in range(20)]
    await asyncio.sleep(0)
    for call in calls[::2]:
        call.cancel()
    outcomes = await asyncio.gather(*calls[1::2])
    assert all(isinstance(outcome, Saved) for (outcome,) in outcomes)
