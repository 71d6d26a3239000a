"""Life cycle of a text: draft, review by a second person, approval, withdrawal. Used by the console.

A concurrent save sets the later text aside, so none is lost; every other concurrent change raises Conflict.
"""

from __future__ import annotations

import datetime
import secrets
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from server.web.app_state import HasApp
from server.writing.draft_records import DRAFT, REVIEW, Draft, TextVersion, WorkingDocument
from sync.content.schemas import fields_digest, from_fields
from sync.content.stored import REPLACED_BY, WITHDRAWAL_KEYS, WITHDRAWN, WITHDRAWN_ON
from sync.errors import Conflict, NotFound, Refused
from sync.store.checked_writes import ensure_all_present, ensure_saved
from sync.store.contract import Collection, Record, Stale, Store, Write


@dataclass(frozen=True, slots=True)
class StartingPoint:
    """The state that a writer started from: the draft's revision and the approved text's digest, "" for none."""

    rev: str
    base: str


@dataclass(frozen=True, slots=True)
class Drafts:
    store: Store
    clock: Callable[[], datetime.datetime]

    async def save(
        self,
        work: WorkingDocument,
        fields: Mapping[str, Any],
        actor: str,
        starting_point: StartingPoint,
        source: Mapping[str, Any] | None = None,
    ) -> TextVersion | None:
        """Save the text as the draft. If it changed since `starting_point`, set the text aside and return it.

        `source`: the original that this translation follows; None keeps the recorded one.
        """
        draft = work.draft
        is_same = draft and draft.by == actor and draft.fields_digest == fields_digest(fields)
        if draft and is_same and (not source or draft.source == source):
            return None  # saved before: the answer was lost on the way, and the person saves again
        if (draft.rev if draft else "") != starting_point.rev or work.approved_digest != starting_point.base:
            return await self._set_aside(work, fields, actor)
        writers = tuple(dict.fromkeys((*(draft.writers if draft else ()), actor)))
        body = {
            "of": work.id,
            "kind": work.kind,
            "fields": dict(fields),
            "state": DRAFT,
            "base": starting_point.base,
            "writers": list(writers),
            "by": actor,
            "when": self._now(),
            "note": draft.note if draft else "",
            "source": source or work.source,
        }
        [outcome] = await self.store.write(
            Collection.CONTENT, [Write(f"draft:{work.id}", body, draft.rev if draft else None)]
        )
        if isinstance(outcome, Stale):
            return await self._set_aside(work, fields, actor)
        ensure_saved(outcome)
        return None

    async def delete_aside(self, work: WorkingDocument, id: str) -> TextVersion | None:
        """Delete a text set aside; return it, or None if it was deleted before."""
        aside = next((version for version in work.asides if version.id == id), None)
        if aside:
            await self._delete(aside.id, aside.rev)
        return aside

    async def request_review(self, work: WorkingDocument, actor: str, note: str) -> None:
        await self._update_draft(require_draft(work), state=REVIEW, note=note, asked=actor)

    async def send_back(self, work: WorkingDocument, actor: str, note: str) -> None:
        """Return the draft to its writers with the reviewer's note; the text that the reviewer read is kept."""
        draft = require_draft(work)
        when = self._now()
        body = {"of": work.id, "kind": work.kind, "fields": dict(draft.fields), "by": actor, "when": when}
        await self._update_draft(draft, state=DRAFT, note=note, answered=actor)
        await self._write(Write(f"returned:{work.id}:{when.replace('+00:00', 'Z')}", {**body, "why": "returned"}))

    async def discard(self, work: WorkingDocument) -> None:
        """Delete the draft; the approved text stays."""
        draft = require_draft(work)
        await self._write(Write(f"draft:{work.id}", None, draft.rev))

    async def approve(
        self,
        work: WorkingDocument,
        actor: str,
        rev: str,
        due: str = "",
        extra: Mapping[str, Any] | None = None,
        fields: Mapping[str, Any] | None = None,
        *,
        is_alone: bool = False,
    ) -> None:
        """Make the draft the approved text and archive the previous one.

        `rev`: the draft's revision that the reviewer saw. `due`: the day of the next review, "" for a year after.
        `extra`: further keys of the record. `fields`: the draft's fields with those that the review sets. `is_alone`:
        the site has no second person, and says so on its pages.
        Raises Refused for a writer of the draft who is not alone, Conflict if it changed.
        """
        draft = require_draft(work)
        if draft.rev != rev:
            raise _changed_meanwhile()
        if actor in draft.writers and not is_alone:
            raise Refused("own-review", "Vous avez écrit dans ce texte.", "Une autre personne doit le relire.")
        if work.is_stale:
            raise Conflict(
                "draft-stale",
                "Le texte approuvé a changé depuis le début de ce brouillon.",
                "Ouvrez le brouillon et réglez les deux textes.",
            )
        main = work.main
        other_keys = (
            {key: value for key, value in main.body.items() if key not in (*WITHDRAWAL_KEYS, "withdrawal", "due")}
            if main
            else {}
        )
        approved_fields = dict(fields or draft.fields)
        approved = {
            "by": actor,
            "when": self._now(),
            "writers": list(draft.writers),
            "mark": fields_digest(approved_fields),
        }
        body = {**other_keys, "kind": work.kind, "fields": approved_fields, "approved": approved, **(extra or {})}
        if draft.source:
            body["source"] = dict(draft.source)
        if due:
            body["due"] = due
        if main and main.body["fields"] != body["fields"]:
            await self._archive_previous(main, work)
        await self._write(Write(work.id, body, main.rev if main else None))
        await self._delete(f"draft:{work.id}", draft.rev)

    async def request_withdrawal(self, work: WorkingDocument, actor: str) -> None:
        """Note that this person wants the document withdrawn, which another one has to do."""
        main = self._require_main(work)
        await self._update_main(main, {**main.body, "withdrawal": {"by": actor, "when": self._now()}})

    async def keep(self, work: WorkingDocument) -> None:
        """Drop the request to withdraw the document."""
        main = self._require_main(work)
        await self._update_main(main, {key: value for key, value in main.body.items() if key != "withdrawal"})

    async def withdraw(self, work: WorkingDocument, replaced_by: str = "") -> None:
        """Remove the document from the next edition; the record stays, and an import does not restore it.

        `replaced_by`: the id of the document that its readers are led to.
        """
        main = self._require_main(work)
        body = {key: value for key, value in main.body.items() if key != "withdrawal"}
        day = self.clock().date().isoformat()
        withdrawn = {"state": WITHDRAWN, "withdrawn": "console", WITHDRAWN_ON: day, REPLACED_BY: replaced_by}
        await self._update_main(main, {**body, **withdrawn})

    async def take_off(self, work: WorkingDocument) -> None:
        """Take a translation's review away: readers get the original until a speaker has read it again."""
        main = self._require_main(work)
        fields = {name: value for name, value in main.body["fields"].items() if name != "reviewed"}
        body = {**main.body, "fields": fields}
        if approved := main.body.get("approved"):
            body["approved"] = {**approved, "mark": fields_digest(fields)}
        await self._update_main(main, body)

    async def restore(self, work: WorkingDocument) -> None:
        main = self._require_main(work)
        await self._update_main(main, {key: value for key, value in main.body.items() if key not in WITHDRAWAL_KEYS})

    async def set_due_date(self, work: WorkingDocument, due: str) -> None:
        main = self._require_main(work)
        await self._update_main(main, {**main.body, "due": due})

    async def replace_approved(self, work: WorkingDocument, fields: Mapping[str, Any], actor: str) -> None:
        """Make `fields`, a coordinator's own finding, the approved text and archive the previous one.

        Raises NotFound without an approved text, Conflict if it changed, BadContent for fields that no reader can take.
        """
        from_fields(work.kind, dict(fields), work.id)
        main = self._require_main(work)
        approved = {"by": actor, "when": self._now(), "writers": [actor], "mark": fields_digest(fields)}
        await self._archive_previous(main, work)
        await self._update_main(main, {**main.body, "fields": dict(fields), "approved": approved})

    async def _set_aside(self, work: WorkingDocument, fields: Mapping[str, Any], actor: str) -> TextVersion:
        when = self._now()
        id = f"aside:{work.id}:{when.replace('+00:00', 'Z')}:{secrets.token_hex(4)}"
        body = {
            "of": work.id,
            "kind": work.kind,
            "fields": dict(fields),
            "by": actor,
            "when": when,
            "why": "saved-second",
        }
        await self._write(Write(id, body))
        return TextVersion(id, work.id, work.kind, fields, actor, when, "saved-second", "")

    async def _archive_previous(self, main: Record, work: WorkingDocument) -> None:
        approved = main.body.get("approved") or {}
        when = self._now()
        body = {
            "of": work.id,
            "kind": work.kind,
            "fields": main.body["fields"],
            "by": approved.get("by", ""),
            "when": approved.get("when", ""),
            "why": "replaced",
        }
        await self._write(Write(f"past:{work.id}:{when.replace('+00:00', 'Z')}", body))

    async def _update_draft(self, draft: Draft, **changes: Any) -> None:
        body = {
            "of": draft.of,
            "kind": draft.kind,
            "fields": dict(draft.fields),
            "state": draft.state,
            "base": draft.base,
            "writers": list(draft.writers),
            "by": draft.by,
            "when": draft.when,
            "note": draft.note,
            "source": draft.source,
            **changes,
        }
        await self._write(Write(f"draft:{draft.of}", body, draft.rev))

    async def _update_main(self, main: Record, body: Mapping[str, Any]) -> None:
        await self._write(Write(main.id, body, main.rev))

    async def _write(self, write: Write) -> None:
        [outcome] = await self.store.write(Collection.CONTENT, [write])
        ensure_saved(outcome, _changed_meanwhile())

    async def _delete(self, id: str, rev: str) -> None:
        """Delete a record unless it was changed since."""
        ensure_all_present(await self.store.write(Collection.CONTENT, [Write(id, None, rev)]))

    @staticmethod
    def _require_main(work: WorkingDocument) -> Record:
        if work.main is None:
            raise NotFound("document-unapproved", "Ce document n’a pas encore de texte approuvé.")
        return work.main

    def _now(self) -> str:
        return self.clock().isoformat(timespec="microseconds")


def require_draft(work: WorkingDocument) -> Draft:
    """The document's draft. Raises NotFound without one."""
    if work.draft is None:
        raise NotFound("draft-unknown", "Ce document n’a pas de brouillon.", "Rechargez la page.")
    return work.draft


def drafts_of(request: HasApp) -> Drafts:
    drafts: Drafts = request.app.state.drafts
    return drafts


def _changed_meanwhile() -> Conflict:
    return Conflict(
        "changed-meanwhile", "Quelqu’un d’autre vient de changer ce document.", "Rechargez la page et regardez."
    )
