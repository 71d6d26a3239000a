"""Outcomes of writes as errors: a caller that gets no exception may report the write as saved."""

from __future__ import annotations

from collections.abc import Iterable

from sync.errors import Conflict, KunnafoniError
from sync.store.contract import Collection, NotDurable, Outcome, Record, Saved, Stale, Store, Write
from sync.store.write_status import not_durable

MAX_ATTEMPTS = 5  # of deleting records that others write at the same time


def ensure_saved(outcome: Outcome, if_stale: KunnafoniError | None = None) -> Saved:
    """Return a `Saved` outcome. Raises Unavailable for `NotDurable`, and `if_stale` or Conflict for `Stale`."""
    if isinstance(outcome, NotDurable):
        raise not_durable()
    if isinstance(outcome, Stale):
        raise if_stale or changed_meanwhile()
    return outcome


def ensure_all_present(outcomes: Iterable[Outcome]) -> None:
    """Check writes that are the same from every writer: a stale one exists already. Raises Unavailable."""
    for outcome in outcomes:
        if not isinstance(outcome, Stale):
            ensure_saved(outcome)


async def delete_records(store: Store, collection: Collection, records: Iterable[Record]) -> None:
    """Delete records, also those that others update meanwhile. Raises Unavailable, Conflict."""
    writes = [Write(record.id, None, record.rev) for record in records]
    for _ in range(MAX_ATTEMPTS):
        outcomes = await store.write(collection, writes) if writes else []
        ensure_all_present(outcomes)
        writes = [
            Write(outcome.id, None, outcome.current.rev)
            for outcome in outcomes
            if isinstance(outcome, Stale) and outcome.current
        ]
        if not writes:
            return
    raise changed_meanwhile()


def changed_meanwhile() -> Conflict:
    return Conflict(
        "changed-meanwhile", "Quelqu’un d’autre vient de le changer.", "Regardez de nouveau, puis recommencez."
    )
