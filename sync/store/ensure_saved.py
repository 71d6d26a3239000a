"""Writes that somebody is told of: what a person reads as done is in the store, or an error says that it is not, or not surely."""

from __future__ import annotations

from collections.abc import Iterable

from sync.errors import Conflict, KunnafoniError, Unavailable
from sync.store.contract import Collection, NotDurable, Outcome, Record, Saved, Stale, Store, Write

MAX_ATTEMPTS = 5  # of taking away what others write at the same time


def ensure_saved(outcome: Outcome, if_stale: KunnafoniError | None = None) -> Saved:
    """The outcome, where it is Saved. Raises Unavailable for Later; `first`, or a Conflict, where another writing came first."""
    if isinstance(outcome, NotDurable):
        raise Unavailable("store-not-sure", "L’enregistrement n’est pas encore sûr. Recommencez dans un instant.")
    if isinstance(outcome, Stale):
        raise if_stale or _changed_meanwhile()
    return outcome


def ensure_all_present(outcomes: Iterable[Outcome]) -> None:
    """For records that are the same whoever writes them: one that was there before is as good. Raises Unavailable."""
    for outcome in outcomes:
        if not isinstance(outcome, Stale):
            ensure_saved(outcome)


async def delete_records(store: Store, collection: Collection, records: Iterable[Record]) -> None:
    """They are gone afterwards, whatever others wrote into them meanwhile. Raises Unavailable, Conflict."""
    writes = [Write(record.id, None, record.rev) for record in records]
    for _ in range(MAX_ATTEMPTS):
        outcomes = await store.write(collection, writes) if writes else []
        ensure_all_present(outcomes)
        writes = [Write(one.id, None, one.current.rev) for one in outcomes if isinstance(one, Stale) and one.current]
        if not writes:
            return
    raise _changed_meanwhile()


def _changed_meanwhile() -> Conflict:
    return Conflict(
        "changed-meanwhile", "Quelqu’un d’autre vient de le changer.", "Regardez de nouveau, puis recommencez."
    )
