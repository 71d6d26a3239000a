"""Writes that somebody is told of: what a person reads as done is in the store, or an error says that it is not, or not surely."""

from __future__ import annotations

from collections.abc import Iterable

from sync.errors import Conflict, KunnafoniError, Unavailable
from sync.store.contract import Later, Outcome, Record, Room, Saved, Stale, Store, Write

TRIES = 5  # of taking away what others write at the same time


def sure(outcome: Outcome, first: KunnafoniError | None = None) -> Saved:
    """The outcome, where it is Saved. Raises Unavailable for Later; `first`, or a Conflict, where another writing came first."""
    if isinstance(outcome, Later):
        raise Unavailable("store-not-sure", "L’enregistrement n’est pas encore sûr. Recommencez dans un instant.")
    if isinstance(outcome, Stale):
        raise first or _meanwhile()
    return outcome


def sure_of_all(outcomes: Iterable[Outcome]) -> None:
    """For records that are the same whoever writes them: one that was there before is as good. Raises Unavailable."""
    for outcome in outcomes:
        if not isinstance(outcome, Stale):
            sure(outcome)


async def take_away(store: Store, room: Room, records: Iterable[Record]) -> None:
    """They are gone afterwards, whatever others wrote into them meanwhile. Raises Unavailable, Conflict."""
    writes = [Write(record.id, None, record.rev) for record in records]
    for _ in range(TRIES):
        outcomes = await store.write(room, writes) if writes else []
        sure_of_all(outcomes)
        writes = [Write(one.id, None, one.current.rev) for one in outcomes if isinstance(one, Stale) and one.current]
        if not writes:
            return
    raise _meanwhile()


def _meanwhile() -> Conflict:
    return Conflict(
        "changed-meanwhile", "Quelqu’un d’autre vient de le changer.", "Regardez de nouveau, puis recommencez."
    )
