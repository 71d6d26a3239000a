"""One submission: what it says, who has it in hand, notes, the answer that goes back, erasure."""

from __future__ import annotations

import re
import secrets
from typing import Any

from starlette.responses import Response

from server.accounts.account_service import accounts_of
from server.console import page
from server.console.context import ConsoleContext
from server.console.feedback.place_names import load_place_names
from server.inbox.service import inbox_of
from server.inbox.submission_index import STATES
from server.web.app_state import clock_of, store_of
from sync.errors import BadRequest, NotFound
from sync.forms.compiled_form import FormItem
from sync.store.contract import Collection, Write
from sync.store.ensure_saved import ensure_saved
from sync.store.iteration import iterate_records
from sync.submissions.submission_reader import ReadSubmission, SubmissionReader
from sync.submissions.tables import build_sheets

MAX_NOTE_LENGTH = 2000
MAX_ANSWER_LENGTH = 2000
INLINE_TYPES = re.compile(r"image/(?:jpeg|png|webp)|audio/[a-z0-9.+-]+(?:;codecs=[a-z0-9]+)?")


async def submission(context: ConsoleContext) -> Response:
    entry = await _get_entry(context)
    store, id = store_of(context), entry.submission.id
    notes = [record async for record in iterate_records(store, Collection.FEEDBACK, f"note:{id}:")]
    beside = await store.get_many(Collection.FEEDBACK, [f"handling:{id}", f"answer:{id}"])
    handling = beside.get(f"handling:{id}")
    answer = beside.get(f"answer:{id}")
    accounts = [account.name for account in await accounts_of(context).accounts.all() if not account.closed]
    place = entry.submission.place
    return page.render(
        context,
        "feedback/one.html",
        entry.form.title(context.language.code),
        entry=entry,
        one=entry.submission,
        place=(await load_place_names(store)).get(place, place) if place else "",
        sheets=build_sheets([entry.form], [entry], labels=True, lang=context.language.code)
        if entry.answers is not None
        else [],
        files=_list_files(entry),
        notes=[record.body for record in notes],
        handling=handling.body if handling else {"state": "new", "who": ""},
        answer=answer.body if answer else None,
        accounts=accounts,
        states=STATES,
    )


async def attachment(context: ConsoleContext) -> Response:
    """Shown only as an image or a sound, whatever it says it is."""
    entry = await _get_entry(context)
    index = int(context.param("index")) if context.param("index").isdigit() else -1
    if entry.submission.sealed is not None or not 0 <= index < len(entry.submission.files):
        raise NotFound("file-unknown", "Cette pièce jointe n’est pas lisible ici.")
    data = await SubmissionReader(store_of(context)).read_attachment(entry, index)
    if data is None:
        raise NotFound("file-missing", "Cette pièce jointe n’est pas encore arrivée en entier.")
    kind = entry.submission.files[index].type
    shown = kind if INLINE_TYPES.fullmatch(kind) else "application/octet-stream"
    name = f"{entry.submission.code}-{index}"
    return Response(
        data,
        media_type=shown,
        headers={"content-disposition": f'inline; filename="{name}"', "x-content-type-options": "nosniff"},
    )


async def update_handling(context: ConsoleContext) -> Response:
    entry = await _get_entry(context)
    state, who = context.text("state"), context.text("who")
    if state not in STATES or len(who) > 60:
        raise BadRequest("form-changed", "Ce formulaire a changé en chemin.", "Rechargez la page et recommencez.")
    await _save(context, f"handling:{entry.submission.id}", {"state": state, "who": who})
    await context.record_action("feedback-handled", entry.submission.code, state=state)
    return _redirect_back(context, "C’est enregistré.")


async def add_note(context: ConsoleContext) -> Response:
    entry = await _get_entry(context)
    text = context.text("text").strip()
    if not 0 < len(text) <= MAX_NOTE_LENGTH:
        raise BadRequest("note-length", "Une note a de 1 à {most} signes.", most=MAX_NOTE_LENGTH)
    now = clock_of(context)()
    id = f"note:{entry.submission.id}:{now:%Y%m%dT%H%M%S}:{secrets.token_hex(4)}"
    body = {"text": text, "who": context.user.name, "when": now.isoformat(timespec="minutes")}
    [outcome] = await store_of(context).write(Collection.FEEDBACK, [Write(id, body)])
    ensure_saved(outcome)
    return _redirect_back(context, "La note est ajoutée.")


async def save_answer(context: ConsoleContext) -> Response:
    """The text that the person who sent it can fetch with the secret that only their phone has."""
    entry = await _get_entry(context)
    text = context.text("text").strip()
    if not 0 < len(text) <= MAX_ANSWER_LENGTH:
        raise BadRequest("answer-length", "Une réponse a de 1 à {most} signes.", most=MAX_ANSWER_LENGTH)
    body = {"text": text, "lang": entry.submission.lang, "date": inbox_of(context).today}
    await _save(context, f"answer:{entry.submission.id}", body)
    await context.record_action("feedback-answered", entry.submission.code)
    return _redirect_back(context, "La réponse attend : le téléphone de la personne la prendra.")


async def erase_submission(context: ConsoleContext) -> Response:
    entry = await _get_entry(context)
    await inbox_of(context).erase(entry.submission.id, "asked")
    await context.record_action("feedback-erased", entry.submission.code)
    return context.redirect("/feedback/list", "L’envoi {code} est effacé pour toujours.", code=entry.submission.code)


async def _get_entry(context: ConsoleContext) -> ReadSubmission:
    id = context.param("id")
    found = await inbox_of(context).node_cache.find_record_ids([id])
    entry = await SubmissionReader(store_of(context)).read_one(found[id]) if found else None
    if entry is None:
        raise NotFound("submission-unknown", "Cet envoi n’est pas ici.", "Vérifiez le code.")
    return entry


async def _save(context: ConsoleContext, id: str, body: dict[str, Any]) -> None:
    """Raises Conflict when somebody else wrote between, Unavailable."""
    current = await store_of(context).get(Collection.FEEDBACK, id)
    [outcome] = await store_of(context).write(Collection.FEEDBACK, [Write(id, body, current.rev if current else None)])
    ensure_saved(outcome)


def _list_files(entry: ReadSubmission) -> list[tuple[int, str, str]]:
    """Index, label and kind of each attachment that can be shown here."""
    if entry.submission.sealed is not None:
        return []
    items: dict[str, FormItem] = entry.form.items
    labels = [item for item in items.values() if item.kind in ("image", "audio")]
    kinds = [(index, file.type.partition("/")[0]) for index, file in enumerate(entry.submission.files)]
    return [
        (index, entry.form.label(labels[min(index, len(labels) - 1)].name) if labels else "", kind)
        for index, kind in kinds
    ]


def _redirect_back(context: ConsoleContext, said: str) -> Response:
    return context.redirect(f"/feedback/one/{context.param('id')}", said)
