"""Briefs for people who decide: the records `brief:NUMBER` of the collection `content`.

A brief is a draft until a second person freezes it: what it showed then is kept, and is shown for ever after.
"""

from __future__ import annotations

import datetime
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from server.web.app_state import Clock, HasApp
from sync.errors import Conflict, NotFound, Refused
from sync.store.checked_writes import ensure_saved
from sync.store.contract import Collection, Record, Store, Write
from sync.store.iteration import iterate_records

PREFIX = "brief:"
MAX_HEADLINE, MAX_ASK = 500, 120  # characters: more does not fit on two pages
MAX_ASKS, MAX_RUMOURS = 4, 5  # requests and recommendations together; rumours
LANGUAGES = ("fr", "en")


@dataclass(frozen=True, slots=True)
class BriefRequest:
    """A request to somebody who decides. `by`: a day, or "". `answer`: what they said until the brief was frozen."""

    what: str
    whom: str
    by: str = ""
    answer: str = ""

    @property
    def body(self) -> dict[str, str]:
        return {"what": self.what, "whom": self.whom, "by": self.by, "answer": self.answer}


@dataclass(frozen=True, slots=True)
class Brief:
    """`country`: whose regions it shows. `headline`: three sentences by language. `notices`: slugs of the rumours that
    it tells. `recommendations`: slugs of those that it asks for. `writer`: who answers for it. `writers`: all accounts
    that wrote in it, none of whom freezes it.
    `content`: all that it shows, kept when `frozen_by` froze it; None in a draft.
    """

    number: int
    period: datetime.date
    country: str
    headline: Mapping[str, str]
    requests: Sequence[BriefRequest] = ()
    notices: Sequence[str] = ()
    recommendations: Sequence[str] = ()
    writer: str = ""
    writer_name: str = ""
    when: str = ""
    frozen_by: str = ""
    frozen_name: str = ""
    content: Mapping[str, Any] | None = None
    rev: str | None = None
    writers: Sequence[str] = ()

    @property
    def words(self) -> dict[str, Any]:
        """The words that a person wrote, as JSON."""
        return {
            "headline": {lang: self.headline.get(lang, "") for lang in LANGUAGES},
            "requests": [request.body for request in self.requests],
            "notices": list(self.notices),
            "recommendations": list(self.recommendations),
        }

    @property
    def body(self) -> dict[str, Any]:
        return {
            "number": self.number,
            "period": self.period.isoformat(),
            "country": self.country,
            **self.words,
            "writer": self.writer,
            "writer_name": self.writer_name,
            "writers": list(self.writers),
            "when": self.when,
            "frozen_by": self.frozen_by,
            "frozen_name": self.frozen_name,
            "content": self.content,
        }


def brief_from_record(record: Record) -> Brief:
    body = record.body
    return Brief(
        body["number"],
        datetime.date.fromisoformat(body["period"]),
        body["country"],
        body["headline"],
        tuple(BriefRequest(**request) for request in body["requests"]),
        tuple(body["notices"]),
        tuple(body.get("recommendations", ())),
        body["writer"],
        body["writer_name"],
        body["when"],
        body["frozen_by"],
        body["frozen_name"],
        body["content"],
        record.rev,
        tuple(body.get("writers", [body["writer"]])),
    )


@dataclass(frozen=True, slots=True)
class Briefs:
    store: Store
    clock: Clock

    async def list(self) -> list[Brief]:
        """All briefs, the newest first."""
        records = iterate_records(self.store, Collection.CONTENT, PREFIX)
        briefs = [brief_from_record(record) async for record in records]
        return sorted(briefs, key=lambda brief: -brief.number)

    async def get(self, number: int) -> Brief:
        """Raises NotFound for a number that no brief has."""
        record = await self.store.get(Collection.CONTENT, _id(number))
        if record is None:
            raise NotFound("brief-unknown", "Cette note n’existe pas.", "Revenez à la liste.")
        return brief_from_record(record)

    async def begin(self, period: datetime.date, country: str, writer: str, name: str) -> Brief:
        """A new draft with the next number. Raises Conflict if somebody took that number meanwhile."""
        number = max((brief.number for brief in await self.list()), default=0) + 1
        return await self._save(Brief(number, period, country, {}, writer=writer, writer_name=name, writers=(writer,)))

    async def save(self, brief: Brief, writer: str, name: str) -> Brief:
        """Keep the words of a draft; who wrote last answers for it. Raises Refused for a frozen one, Conflict."""
        _require_draft(brief)
        writers = tuple(dict.fromkeys((*brief.writers, writer)))
        return await self._save(replace(brief, writer=writer, writer_name=name, writers=writers))

    async def freeze(self, brief: Brief, content: Mapping[str, Any], actor: str, name: str) -> Brief:
        """Keep what the brief shows. Raises Refused for its writers, for a frozen or an empty one, Conflict."""
        _require_draft(brief)
        if actor in brief.writers:
            raise Refused(
                "own-brief", "Vous avez écrit dans cette note.", "Une autre personne doit la relire et la figer."
            )
        if not brief.headline.get("fr"):
            raise Refused("brief-empty", "Cette note n’a pas encore de texte.", "Écrivez ses trois phrases.")
        return await self._save(replace(brief, content=dict(content), frozen_by=actor, frozen_name=name))

    async def _save(self, brief: Brief) -> Brief:
        changed = replace(brief, when=self.clock().isoformat(timespec="seconds"))
        [outcome] = await self.store.write(Collection.CONTENT, [Write(_id(brief.number), changed.body, brief.rev)])
        conflict = Conflict("brief-changed", "Quelqu’un d’autre vient de changer cette note.", "Rechargez la page.")
        return replace(changed, rev=ensure_saved(outcome, conflict).rev)


def briefs_of(request: HasApp) -> Briefs:
    briefs: Briefs = request.app.state.briefs
    return briefs


def _require_draft(brief: Brief) -> None:
    if brief.content is not None:
        raise Refused("brief-frozen", "Cette note est figée : elle ne change plus.", "Commencez-en une autre.")


def _id(number: int) -> str:
    return f"{PREFIX}{number:04d}"
