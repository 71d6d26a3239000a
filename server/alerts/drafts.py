"""Alerts that are not sent yet: `alert-draft:SLUG` in the room `content`. They may lack what sending asks for.

Extreme and real, it needs a second person: whoever wrote it last cannot approve it, and a change takes the approval away.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Any

from sync.alerts.alert import Alert
from sync.alerts.schema import ALERT_SCHEMA
from sync.documents.field_types import ErrorReport
from sync.documents.yaml_tree import from_json
from sync.errors import BadFolder, Conflict, NotFound, Refused
from sync.store.contract import Collection, Record, Stale, Store, Write
from sync.store.ensure_saved import ensure_saved
from sync.store.iteration import iterate_records


class State(StrEnum):
    DRAFT = "draft"
    WAITING = "waiting"  # for a second person
    SCHEDULED = "scheduled"
    TEMPLATE = "template"


@dataclass(frozen=True, slots=True)
class Planned:
    """`fields`: an alert's, some may be missing. `at`: when to send it, "" for at once. `by`: who wrote it last."""

    slug: str
    fields: Mapping[str, Any]
    by: str
    state: State = State.DRAFT
    at: str = ""
    approved_by: str = ""
    rev: str | None = None

    @property
    def id(self) -> str:
        return f"alert-draft:{self.slug}"

    @property
    def body(self) -> dict[str, Any]:
        return {
            "kind": "alert-draft",
            "fields": dict(self.fields),
            "by": self.by,
            "state": self.state.value,
            "at": self.at,
            "approved_by": self.approved_by,
        }

    @property
    def headline(self) -> str:
        info = self.fields.get("info") or {}
        return next((str(said["headline"]) for said in info.values() if said.get("headline")), self.slug)

    def alert(self) -> Alert:
        """Raises BadFolder for what is missing or has not the right form; each error's `values` name the field."""
        report = ErrorReport(self.slug)
        found = ALERT_SCHEMA.read("alert", from_json({**self.fields, "slug": self.slug}), report)
        if report.errors or not isinstance(found, Alert):
            raise BadFolder(report.errors)
        return found


def needs_second(alert: Alert) -> bool:
    return alert.severity == "Extreme" and alert.status == "Actual"


def approved(planned: Planned, who: str) -> Planned:
    """Raises Refused for one's own."""
    if who == planned.by:
        raise Refused(
            "approval-own",
            "Une autre personne doit approuver cette alerte.",
            "Demandez à une coordinatrice ou un coordinateur.",
        )
    return replace(planned, approved_by=who)


class Plans:
    def __init__(self, store: Store) -> None:
        self._store = store

    async def all(self) -> list[Planned]:
        return [_planned(record) async for record in iterate_records(self._store, Collection.CONTENT, "alert-draft:")]

    async def get(self, slug: str) -> Planned:
        record = await self._store.get(Collection.CONTENT, f"alert-draft:{slug}")
        if record is None:
            raise NotFound("alert-draft-unknown", "Ce brouillon d’alerte n’existe plus.", "Il a peut-être été envoyé.")
        return _planned(record)

    async def keep(self, planned: Planned) -> Planned:
        """Raises Conflict when somebody else changed it since it was read."""
        [outcome] = await self._store.write(Collection.CONTENT, [Write(planned.id, planned.body, planned.rev)])
        return replace(planned, rev=ensure_saved(outcome, _meanwhile()).rev)

    async def drop(self, planned: Planned) -> None:
        """Who hears that it is gone counts on it: it is not sent. Raises Conflict when somebody else changed it since it was read."""
        [outcome] = await self._store.write(Collection.CONTENT, [Write(planned.id, None, planned.rev)])
        if not isinstance(outcome, Stale) or outcome.current:
            ensure_saved(outcome, _meanwhile())


def scheduled(planned: Planned, at: str) -> Planned:
    return replace(planned, state=State.SCHEDULED, at=at)


def changed(planned: Planned, fields: Mapping[str, Any], who: str) -> Planned:
    """With new fields: by this person, approved by nobody, sent at no time."""
    if dict(fields) == dict(planned.fields):
        return planned
    state = State.TEMPLATE if planned.state is State.TEMPLATE else State.DRAFT
    return replace(planned, fields=fields, by=who, approved_by="", state=state, at="")


def _meanwhile() -> Conflict:
    return Conflict(
        "alert-draft-changed", "Ce brouillon vient d’être changé par quelqu’un d’autre.", "Rechargez la page."
    )


def _planned(record: Record) -> Planned:
    body = record.body
    slug = record.id.partition(":")[2]
    return Planned(slug, body["fields"], body["by"], State(body["state"]), body["at"], body["approved_by"], record.rev)
