"""The page of one submission (answers, handling, notes, answer to the sender), and its attachments."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

from starlette.responses import Response

from server.accounts.account import Role
from server.accounts.account_service import accounts_of
from server.console import page
from server.console.components.decision import PageState, make_page_state, require_seen
from server.console.components.place_names import load_place_names
from server.console.context import ConsoleContext
from server.console.feedback.submission_answers import readable_sections
from server.inbox.service import inbox_of
from server.inbox.submission_index import NEW, STATES
from server.web.app_state import store_of
from server.web.request_text import parse_number
from sync.errors import NotFound
from sync.locale import N_, Language
from sync.store.contract import Collection, Record
from sync.store.iteration import iterate_records
from sync.submissions.related_records import (
    Handling,
    StoredAnswer,
    TeamNote,
    answer_from_body,
    handling_from_body,
    note_from_body,
)
from sync.submissions.submission import MAX_ATTACHMENTS
from sync.submissions.submission_reader import ReadSubmission

INLINE_TYPES = re.compile(r"image/(?:jpeg|png|webp)|audio/[a-z0-9.+-]+(?:;codecs=[a-z0-9]+)?")


READERS = frozenset({Role.ADMINISTRATOR, Role.COORDINATOR})  # roles that may open what people sent
STATE_LABELS = {"new": N_("Nouveau"), "taken": N_("En cours"), "done": N_("Traité")}


@dataclass(frozen=True, slots=True)
class SubmissionPage:
    """A submission with the records that stand on its page. `handling`, `answer`: None before the first."""

    entry: ReadSubmission
    handling: Record | None
    answer: Record | None
    notes: tuple[TeamNote, ...]

    @property
    def handled(self) -> Handling:
        return (handling_from_body(self.handling.body) if self.handling else None) or Handling(NEW, "")

    @property
    def answered(self) -> StoredAnswer | None:
        return answer_from_body(self.answer.body) if self.answer else None

    def page_state(self, language: Language) -> PageState:
        """The decisions and notes of the team; what was sent never changes."""
        _, submission, answer = language, self.entry.submission, self.answered
        lines = [
            (_("Code"), submission.code),
            (_("État"), _(STATE_LABELS.get(self.handled.state, self.handled.state))),
            (_("Confié à"), self.handled.who or _("Personne")),
            (_("Réponse"), f"{_.date(answer.date)} : {answer.text}" if answer else "—"),
            *((_("Note"), f"{note.who}, {_.date(note.when[:10])} : {note.text}") for note in self.notes),
        ]
        revs = [record.rev if record else "" for record in (self.handling, self.answer)]
        return make_page_state([submission.id, *revs, [[note.who, note.when, note.text] for note in self.notes]], lines)


async def load_page(context: ConsoleContext) -> SubmissionPage:
    """The submission that the address names, with its records. Raises NotFound."""
    entry = await get_entry(context)
    store, id = store_of(context), entry.submission.id
    notes = [record async for record in iterate_records(store, Collection.FEEDBACK, f"note:{id}:")]
    records = await store.get_many(Collection.FEEDBACK, [f"handling:{id}", f"answer:{id}"])
    return SubmissionPage(
        entry,
        records.get(f"handling:{id}"),
        records.get(f"answer:{id}"),
        tuple(note for record in notes if (note := note_from_body(record.body))),
    )


async def load_seen_page(context: ConsoleContext, typed: Mapping[str, str] | None = None) -> SubmissionPage:
    """The submission as the form's page showed it. Raises NotFound, ChangedMeanwhile."""
    loaded = await load_page(context)
    require_seen(context, loaded.page_state(context.language), f"/feedback/one/{loaded.entry.submission.id}", typed)
    return loaded


async def submission(context: ConsoleContext) -> Response:
    loaded = await load_page(context)
    entry = loaded.entry
    readers = [
        account.name
        for account in await accounts_of(context).accounts.all()
        if not account.closed and account.role in READERS
    ]
    place = entry.submission.place
    return page.render(
        context,
        "feedback/submission.html",
        entry.form.title(context.language.code),
        entry=entry,
        submission=entry.submission,
        place=(await load_place_names(store_of(context))).get(place, place) if place else "",
        sections=readable_sections(entry, context.language),
        kinds=[] if entry.submission.sealed else [file.type.partition("/")[0] for file in entry.submission.files],
        notes=loaded.notes,
        handling=loaded.handled,
        answer=loaded.answered,
        page_state=loaded.page_state(context.language),
        accounts=list(dict.fromkeys([*readers, *filter(None, [loaded.handled.who])])),
        states=STATES,
    )


async def attachment(context: ConsoleContext) -> Response:
    """An attachment. Only known image and sound types keep their type; all others are sent as bytes."""
    entry = await get_entry(context)
    index = parse_number(context.param("index"), MAX_ATTACHMENTS)
    if entry.submission.sealed is not None or index is None or index >= len(entry.submission.files):
        raise NotFound("file-unknown", "Cette pièce jointe n’est pas lisible ici.")
    data = await inbox_of(context).open_reader().read_attachment(entry, index)
    if data is None:
        raise NotFound("file-missing", "Cette pièce jointe n’est pas encore arrivée en entier.")
    type = entry.submission.files[index].type
    media_type = type if INLINE_TYPES.fullmatch(type) else "application/octet-stream"
    name = f"{entry.submission.code}-{index}"
    return Response(
        data,
        media_type=media_type,
        headers={"content-disposition": f'inline; filename="{name}"', "x-content-type-options": "nosniff"},
    )


async def get_entry(context: ConsoleContext) -> ReadSubmission:
    """The submission that the address names. Raises NotFound."""
    id = context.param("id")
    record_ids = await inbox_of(context).node_cache.find_record_ids([id])
    entry = await inbox_of(context).open_reader().read_one(record_ids[id]) if record_ids else None
    if entry is None:
        raise NotFound("submission-unknown", "Cet envoi n’est pas ici.", "Vérifiez le code.")
    return entry
