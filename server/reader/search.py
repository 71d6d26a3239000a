"""The search that works without script: every word must begin a word of the page; titles count most. Nothing of a question is kept."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass
from html import escape, unescape
from pathlib import Path

from jinja2 import Environment, FileSystemLoader
from markupsafe import Markup

from server.reader.current_editions import CurrentEdition
from server.web.app_state import HasApp
from sync.folding import terms
from sync.locale import Translator

SEARCHED_PREFIXES = ("guides/", "notices/", "complaints/")
MAX_RESULTS = 20
MAX_QUERY_LENGTH = 100  # characters
TITLE_WEIGHT = 20
EXTRACT_LENGTH = 160  # characters

_TAGS = re.compile(r"<[^>]*>")
_SPACE = re.compile(r"\s+")


@dataclass(frozen=True, slots=True)
class SearchEntry:
    path: str
    title: str
    text: str
    title_terms: tuple[str, ...]
    counts: Counter[str]


@dataclass(frozen=True, slots=True)
class SearchResult:
    path: str
    title: str
    extract: str


class Searcher:
    def __init__(self, translator: Translator) -> None:
        self._translator = translator
        self._indexes: dict[str, tuple[str, list[SearchEntry]]] = {}
        self._template = Environment(
            loader=FileSystemLoader(Path(__file__).with_name("templates")),
            autoescape=True,
            trim_blocks=True,
            lstrip_blocks=True,
        ).get_template("found.html")

    def render_page(self, current: CurrentEdition, query: str) -> str:
        """A page body: the question again, then what was found."""
        query = query[:MAX_QUERY_LENGTH]
        language = self._translator.language_of(current.edition.statement.channel.partition("-")[0])
        form = (current.body("search") or "").partition("\n")[2]
        form = form.replace(" name=q ", f' name=q value="{escape(query)}" ', 1)
        found = self.find(current, query)
        own = Markup(form)  # noqa: S704  (a page of the edition, where the question stands escaped)
        body = self._template.render(_=language, form=own, results=found, question=query)
        return f"{escape(language('Chercher'))} · {escape(query)}\n{body}"

    def find(self, current: CurrentEdition, query: str) -> list[SearchResult]:
        wanted = terms(query[:MAX_QUERY_LENGTH])
        if not wanted:
            return []
        scored = ((_score(entry, wanted), entry) for entry in self._get_index(current))
        best = sorted((pair for pair in scored if pair[0]), key=lambda pair: (-pair[0], pair[1].path))
        return [
            SearchResult(entry.path, entry.title, _make_extract(entry.text, wanted)) for _, entry in best[:MAX_RESULTS]
        ]

    def _get_index(self, current: CurrentEdition) -> list[SearchEntry]:
        channel = current.edition.statement.channel
        known = self._indexes.get(channel)
        if known is None or known[0] != current.edition.id:
            entries = [
                _make_entry(path, current.bodies[name])
                for path, name in current.paths.items()
                if path.startswith(SEARCHED_PREFIXES)
            ]
            known = self._indexes[channel] = (current.edition.id, entries)
        return known[1]


def search_of(request: HasApp) -> Searcher:
    search: Searcher = request.app.state.search
    return search


def _make_entry(path: str, body: str) -> SearchEntry:
    title, _, fragment = body.partition("\n")
    text = _SPACE.sub(" ", unescape(_TAGS.sub(" ", fragment))).strip()
    return SearchEntry(path, unescape(title), text, tuple(terms(unescape(title))), Counter(terms(text)))


def _score(entry: SearchEntry, wanted: list[str]) -> int:
    """0 when a word is missing."""
    total = 0
    for word in wanted:
        here = sum(count for term, count in entry.counts.items() if term.startswith(word))
        title = sum(term.startswith(word) for term in entry.title_terms)
        if not here and not title:
            return 0
        total += min(here, TITLE_WEIGHT - 1) + TITLE_WEIGHT * title
    return total


def _make_extract(text: str, wanted: list[str]) -> str:
    """A piece of the text around the first word asked for."""
    for match in re.finditer(r"[^\W_]+", text):
        if any(term.startswith(wanted[0]) for term in terms(match.group())):
            start = max(0, match.start() - EXTRACT_LENGTH // 3)
            start = text.find(" ", start) + 1 if start else 0
            end = start + EXTRACT_LENGTH
            return ("… " if start else "") + text[start:end].rsplit(" ", 1)[0] + (" …" if end < len(text) else "")
    return text[:EXTRACT_LENGTH]
