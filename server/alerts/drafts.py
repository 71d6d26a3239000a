"""Alerts that are not sent yet: records `alert-draft:SLUG` in the collection `content`, possibly incomplete.

A real alert of severity Extreme needs a second person, to begin it and to change or end it: its last writer cannot
approve it, an approval is bound to the text that was read, and an edit revokes it. Earlier texts stay in the record.
"""

from __future__ import annotations

import secrets
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from enum import StrEnum
from typing import Any

from server.supervision.unreadable_records import UnreadableRecords
from sync.alerts.alert import ALERT_SCHEMA, Alert, Alerts, is_deadly
from sync.alerts.issue import AlertIssue
from sync.alerts.timestamps import parse_timestamp
from sync.canonical import canonical, digest
from sync.documents.field_types import ErrorReport
from sync.documents.yaml_tree import JsonLocation, from_json_with_lines
from sync.errors import BadContent, BadFolder, Conflict, NotFound, Refused
from sync.store.checked_writes import ensure_saved
from sync.store.contract import Collection, Record, Stale, Store, Write
from sync.store.iteration import iterate_records

_MAX_TRIES = 3
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

    `at`: when to send it, "" for at once. `begun`: when its first text was kept; "": unknown. `by`: the account that
    last wrote it, "" while nobody answers for what a watched feed brought. `approved`: fingerprint of the text that
    `approved_by` read. `declined_by`: the guest who did not approve this text. `versions`: earlier texts by
    fingerprint, oldest first.
    """

    slug: str
    fields: Mapping[str, Any]
    by: str
    state: AlertDraftState = AlertDraftState.DRAFT
    at: str = ""
    approved_by: str = ""
    approved: str = ""
    declined_by: str = ""
    versions: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    begun: str = ""
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
            "declined_by": self.declined_by,
            "begun": self.begun,
            "versions": [[name, dict(fields)] for name, fields in self.versions.items()],
        }

    @property
    def headline(self) -> str:
        info = self.fields.get("info") or {}
        return next((str(texts["headline"]) for texts in info.values() if texts.get("headline")), self.slug)

    def to_alert(self) -> Alert:
        """The alert. Raises BadFolder for missing or invalid fields; each error's `values` name the field."""
        alert, report, _ = self._read()
        if report.errors or alert is None:
            raise BadFolder(report.errors)
        return alert

    def find_field_issues(self) -> list[AlertIssue]:
        """The missing and invalid fields, which keep the draft from being an alert."""
        _, report, locate = self._read()
        return [_issue_at(error, locate(error.line).path) for error in report.errors]

    def _read(self) -> tuple[Alert | None, ErrorReport, Callable[[int], JsonLocation]]:
        report = ErrorReport(self.slug)
        node, locate = from_json_with_lines({**self.fields, "slug": self.slug})
        alert = ALERT_SCHEMA.read("alert", node, report)
        return alert if isinstance(alert, Alert) else None, report, locate


def _issue_at(error: BadContent, path: str) -> AlertIssue:
    """The issue of an error at this path; a missing field is named below the path."""
    steps = tuple(part for part in path.split(".") if part)
    name = str(error.values.get("name", ""))
    if error.code == "field-missing":
        steps += (name,)
    return AlertIssue(steps, error.code, error.sentence, error.hint, dict(error.values))


def needs_second_approval(alert: Alert, alerts: Alerts) -> bool:
    """True if a second person must read the alert: one about a danger to life, or its end."""
    return is_deadly(alert, alerts)


def with_approval(draft: AlertDraft, actor: str) -> AlertDraft:
    """The draft with an approval. Raises Refused if `actor` wrote it."""
    if actor == draft.by or not draft.by:
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

    async def finish(self, draft: AlertDraft) -> None:
        """Delete a draft that was sent. A text that somebody saved meanwhile becomes the draft of an update."""
        for _ in range(_MAX_TRIES):
            try:
                await self.delete(draft)
                return
            except Conflict:
                try:
                    later = await self.get(draft.slug)
                except NotFound:
                    return
                if later.fields != draft.fields:
                    await self.save(_update_draft(later, draft.slug))
                draft = later


def with_schedule(draft: AlertDraft, at: str) -> AlertDraft:
    return replace(draft, state=AlertDraftState.SCHEDULED, at=at)


def with_fields(draft: AlertDraft, fields: Mapping[str, Any], actor: str) -> AlertDraft:
    """The draft with new fields by `actor`: an edit drops approval and schedule, and keeps the earlier text."""
    if dict(fields) == dict(draft.fields):
        return draft
    state = AlertDraftState.TEMPLATE if draft.state is AlertDraftState.TEMPLATE else AlertDraftState.DRAFT
    versions = {**draft.versions, **({draft.fingerprint: draft.fields} if draft.fields else {})}
    kept = dict(list(versions.items())[-MAX_VERSIONS:])
    return replace(
        draft, fields=fields, by=actor, approved_by="", approved="", declined_by="", state=state, at="", versions=kept
    )


def _update_draft(draft: AlertDraft, sent: str) -> AlertDraft:
    """A new draft with the text of `draft`, which changes the alert that was sent under its name."""
    kind = "Update" if draft.fields.get("msgType", "Alert") == "Alert" else draft.fields["msgType"]
    fields = {**draft.fields, "msgType": kind, "references": [sent]}
    return AlertDraft(f"{sent[:50]}-{secrets.token_hex(3)}", fields, draft.by)


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
        declined_by=body.get("declined_by", ""),
        versions=dict(body.get("versions", [])),
        begun=body.get("begun", ""),
        rev=record.rev,
    )
    # A draft of 0.1.0 dropped its approval with each edit, so the approved text is the one that it has.
    return replace(draft, approved=body.get("approved", draft.fingerprint if draft.approved_by else ""))
