"""Search without script, ranked as on the phone.

Queries are not stored, logged or cached. Work runs in threads, a few at a time, senders in turn.
"""

from __future__ import annotations

from functools import partial
from html import escape
from urllib.parse import quote

from anyio import to_thread
from markupsafe import Markup

from server.reader.channel_indexes import ChannelIndexes
from server.reader.current_editions import CurrentEdition
from server.reader.page_templates import load_template
from server.reader.search_index import SearchIndex
from server.web.app_state import HasApp
from server.web.compression import Encoding, compress_once
from server.web.fair_queue import FairQueue
from sync.editions.page import compose
from sync.locale import Translator
from sync.search.lexicon import LEXICON_PATH, Lexicon

QUESTION_FORM = "forms/question"
MAX_QUERY_LENGTH = 100  # characters


class Searcher:
    """`queue`: the turns of costly work for anonymous requests."""

    def __init__(self, translator: Translator, queue: FairQueue) -> None:
        self._translator = translator
        self._queue = queue
        self._indexes = ChannelIndexes[SearchIndex]()
        self._template = load_template("found.html")

    async def respond(self, current: CurrentEdition, query: str, encoding: Encoding, sender: str) -> bytes:
        """The whole page, compressed: the search form with the query, then the results.

        Raises Unavailable while too much is asked at once.
        """
        edition = current.edition
        index = await self._indexes.get(edition.statement.channel, edition.id, partial(_build_index, current))
        async with self._queue.turn(sender):
            return await to_thread.run_sync(self._make_page, index, current, query[:MAX_QUERY_LENGTH], encoding)

    def _make_page(self, index: SearchIndex, current: CurrentEdition, query: str, encoding: Encoding) -> bytes:
        language = self._translator.language_of(current.edition.statement.channel.partition("-")[0])
        form = (current.body("search") or "").partition("\n")[2]
        form = form.replace(" name=q ", f' name=q value="{escape(query)}" ', 1)
        answer = index.find(query)
        question = QUESTION_FORM if QUESTION_FORM in current.paths else ""
        form_html = Markup(form)  # noqa: S704  (a page of the edition; the query in it is escaped)
        body = self._template.render(
            _=language, form=form_html, answer=answer, question=question, words=quote(query.strip(), safe="")
        )
        title = f"{escape(language('Chercher'))} · {escape(query)}"
        return compress_once(compose(current.shell, f"{title}\n{body}").encode(), encoding)


def search_of(request: HasApp) -> Searcher:
    search: Searcher = request.app.state.search
    return search


def _build_index(current: CurrentEdition) -> SearchIndex:
    lexicon = Lexicon.from_page(current.body(LEXICON_PATH) or "")
    return SearchIndex(((path, current.bodies[name]) for path, name in current.paths.items()), lexicon)
