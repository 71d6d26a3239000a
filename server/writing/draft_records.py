"""Records of documents in progress in the collection `content`, beside the approved documents.

    guide:slug:fr            the approved text (`fields`). `approved`: account and time; `due`: day of the next review;
                             `withdrawal`: who asked when to have it withdrawn
    draft:guide:slug:fr      the draft: `state` draft or review, `base` the digest of the approved text it started from
    aside:guide:slug:fr:…    a text that lost a concurrent save, kept until somebody resolves it
    past:guide:slug:fr:…     an approved text that was replaced
    returned:guide:slug:fr:… a draft as its reviewer read it before sending it back
    remark:guide:slug:fr:…   a remark on the text or on one of its paragraphs, with answers (server/writing/remarks.py)

Publishing and import never read drafts, so an unreviewed text cannot enter an edition.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sync.content.schemas import fields_digest
from sync.content.stored import WITHDRAWN
from sync.store.contract import Record

DRAFT, REVIEW, APPROVED = "draft", "review", "approved"


@dataclass(frozen=True, slots=True)
class Draft:
    """A text that is being written or reviewed.

    `writers`: all accounts that edited it; none of them may approve it. `note`: to the reviewer, or the reply.
    `answered`: the reviewer who sent it back, "" once it was saved or asked about again.
    """

    of: str
    kind: str
    fields: Mapping[str, Any]
    state: str
    base: str
    writers: tuple[str, ...]
    by: str
    when: str
    note: str
    rev: str
    source: Mapping[str, Any] | None = None
    answered: str = ""

    @property
    def fields_digest(self) -> str:
        return fields_digest(self.fields)


@dataclass(frozen=True, slots=True)
class TextVersion:
    """A text set aside, returned, or a replaced approved one. `by`: its last writer, reviewer or approver."""

    id: str
    of: str
    kind: str
    fields: Mapping[str, Any]
    by: str
    when: str
    why: str
    rev: str


def draft_from_record(record: Record) -> Draft:
    body = record.body
    return Draft(
        body["of"],
        body["kind"],
        body["fields"],
        body["state"],
        body["base"],
        tuple(body["writers"]),
        body["by"],
        body["when"],
        body["note"],
        record.rev,
        body.get("source"),
        str(body.get("answered", "")),
    )


def version_from_record(record: Record) -> TextVersion:
    body = record.body
    return TextVersion(
        record.id, body["of"], body["kind"], body["fields"], body["by"], body["when"], body["why"], record.rev
    )


@dataclass(frozen=True, slots=True)
class WorkingDocument:
    """A document with its approved record, its draft and the texts set aside. `main` None: never approved."""

    id: str
    kind: str
    main: Record | None = None
    draft: Draft | None = None
    asides: tuple[TextVersion, ...] = ()

    @property
    def slug(self) -> str:
        return self.id.split(":")[1] if ":" in self.id else ""

    @property
    def lang(self) -> str:
        return self.id.split(":")[2] if self.id.count(":") == 2 else ""

    @property
    def is_withdrawn(self) -> bool:
        return self.main is not None and self.main.body.get("state") == WITHDRAWN

    @property
    def approved(self) -> Mapping[str, Any] | None:
        """Fields of the approved text, also of a withdrawn document."""
        return self.main.body["fields"] if self.main else None

    @property
    def approved_digest(self) -> str:
        """Digest of the approved text; "" for none."""
        return fields_digest(self.approved) if self.approved is not None else ""

    @property
    def fields(self) -> Mapping[str, Any]:
        """Fields of the draft, or else of the approved text."""
        return self.draft.fields if self.draft else self.approved or {}

    @property
    def title(self) -> str:
        return str(self.fields.get("title") or self.fields.get("name") or self.id)

    @property
    def states(self) -> tuple[str, ...]:
        main = () if self.main is None else (WITHDRAWN if self.is_withdrawn else APPROVED,)
        return (self.draft.state, *main) if self.draft else main

    @property
    def is_stale(self) -> bool:
        """True if the approved text changed after the draft was started."""
        return self.draft is not None and self.draft.base != self.approved_digest

    @property
    def source(self) -> Mapping[str, Any] | None:
        """The original's text that this translation follows, if recorded."""
        if self.draft and self.draft.source:
            return self.draft.source
        return self.main.body.get("source") if self.main else None

    @property
    def approval(self) -> Mapping[str, Any] | None:
        """Account and time of the approval; None for a text from a file."""
        approved = self.main.body.get("approved") if self.main else None
        return approved if approved and approved.get("mark") == self.approved_digest else None

    @property
    def withdrawal_by(self) -> str:
        """The account that wants this document withdrawn; "" if nobody does."""
        return str((self.main.body.get("withdrawal") or {}).get("by", "")) if self.main else ""

    @property
    def due(self) -> str:
        return str(self.main.body.get("due", "")) if self.main else ""
