"""Open texts: who has a text open at this moment, so that two people do not write the same one unknowingly.

A browser says so several times within EXPIRY; after that it counts no more. The record `presence:ACCOUNT` of the
collection `people` holds an account's open texts, on every server of the site; it is overwritten, and so never grows.
"""

from __future__ import annotations

import datetime
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from server.web.app_state import HasApp
from sync.store.contract import Collection, Record, Stale, Store, Write
from sync.store.iteration import iterate_records

EXPIRY = datetime.timedelta(seconds=70)
PREFIX = "presence:"
MAX_TEXTS = 20  # open at once by one account
TRIES = 3


@dataclass(frozen=True, slots=True)
class Presence:
    store: Store
    clock: Callable[[], datetime.datetime]

    async def note(self, account: str, text: str) -> None:
        """Note that the account has a text open. What cannot be saved is left out: the next ping says it again."""
        await self._update(account, lambda texts, now: {**texts, text: now})

    async def leave(self, account: str, text: str) -> None:
        await self._update(account, lambda texts, _now: {key: when for key, when in texts.items() if key != text})

    async def list_others(self, account: str, text: str) -> list[str]:
        """The other accounts that have the text open, by name."""
        now = self.clock()
        return [
            record.id.removeprefix(PREFIX)
            async for record in iterate_records(self.store, Collection.PEOPLE, PREFIX)
            if record.id != f"{PREFIX}{account}" and text in _open_texts(record, now)
        ]

    async def _update(self, account: str, change: Callable[[Mapping[str, str], str], Mapping[str, str]]) -> None:
        for _ in range(TRIES):  # another tab of the same person may write meanwhile
            record = await self.store.get(Collection.PEOPLE, f"{PREFIX}{account}")
            now = self.clock()
            texts = change(_open_texts(record, now) if record else {}, now.isoformat(timespec="seconds"))
            body = {"texts": dict(list(texts.items())[-MAX_TEXTS:])}
            write = Write(f"{PREFIX}{account}", body, record.rev if record else None)
            [outcome] = await self.store.write(Collection.PEOPLE, [write])
            if not isinstance(outcome, Stale):
                return


def presence_of(request: HasApp) -> Presence:
    presence: Presence = request.app.state.presence
    return presence


def _open_texts(record: Record, now: datetime.datetime) -> dict[str, str]:
    """The texts that were open at `now`, with the time of the last ping."""
    earliest = (now - EXPIRY).isoformat(timespec="seconds")
    return {text: when for text, when in record.body["texts"].items() if when > earliest}
