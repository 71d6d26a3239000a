"""One submission: what it says, who has it in hand, notes, the answer that goes back, erasure."""

from __future__ import annotations

import re
import secrets
from typing import Any

from starlette.responses import Response

from server.accounts.people import accounts_of
from server.console import page
from server.console.context import Visit
from server.console.feedback.place_names import names
from server.inbox.service import inbox_of
from server.inbox.submission_index import STATES
from server.web.state import clock_of, store_of
from sync.errors import BadRequest, NotFound
from sync.forms.form import FormItem
from sync.store.contract import Collection, Write
from sync.store.ensure_saved import ensure_saved
from sync.store.iteration import iterate_records
from sync.submissions.reader import ReadSubmission, SubmissionReader
from sync.submissions.tables import build_sheets

LONGEST_NOTE = 2000
LONGEST_ANSWER = 2000
TYPES = re.compile(r"image/(?:jpeg|png|webp)|audio/[a-z0-9.+-]+(?:;codecs=[a-z0-9]+)?")


async def submission(visit: Visit) -> Response:
    entry = await _entry(visit)
    store, id = store_of(visit), entry.submission.id
    notes = [record async for record in iterate_records(store, Collection.FEEDBACK, f"note:{id}:")]
    beside = await store.get_many(Collection.FEEDBACK, [f"handling:{id}", f"answer:{id}"])
    handling = beside.get(f"handling:{id}")
    answer = beside.get(f"answer:{id}")
    accounts = [account.name for account in await accounts_of(visit).accounts.all() if not account.closed]
    place = entry.submission.place
    return page.show(
        visit,
        "feedback/one.html",
        entry.form.title(visit.language.code),
        entry=entry,
        one=entry.submission,
        place=(await names(store)).get(place, place) if place else "",
        sheets=build_sheets([entry.form], [entry], labels=True, lang=visit.language.code)
        if entry.answers is not None
        else [],
        files=_files(entry),
        notes=[record.body for record in notes],
        handling=handling.body if handling else {"state": "new", "who": ""},
        answer=answer.body if answer else None,
        accounts=accounts,
        states=STATES,
    )


async def attachment(visit: Visit) -> Response:
    """Shown only as an image or a sound, whatever it says it is."""
    entry = await _entry(visit)
    index = int(visit.param("index")) if visit.param("index").isdigit() else -1
    if entry.submission.sealed is not None or not 0 <= index < len(entry.submission.files):
        raise NotFound("file-unknown", "Cette pièce jointe n’est pas lisible ici.")
    data = await SubmissionReader(store_of(visit)).file(entry, index)
    if data is None:
        raise NotFound("file-missing", "Cette pièce jointe n’est pas encore arrivée en entier.")
    kind = entry.submission.files[index].type
    shown = kind if TYPES.fullmatch(kind) else "application/octet-stream"
    name = f"{entry.submission.code}-{index}"
    return Response(
        data,
        media_type=shown,
        headers={"content-disposition": f'inline; filename="{name}"', "x-content-type-options": "nosniff"},
    )


async def handle(visit: Visit) -> Response:
    entry = await _entry(visit)
    state, who = visit.text("state"), visit.text("who")
    if state not in STATES or len(who) > 60:
        raise BadRequest("form-changed", "Ce formulaire a changé en chemin.", "Rechargez la page et recommencez.")
    await _put(visit, f"handling:{entry.submission.id}", {"state": state, "who": who})
    await visit.note("feedback-handled", entry.submission.code, state=state)
    return _back(visit, "C’est enregistré.")


async def note(visit: Visit) -> Response:
    entry = await _entry(visit)
    text = visit.text("text").strip()
    if not 0 < len(text) <= LONGEST_NOTE:
        raise BadRequest("note-length", "Une note a de 1 à {most} signes.", most=LONGEST_NOTE)
    now = clock_of(visit)()
    id = f"note:{entry.submission.id}:{now:%Y%m%dT%H%M%S}:{secrets.token_hex(4)}"
    body = {"text": text, "who": visit.who.name, "when": now.isoformat(timespec="minutes")}
    [outcome] = await store_of(visit).write(Collection.FEEDBACK, [Write(id, body)])
    ensure_saved(outcome)
    return _back(visit, "La note est ajoutée.")


async def answer(visit: Visit) -> Response:
    """The text that the person who sent it can fetch with the secret that only their phone has."""
    entry = await _entry(visit)
    text = visit.text("text").strip()
    if not 0 < len(text) <= LONGEST_ANSWER:
        raise BadRequest("answer-length", "Une réponse a de 1 à {most} signes.", most=LONGEST_ANSWER)
    body = {"text": text, "lang": entry.submission.lang, "date": inbox_of(visit).today}
    await _put(visit, f"answer:{entry.submission.id}", body)
    await visit.note("feedback-answered", entry.submission.code)
    return _back(visit, "La réponse attend : le téléphone de la personne la prendra.")


async def erase(visit: Visit) -> Response:
    entry = await _entry(visit)
    await inbox_of(visit).erase(entry.submission.id, "asked")
    await visit.note("feedback-erased", entry.submission.code)
    return visit.redirect("/feedback/list", "L’envoi {code} est effacé pour toujours.", code=entry.submission.code)


async def _entry(visit: Visit) -> ReadSubmission:
    id = visit.param("id")
    found = await inbox_of(visit).registry.find([id])
    entry = await SubmissionReader(store_of(visit)).one(found[id]) if found else None
    if entry is None:
        raise NotFound("submission-unknown", "Cet envoi n’est pas ici.", "Vérifiez le code.")
    return entry


async def _put(visit: Visit, id: str, body: dict[str, Any]) -> None:
    """Raises Conflict when somebody else wrote between, Unavailable."""
    current = await store_of(visit).get(Collection.FEEDBACK, id)
    [outcome] = await store_of(visit).write(Collection.FEEDBACK, [Write(id, body, current.rev if current else None)])
    ensure_saved(outcome)


def _files(entry: ReadSubmission) -> list[tuple[int, str, str]]:
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


def _back(visit: Visit, said: str) -> Response:
    return visit.redirect(f"/feedback/one/{visit.param('id')}", said)
