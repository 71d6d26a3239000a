"""Search without script: every term must begin a word of the page; titles weigh most. Queries are not stored."""

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
        """A page body: the search form with the query, then the results."""
        query = query[:MAX_QUERY_LENGTH]
        language = self._translator.language_of(current.edition.statement.channel.partition("-")[0])
        form = (current.body("search") or "").partition("\n")[2]
        form = form.replace(" name=q ", f' name=q value="{escape(query)}" ', 1)
        results = self.find(current, query)
        form_html = Markup(form)  # noqa: S704  (a page of the edition; the query in it is escaped)
        body = self._template.render(_=language, form=form_html, results=results, query=query)
        return f"{escape(language('Chercher'))} · {escape(query)}\n{body}"

    def find(self, current: CurrentEdition, query: str) -> list[SearchResult]:
        query_terms = terms(query[:MAX_QUERY_LENGTH])
        if not query_terms:
            return []
        scored = ((_score(entry, query_terms), entry) for entry in self._get_index(current))
        matches = sorted((pair for pair in scored if pair[0]), key=lambda pair: (-pair[0], pair[1].path))
        return [
            SearchResult(entry.path, entry.title, _make_extract(entry.text, query_terms))
            for _, entry in matches[:MAX_RESULTS]
        ]

    def _get_index(self, current: CurrentEdition) -> list[SearchEntry]:
        channel = current.edition.statement.channel
        index = self._indexes.get(channel)
        if index is None or index[0] != current.edition.id:
            entries = [
                _make_entry(path, current.bodies[name])
                for path, name in current.paths.items()
                if path.startswith(SEARCHED_PREFIXES)
            ]
            index = self._indexes[channel] = (current.edition.id, entries)
        return index[1]


def search_of(request: HasApp) -> Searcher:
    search: Searcher = request.app.state.search
    return search


def _make_entry(path: str, body: str) -> SearchEntry:
    title, _, fragment = body.partition("\n")
    text = _SPACE.sub(" ", unescape(_TAGS.sub(" ", fragment))).strip()
    return SearchEntry(path, unescape(title), text, tuple(terms(unescape(title))), Counter(terms(text)))


def _score(entry: SearchEntry, query_terms: list[str]) -> int:
    """Relevance of a page; 0 if a term is missing."""
    total = 0
    for word in query_terms:
        in_text = sum(count for term, count in entry.counts.items() if term.startswith(word))
        in_title = sum(term.startswith(word) for term in entry.title_terms)
        if not in_text and not in_title:
            return 0
        total += min(in_text, TITLE_WEIGHT - 1) + TITLE_WEIGHT * in_title
    return total


def _make_extract(text: str, query_terms: list[str]) -> str:
    """An extract of the text around the first match of the first term."""
    for match in re.finditer(r"[^\W_]+", text):
        if any(term.startswith(query_terms[0]) for term in terms(match.group())):
            start = max(0, match.start() - EXTRACT_LENGTH // 3)
            start = text.find(" ", start) + 1 if start else 0
            end = start + EXTRACT_LENGTH
            return ("… " if start else "") + text[start:end].rsplit(" ", 1)[0] + (" …" if end < len(text) else "")
    return text[:EXTRACT_LENGTH]
