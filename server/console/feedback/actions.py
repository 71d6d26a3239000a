"""Changes to submissions (handling, notes, answer, erasure) and to sealing keys (registration, test).

Never receives a private key or a passphrase: the browser makes the keys, downloads them as encrypted files, and proves
that a file opens by returning the word that was sealed for it.
"""

from __future__ import annotations

import secrets
from pathlib import Path
from typing import Any

from anyio import to_thread
from starlette.responses import Response

from server.console.components.decision import SHORT_DIGEST, require_seen
from server.console.context import ConsoleContext
from server.console.feedback.keys import keys_page_state
from server.console.feedback.submission import get_entry, load_seen_page
from server.console.flash import FlashMessage
from server.inbox.service import inbox_of
from server.inbox.submission_index import DONE, STATES
from server.keys import sealing_keys
from server.publishing.publisher import publisher_of
from server.web.app_state import clock_of, settings_of, store_of
from sync.canonical import digest
from sync.errors import BadRequest, Refused
from sync.locale import N_
from sync.store.checked_writes import ensure_saved
from sync.store.contract import Collection, Record, Write
from sync.submissions.related_records import check_answer_text

MAX_NOTE_LENGTH = 2000


async def register_keys(context: ConsoleContext) -> Response:
    """Register the public keys that the page made. An empty `recovery` keeps the recovery key in use."""
    folder, site = _require_key_folder(context), await _site_id(context)
    require_seen(context, keys_page_state(context, sealing_keys.list_pairs(folder)), "/feedback/keys")
    pair = await to_thread.run_sync(
        sealing_keys.register_pair, folder, site, context.text("sealing"), context.text("recovery")
    )
    await context.record_action("sealing-made", str(pair.number))
    return context.redirect("/feedback/keys", FlashMessage.KEYS_SAVED)


async def confirm_key_test(context: ConsoleContext) -> Response:
    """Record that a key file opened the test: the page returns the word that was sealed in it."""
    folder = _require_key_folder(context)
    require_seen(context, keys_page_state(context, sealing_keys.list_pairs(folder)), "/feedback/keys")
    untested = sealing_keys.get_untested_pair(folder)
    if untested is sealing_keys.NO_PAIR:
        raise Refused("no-test", "Aucune clé n’attend d’être essayée.", "Rechargez la page.")
    pair = await to_thread.run_sync(
        sealing_keys.confirm_with_word, folder, untested, context.text("key"), context.text("word")
    )
    await context.record_action("sealing-tried", str(pair.number))
    if pair.is_live:
        return context.redirect("/feedback/keys", FlashMessage.KEYS_TRIED)
    return context.redirect("/feedback/keys", FlashMessage.KEY_TRIED)


async def update_handling(context: ConsoleContext) -> Response:
    loaded = await load_seen_page(context)
    state, who = context.text("state"), context.text("who")
    if state not in STATES or len(who) > 60:
        raise BadRequest("form-changed", "Ce formulaire a changé en chemin.", "Rechargez la page et recommencez.")
    submission = loaded.entry.submission
    await _save(context, f"handling:{submission.id}", {"state": state, "who": who}, loaded.handling)
    await context.record_action("feedback-handled", submission.code, state=state)
    return _redirect_back(context, FlashMessage.SAVED)


async def add_note(context: ConsoleContext) -> Response:
    entry = await get_entry(context)
    text = context.text("text").strip()
    if not 0 < len(text) <= MAX_NOTE_LENGTH:
        hint = "Revenez, et écrivez-la."
        raise BadRequest("note-length", "Une note a de 1 à {most} signes.", hint, most=MAX_NOTE_LENGTH)
    now = clock_of(context)()
    id = f"note:{entry.submission.id}:{now:%Y%m%dT%H%M%S}:{secrets.token_hex(4)}"
    body = {"text": text, "who": context.user.name, "when": now.isoformat(timespec="minutes")}
    [outcome] = await store_of(context).write(Collection.FEEDBACK, [Write(id, body)])
    ensure_saved(outcome)
    return _redirect_back(context, FlashMessage.NOTE_ADDED)


async def save_answer(context: ConsoleContext) -> Response:
    """Save the answer, which the sender's phone fetches with its receipt secret. What is answered is handled."""
    text = context.text("text").strip()
    loaded = await load_seen_page(context, {N_("Réponse"): text})
    submission = loaded.entry.submission
    check_answer_text(text)
    body = {"text": text, "lang": submission.lang, "date": inbox_of(context).today}
    writes = [Write(f"answer:{submission.id}", body, loaded.answer.rev if loaded.answer else None)]
    if loaded.handled.state != DONE:
        handled = {"state": DONE, "who": loaded.handled.who or context.user.name}
        rev = loaded.handling.rev if loaded.handling else None
        writes.append(Write(f"handling:{submission.id}", handled, rev))
    [outcome, *_handling] = await store_of(context).write(Collection.FEEDBACK, writes)
    ensure_saved(outcome)  # somebody who hands it on at this moment wins over "handled"
    await context.record_action("feedback-answered", submission.code, text=digest(text)[:SHORT_DIGEST])
    return _redirect_back(context, FlashMessage.REPLY_WAITS)


async def erase_submission(context: ConsoleContext) -> Response:
    submission = (await load_seen_page(context)).entry.submission
    await inbox_of(context).erase(submission.id, "asked")
    await context.record_action("feedback-erased", submission.code)
    return context.redirect("/feedback/list", FlashMessage.SUBMISSION_ERASED, code=submission.code)


def _require_key_folder(context: ConsoleContext) -> Path:
    """Raises Refused on a machine that does not sign editions: phones would never receive keys registered there."""
    publisher_of(context).require_keys()
    return settings_of(context).keys


async def _site_id(context: ConsoleContext) -> str:
    """The site's id from its document, because there may be no edition yet."""
    record = await store_of(context).get(Collection.CONTENT, "site")
    return str((record.body.get("fields") or {}).get("id", "kunnafoni")) if record else "kunnafoni"


async def _save(context: ConsoleContext, id: str, body: dict[str, Any], current: Record | None) -> None:
    """Create or replace a record of feedback. Raises Conflict when it is no longer `current`, or Unavailable."""
    [outcome] = await store_of(context).write(Collection.FEEDBACK, [Write(id, body, current.rev if current else None)])
    ensure_saved(outcome)


def _redirect_back(context: ConsoleContext, message: FlashMessage) -> Response:
    return context.redirect(f"/feedback/one/{context.param('id')}", message)
