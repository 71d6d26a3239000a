"""The search that works without script: every word must begin a word of the page; titles count most. Nothing of a question is kept."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass
from html import escape, unescape
from pathlib import Path

from jinja2 import Environment, FileSystemLoader
from markupsafe import Markup

from server.reader.current_editions import Held
from server.web.state import HasApp
from sync.folding import terms
from sync.locale import Translator

KINDS = ("guides/", "notices/", "complaints/")
RESULTS = 20
QUESTION_LIMIT = 100  # characters
TITLE_WEIGHT = 20
EXTRACT = 160  # characters

_TAGS = re.compile(r"<[^>]*>")
_SPACE = re.compile(r"\s+")


@dataclass(frozen=True, slots=True)
class Entry:
    path: str
    title: str
    text: str
    title_terms: tuple[str, ...]
    counts: Counter[str]


@dataclass(frozen=True, slots=True)
class Result:
    path: str
    title: str
    extract: str


class Searcher:
    def __init__(self, translator: Translator) -> None:
        self._translator = translator
        self._indexes: dict[str, tuple[str, list[Entry]]] = {}
        self._template = Environment(
            loader=FileSystemLoader(Path(__file__).with_name("templates")),
            autoescape=True,
            trim_blocks=True,
            lstrip_blocks=True,
        ).get_template("found.html")

    def page(self, held: Held, question: str) -> str:
        """A page body: the question again, then what was found."""
        question = question[:QUESTION_LIMIT]
        language = self._translator.language_of(held.edition.statement.channel.partition("-")[0])
        form = (held.body("search") or "").partition("\n")[2]
        form = form.replace(" name=q ", f' name=q value="{escape(question)}" ', 1)
        found = self.find(held, question)
        own = Markup(form)  # noqa: S704  (a page of the edition, where the question stands escaped)
        body = self._template.render(_=language, form=own, results=found, question=question)
        return f"{escape(language('Chercher'))} · {escape(question)}\n{body}"

    def find(self, held: Held, question: str) -> list[Result]:
        wanted = terms(question[:QUESTION_LIMIT])
        if not wanted:
            return []
        scored = ((_score(entry, wanted), entry) for entry in self._index(held))
        best = sorted((pair for pair in scored if pair[0]), key=lambda pair: (-pair[0], pair[1].path))
        return [Result(entry.path, entry.title, _extract(entry.text, wanted)) for _, entry in best[:RESULTS]]

    def _index(self, held: Held) -> list[Entry]:
        channel = held.edition.statement.channel
        known = self._indexes.get(channel)
        if known is None or known[0] != held.edition.id:
            entries = [_entry(path, held.bodies[name]) for path, name in held.paths.items() if path.startswith(KINDS)]
            known = self._indexes[channel] = (held.edition.id, entries)
        return known[1]


def search_of(request: HasApp) -> Searcher:
    search: Searcher = request.app.state.search
    return search


def _entry(path: str, body: str) -> Entry:
    title, _, fragment = body.partition("\n")
    text = _SPACE.sub(" ", unescape(_TAGS.sub(" ", fragment))).strip()
    return Entry(path, unescape(title), text, tuple(terms(unescape(title))), Counter(terms(text)))


def _score(entry: Entry, wanted: list[str]) -> int:
    """0 when a word is missing."""
    total = 0
    for word in wanted:
        here = sum(count for term, count in entry.counts.items() if term.startswith(word))
        title = sum(term.startswith(word) for term in entry.title_terms)
        if not here and not title:
            return 0
        total += min(here, TITLE_WEIGHT - 1) + TITLE_WEIGHT * title
    return total


def _extract(text: str, wanted: list[str]) -> str:
    """A piece of the text around the first word asked for."""
    for match in re.finditer(r"[^\W_]+", text):
        if any(term.startswith(wanted[0]) for term in terms(match.group())):
            start = max(0, match.start() - EXTRACT // 3)
            start = text.find(" ", start) + 1 if start else 0
            end = start + EXTRACT
            return ("… " if start else "") + text[start:end].rsplit(" ", 1)[0] + (" …" if end < len(text) else "")
    return text[:EXTRACT]
