"""Remarks on a text by paragraph, with name and day: kept when the draft is approved or discarded, and answered.

Records `remark:DOCUMENT:TIME:RANDOM` of the collection `content`, which publishing and import never read.
"""

from __future__ import annotations

import datetime
import secrets
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from server.web.app_state import HasApp
from sync.errors import Conflict, NotFound
from sync.store.checked_writes import ensure_saved
from sync.store.contract import Collection, Record, Store, Write
from sync.store.iteration import iterate_records

MAX_LENGTH = 500  # characters of a remark or an answer
SHOWN = 100  # remarks of one document


@dataclass(frozen=True, slots=True)
class RemarkAnswer:
    by: str
    when: str
    text: str


@dataclass(frozen=True, slots=True)
class Remark:
    """`paragraph`: the text that it is about, as it was; "" for the whole document. `when`: ISO, in UTC."""

    id: str
    of: str
    paragraph: str
    by: str
    when: str
    text: str
    answers: tuple[RemarkAnswer, ...]

    @property
    def is_answered(self) -> bool:
        """True if somebody else than its writer had the last word."""
        return bool(self.answers) and self.answers[-1].by != self.by


@dataclass(frozen=True, slots=True)
class Remarks:
    store: Store
    clock: Callable[[], datetime.datetime]

    async def list(self, of: str) -> list[Remark]:
        """The latest remarks on a document, the oldest first."""
        records = [record async for record in iterate_records(self.store, Collection.CONTENT, f"remark:{of}:")]
        return [remark_from_record(record) for record in records[-SHOWN:]]

    async def add(self, of: str, paragraph: str, by: str, text: str) -> None:
        """Keep a remark; an empty text is none."""
        if not text:
            return
        when = self._now()
        id = f"remark:{of}:{when.replace('+00:00', 'Z')}:{secrets.token_hex(4)}"
        body = {"of": of, "paragraph": paragraph, "by": by, "when": when, "text": text[:MAX_LENGTH], "answers": []}
        await self._write(Write(id, body))

    async def answer(self, of: str, id: str, by: str, text: str) -> None:
        """Add an answer beside those that are there. Raises NotFound for a remark of another document."""
        record = await self.store.get(Collection.CONTENT, id) if id.startswith(f"remark:{of}:") else None
        if record is None:
            raise NotFound("remark-unknown", "Cette remarque n’est plus là.", "Rechargez la page.")
        answer = {"by": by, "when": self._now(), "text": text[:MAX_LENGTH]}
        body = {**record.body, "answers": [*record.body["answers"], answer]}
        await self._write(Write(id, body, record.rev))

    async def _write(self, write: Write) -> None:
        [outcome] = await self.store.write(Collection.CONTENT, [write])
        ensure_saved(
            outcome, Conflict("answered-meanwhile", "Quelqu’un d’autre vient de répondre.", "Rechargez la page.")
        )

    def _now(self) -> str:
        return self.clock().isoformat(timespec="microseconds")


def remark_from_record(record: Record) -> Remark:
    body: Mapping[str, Any] = record.body
    answers = tuple(RemarkAnswer(each["by"], each["when"], each["text"]) for each in body["answers"])
    return Remark(record.id, body["of"], body["paragraph"], body["by"], body["when"], body["text"], answers)


def remarks_of(request: HasApp) -> Remarks:
    remarks: Remarks = request.app.state.remarks
    return remarks
