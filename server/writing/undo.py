"""The last deed of a person on a text, which they may undo for half a minute: sent back, discarded, withdrawn.

The record `undo:ACCOUNT` of the collection `content` holds the text's record as it was; the next deed replaces it.
"""

from __future__ import annotations

import datetime
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from server.web.app_state import HasApp
from sync.canonical import canonical, digest
from sync.errors import Conflict
from sync.store.checked_writes import ensure_saved
from sync.store.contract import Collection, Record, Store, Write

SECONDS = 30  # that the page promises
TOKEN_LENGTH = 22  # characters
GRACE = 30  # seconds more, for a slow network


@dataclass(frozen=True, slots=True)
class Undo:
    store: Store
    clock: Callable[[], datetime.datetime]

    async def note(self, account: str, before: Record) -> str:
        """Keep the record as it was, once the deed is done; return the token of this deed for the page that offers it.

        What cannot be kept cannot be undone, and nothing else.
        """
        current = await self.store.get(Collection.CONTENT, before.id)
        id = f"undo:{account}"
        record = await self.store.get(Collection.CONTENT, id)
        body = {
            "id": before.id,
            "body": dict(before.body),
            "after": current.rev if current else "",
            "when": self.clock().isoformat(),
        }
        await self.store.write(Collection.CONTENT, [Write(id, body, record.rev if record else None)])
        return _token(body)

    async def undo(self, account: str, token: str) -> str:
        """Put the record back; return its id. Raises Conflict after a while, if it was changed since, or if the
        person's last deed is another than the one that the page with this token offered to undo.
        """
        record = await self.store.get(Collection.CONTENT, f"undo:{account}")
        if record is None or token != _token(record.body):
            raise _too_late()
        age = (self.clock() - datetime.datetime.fromisoformat(record.body["when"])).total_seconds()
        if age > SECONDS + GRACE:
            raise _too_late()
        id, after = str(record.body["id"]), str(record.body["after"])
        [outcome] = await self.store.write(Collection.CONTENT, [Write(id, record.body["body"], after or None)])
        ensure_saved(outcome, _too_late())
        await self.store.write(Collection.CONTENT, [Write(record.id, None, record.rev)])
        return id


def undo_of(request: HasApp) -> Undo:
    undo: Undo = request.app.state.undo
    return undo


def _token(body: Mapping[str, Any]) -> str:
    return digest(canonical([body["id"], body["after"], body["when"]]))[:TOKEN_LENGTH]


def _too_late() -> Conflict:
    return Conflict("undo-late", "C’est trop tard pour annuler, ou le texte a changé depuis.", "Regardez le document.")
