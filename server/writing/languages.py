"""Languages that somebody opened to write or speak in, beside those of the site's channels. Used by the console.

language:bm      by whom and when
term:bm:DIGEST   a word of the glossary: `term`, `translation`, `note`
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from server.writing.workspace import Snapshot
from sync.canonical import digest
from sync.documents.text_types import LANG
from sync.errors import Conflict, NotFound, Refused
from sync.folding import fold, terms
from sync.store.checked_writes import ensure_saved
from sync.store.contract import Collection, Record, Store, Write
from sync.store.iteration import iterate_records

MAX_TERM, MAX_NOTE = 80, 200  # characters


@dataclass(frozen=True, slots=True)
class GlossaryTerm:
    """A word of originals and its translation. `id`: of its record, `rev`: its revision."""

    term: str
    translation: str
    note: str
    by: str
    id: str
    rev: str


async def list_languages(store: Store, snapshot: Snapshot) -> list[str]:
    """Every language that is open: of a channel, of a text, or opened by somebody; never the site's own."""
    site = snapshot.library.site
    used = {work.lang for work in snapshot.works.values() if work.lang}
    opened = [record.id.partition(":")[2] async for record in iterate_records(store, Collection.CONTENT, "language:")]
    channels = {channel.partition("-")[0] for channel in site.channels}
    return sorted({*used, *channels, *opened} - {site.lang})


async def open_language(store: Store, lang: str, by: str, when: str) -> None:
    """Note that texts are made in this language. Raises Refused for what is no code."""
    if not re.fullmatch(LANG, lang):
        raise Refused(
            "lang-form",
            "Un code de langue, en minuscules : fr, bm, ff, ha.",
            "Prenez-en un dans la liste.",
            field="lang",
        )
    if await store.get(Collection.CONTENT, f"language:{lang}") is None:
        [outcome] = await store.write(Collection.CONTENT, [Write(f"language:{lang}", {"by": by, "when": when})])
        ensure_saved(outcome)


async def list_terms(store: Store, lang: str) -> list[GlossaryTerm]:
    """The glossary of a language by its terms."""
    records = [record async for record in iterate_records(store, Collection.CONTENT, f"term:{lang}:")]
    return sorted(map(_term_of, records), key=lambda term: fold(term.term))


async def add_term(store: Store, lang: str, term: str, translation: str, note: str, by: str) -> None:
    """Add a word. Raises Refused without both words, Conflict if the word is there."""
    term, translation, note = (" ".join(text.split()) for text in (term, translation, note))
    if not term or not translation:
        raise Refused("term-empty", "Il faut le mot, et comment on le dit.", "Écrivez les deux.", field="term")
    if len(term) > MAX_TERM or len(translation) > MAX_TERM or len(note) > MAX_NOTE:
        raise Refused(
            "term-long",
            "C’est trop long pour un mot du lexique.",
            "Gardez le mot, et mettez le reste dans la remarque.",
            field="term",
        )
    id = f"term:{lang}:{digest(fold(term))[:12]}"
    if await store.get(Collection.CONTENT, id) is not None:
        raise Conflict("term-known", "Ce mot est déjà dans le lexique.", "Enlevez-le d’abord, puis écrivez-le mieux.")
    body = {"term": term, "translation": translation, "note": note, "by": by}
    [outcome] = await store.write(Collection.CONTENT, [Write(id, body)])
    ensure_saved(outcome)


async def get_term(store: Store, lang: str, id: str) -> GlossaryTerm:
    """A word of a language's glossary. Raises NotFound, also for a word of another language."""
    record = await store.get(Collection.CONTENT, id) if id.startswith(f"term:{lang}:") else None
    if record is None:
        raise NotFound("term-unknown", "Ce mot n’est plus dans le lexique.", "Rechargez la page du lexique.")
    return _term_of(record)


async def remove_term(store: Store, term: GlossaryTerm) -> None:
    [outcome] = await store.write(Collection.CONTENT, [Write(term.id, None, term.rev)])
    ensure_saved(outcome)


def terms_in(text: str, glossary: list[GlossaryTerm]) -> list[GlossaryTerm]:
    """The words of a glossary that stand in a text, whatever their accents, capitals and plural."""
    words = [_stem(word) for word in terms(text)]
    return [term for term in glossary if _stands_in([_stem(word) for word in terms(term.term)], words)]


def _stands_in(phrase: list[str], words: list[str]) -> bool:
    return bool(phrase) and any(
        words[start : start + len(phrase)] == phrase for start in range(len(words) - len(phrase) + 1)
    )


def _stem(word: str) -> str:
    return word[:-1] if len(word) > 3 and word[-1] in "sx" else word


def _term_of(record: Record) -> GlossaryTerm:
    body = record.body
    return GlossaryTerm(body["term"], body["translation"], body["note"], body["by"], record.id, record.rev)
