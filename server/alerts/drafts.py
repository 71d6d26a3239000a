"""Alerts that are not sent yet: records `alert-draft:SLUG` in the collection `content`, possibly incomplete.

A real alert of severity Extreme needs a second person, to begin it and to change or end it: its last writer cannot
approve it, an approval is bound to the text that was read, and an edit revokes it. Earlier texts stay in the record.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from enum import StrEnum
from typing import Any

from server.supervision.unreadable_records import UnreadableRecords
from sync.alerts.alert import ALERT_SCHEMA, Alert, Alerts, story_of
from sync.alerts.timestamps import parse_timestamp
from sync.canonical import canonical, digest
from sync.documents.field_types import ErrorReport
from sync.documents.yaml_tree import from_json
from sync.errors import BadFolder, Conflict, NotFound, Refused
from sync.store.checked_writes import ensure_saved
from sync.store.contract import Collection, Record, Stale, Store, Write
from sync.store.iteration import iterate_records

MAX_VERSIONS = 20  # earlier texts of a draft that are kept


class AlertDraftState(StrEnum):
    DRAFT = "draft"
    WAITING = "waiting"  # for approval by a second person
    SCHEDULED = "scheduled"
    TEMPLATE = "template"


def fingerprint_of(fields: Mapping[str, Any]) -> str:
    return digest(canonical(dict(fields)))


@dataclass(frozen=True, slots=True)
class AlertDraft:
    """An alert that is not sent yet, whose `fields` may be incomplete.

    `at`: when to send it, "" for at once. `by`: the account that last wrote it. `approved`: fingerprint of the text
    that `approved_by` read. `versions`: earlier texts by fingerprint, oldest first.
    """

    slug: str
    fields: Mapping[str, Any]
    by: str
    state: AlertDraftState = AlertDraftState.DRAFT
    at: str = ""
    approved_by: str = ""
    approved: str = ""
    versions: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    rev: str | None = None

    @property
    def fingerprint(self) -> str:
        """Digest of the text: decisions about the draft carry it."""
        return fingerprint_of(self.fields)

    @property
    def is_approved(self) -> bool:
        """True if a second person read this very text."""
        return bool(self.approved_by) and self.approved == self.fingerprint

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
            "approved": self.approved,
            "versions": [[name, dict(fields)] for name, fields in self.versions.items()],
        }

    @property
    def headline(self) -> str:
        info = self.fields.get("info") or {}
        return next((str(texts["headline"]) for texts in info.values() if texts.get("headline")), self.slug)

    def to_alert(self) -> Alert:
        """The alert. Raises BadFolder for missing or invalid fields; each error's `values` name the field."""
        report = ErrorReport(self.slug)
        alert = ALERT_SCHEMA.read("alert", from_json({**self.fields, "slug": self.slug}), report)
        if report.errors or not isinstance(alert, Alert):
            raise BadFolder(report.errors)
        return alert


def needs_second_approval(alert: Alert, alerts: Alerts) -> bool:
    """True if the alert, or one that it changes or ends, is a real one of severity Extreme."""
    story = (alert, *story_of(alert, alerts).earlier)
    return alert.status == "Actual" and any(
        member.severity == "Extreme" and member.status == "Actual" for member in story
    )


def with_approval(draft: AlertDraft, actor: str) -> AlertDraft:
    """The draft with an approval. Raises Refused if `actor` wrote it."""
    if actor == draft.by:
        raise Refused(
            "approval-own",
            "Une autre personne doit approuver cette alerte.",
            "Demandez à une coordinatrice ou un coordinateur.",
        )
    return replace(draft, approved_by=actor, approved=draft.fingerprint)


class AlertDrafts:
    def __init__(self, store: Store) -> None:
        self._store = store
        self._unreadable = UnreadableRecords()

    async def all(self) -> list[AlertDraft]:
        """All drafts that can be read; the others are set aside."""
        drafts = []
        async for record in iterate_records(self._store, Collection.CONTENT, "alert-draft:"):
            try:
                drafts.append(_draft_from_record(record))
            except Exception as error:
                self._unreadable.set_aside(record.id, record.rev, error)
        return drafts

    async def get(self, slug: str) -> AlertDraft:
        record = await self._store.get(Collection.CONTENT, f"alert-draft:{slug}")
        if record is None:
            raise NotFound("alert-draft-unknown", "Ce brouillon d’alerte n’existe plus.", "Il a peut-être été envoyé.")
        return _draft_from_record(record)

    async def save(self, draft: AlertDraft) -> AlertDraft:
        """Raises Conflict if the draft was changed since it was read."""
        [outcome] = await self._store.write(Collection.CONTENT, [Write(draft.id, draft.body, draft.rev)])
        return replace(draft, rev=ensure_saved(outcome, _changed_meanwhile()).rev)

    async def delete(self, draft: AlertDraft) -> None:
        """Delete a draft. Raises Conflict if it was changed since it was read.

        Returns only once the deletion is durable, so the alert cannot be sent afterwards.
        """
        [outcome] = await self._store.write(Collection.CONTENT, [Write(draft.id, None, draft.rev)])
        if not isinstance(outcome, Stale) or outcome.current:
            ensure_saved(outcome, _changed_meanwhile())


def with_schedule(draft: AlertDraft, at: str) -> AlertDraft:
    return replace(draft, state=AlertDraftState.SCHEDULED, at=at)


def with_fields(draft: AlertDraft, fields: Mapping[str, Any], actor: str) -> AlertDraft:
    """The draft with new fields by `actor`: an edit drops approval and schedule, and keeps the earlier text."""
    if dict(fields) == dict(draft.fields):
        return draft
    state = AlertDraftState.TEMPLATE if draft.state is AlertDraftState.TEMPLATE else AlertDraftState.DRAFT
    versions = {**draft.versions, **({draft.fingerprint: draft.fields} if draft.fields else {})}
    kept = dict(list(versions.items())[-MAX_VERSIONS:])
    return replace(draft, fields=fields, by=actor, approved_by="", approved="", state=state, at="", versions=kept)


def without_schedule(draft: AlertDraft) -> AlertDraft:
    """The draft that could not leave at its time, for somebody to look at."""
    return replace(draft, state=AlertDraftState.DRAFT, at="")


def _changed_meanwhile() -> Conflict:
    return Conflict(
        "alert-draft-changed", "Ce brouillon vient d’être changé par quelqu’un d’autre.", "Rechargez la page."
    )


def _draft_from_record(record: Record) -> AlertDraft:
    body = record.body
    if body["at"]:
        parse_timestamp(body["at"])
    draft = AlertDraft(
        record.id.partition(":")[2],
        body["fields"],
        body["by"],
        AlertDraftState(body["state"]),
        body["at"],
        body["approved_by"],
        versions=dict(body.get("versions", [])),
        rev=record.rev,
    )
    # A draft of 0.1.0 dropped its approval with each edit, so the approved text is the one that it has.
    return replace(draft, approved=body.get("approved", draft.fingerprint if draft.approved_by else ""))
