"""A submission taken away for good: its bytes, files, notes and answer. Its id stays, so that no late courier brings it back."""

from __future__ import annotations

from sync.errors import Unavailable
from sync.store.contract import Later, Room, Store, Write
from sync.submissions.inbox import file_id, piece_ids, submission_id
from sync.submissions.submission import parse_submission

BESIDE = ("received", "note", "receipt", "answer", "handling")


async def erase_submission(store: Store, id: str, day: str, why: str) -> None:
    """`why`: `withdrawn`, `asked` or `kept-long-enough`. The id is refused from here on, whatever happens after. Raises Unavailable."""
    [outcome] = await store.write(Room.FEEDBACK, [Write(f"erased:{id}", {"day": day, "why": why})])
    if isinstance(outcome, Later):
        raise Unavailable("erase-later", "L’effacement n’est pas encore sûr.", "Recommencez dans un moment.")
    await erase_again(store, id)


async def erase_again(store: Store, id: str) -> None:
    """What an old replica or a race brought back."""
    record = await store.get(Room.FEEDBACK, submission_id(id))
    ids = [submission_id(id)]
    for kind in BESIDE:
        ids += [one.id for one in await store.scan(Room.FEEDBACK, f"{kind}:{id}", f"{kind}:{id};", 1000)]
    if record:
        for file in parse_submission(record.body["text"]).files:
            ids += [file_id(file.digest), *piece_ids(file.digest, file.bytes)]
    await store.erase(Room.FEEDBACK, ids)
