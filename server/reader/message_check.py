"""Checking a message without script, with the verdicts and reasons that the phone gives.

Messages are not stored, logged or cached. Work runs in threads, a few at a time, senders in turn.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from functools import partial
from html import escape
from urllib.parse import parse_qsl

from anyio import to_thread
from markupsafe import Markup

from server.reader.channel_indexes import ChannelIndexes
from server.reader.current_editions import CurrentEdition
from server.reader.page_templates import load_template
from server.reader.published_notices import PublishedNotices
from server.web.app_state import HasApp
from server.web.compression import Encoding, compress_once
from server.web.fair_queue import FairQueue
from sync.claims.claim_index import ClaimIndex, ClaimMatch, KnownClaim
from sync.claims.message_words import WORD
from sync.documents import pictograms
from sync.documents.code_labels import VERDICT_PICTOGRAMS, VERDICT_TONES, VERDICTS
from sync.documents.model import Notice
from sync.editions.page import compose
from sync.errors import BadRequest
from sync.locale import Translator

LIST = "notices"
RUMOUR_FORM = "forms/rumeur"
MAX_MESSAGE_LENGTH = 4_000  # characters
MAX_FORM_BYTES = 64 * 1024  # so many characters, each percent-encoded


class MessageChecker:
    """`queue`: the turns of costly work for anonymous requests."""

    def __init__(self, translator: Translator, notices: PublishedNotices, queue: FairQueue) -> None:
        self._translator = translator
        self._notices = notices
        self._queue = queue
        self._indexes = ChannelIndexes[ClaimIndex]()
        self._template = load_template("checked.html")

    async def respond(self, current: CurrentEdition, message: str, encoding: Encoding, sender: str) -> bytes:
        """The whole page, compressed: the form with the message, then the answer.

        Raises Unavailable while too much is asked at once.
        """
        channel = current.edition.statement.channel
        by_page = (await self._notices.load()).by_page
        notices = {notice.slug: notice for (place, _), notice in by_page.items() if place == channel}
        async with self._queue.turn(sender):
            index = await self._indexes.get(channel, notices, partial(_build_index, notices))
            return await to_thread.run_sync(self._make_page, index, current, notices, message, encoding)

    def _make_page(
        self, index: ClaimIndex, current: CurrentEdition, notices: dict[str, Notice], message: str, encoding: Encoding
    ) -> bytes:
        lang = current.edition.statement.channel.partition("-")[0]
        language = self._translator.language_of(lang)
        form = re.search(r"<form.*?</form>", current.body(LIST) or "", re.DOTALL)
        filled = form[0].replace("</textarea>", f"{escape(message)}</textarea>", 1) if form else ""
        form_html = Markup(filled)  # noqa: S704  (a page of the edition; the message in it is escaped)
        match = index.match(message)
        body = self._template.render(
            _=language,
            lang=lang,
            form=form_html,
            match=match,
            notices=[notices[hit.slug] for hit in match.hits],
            quoted=list(quote_matched(message, match)),
            report=RUMOUR_FORM if RUMOUR_FORM in current.paths else "",
            icon=pictograms.use,
            pictograms=VERDICT_PICTOGRAMS,
            tones=VERDICT_TONES,
            verdicts=VERDICTS,
        )
        page = f"{escape(language('Vérifier un message'))}\n{body}{pictograms.define_used(body)}"
        return compress_once(compose(current.shell, page).encode(), encoding)


def message_checker_of(request: HasApp) -> MessageChecker:
    checker: MessageChecker = request.app.state.message_checker
    return checker


def _build_index(notices: Mapping[str, Notice]) -> ClaimIndex:
    return ClaimIndex.build(
        KnownClaim(each.slug, each.title, each.claim, each.wordings, each.keywords) for each in notices.values()
    )


def read_message(body: bytes) -> str:
    """The message of a posted form, as far as one is compared. Raises BadRequest for what is no form."""
    try:
        fields = dict(parse_qsl(body.decode("ascii"), keep_blank_values=True, max_num_fields=4))
    except ValueError:
        raise malformed_form() from None
    return fields.get("message", "").strip()[:MAX_MESSAGE_LENGTH]


def malformed_form() -> BadRequest:
    return BadRequest(
        "check-bad-message", "Ce message ne peut pas être lu.", "Collez moins de texte, ou un texte sans fichier."
    )


def quote_matched(message: str, match: ClaimMatch) -> Iterator[tuple[str, bool]]:
    """The message in parts, each with whether it made the best hit."""
    matched = frozenset(match.hits[0].matched) if match.hits else frozenset()
    place = 0
    for word in WORD.finditer(message):
        if word[0] in matched:
            yield message[place : word.start()], False
            yield word[0], True
            place = word.end()
    yield message[place:], False
