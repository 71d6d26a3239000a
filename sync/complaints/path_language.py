"""Paths and offices in another language than the site's: all of a country's texts, or none of them.

A page of a path holds texts of several files; where one lacks its translation, readers get the whole in the site's
language, marked so.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any

from sync.complaints.complaint_path import GENERAL
from sync.documents.emergency import EmergencyLine, NumberToRing
from sync.documents.library import DocumentLibrary
from sync.documents.model import Authorities, Authority, Companion, ComplaintRoute, ComplaintStep, HarmRoute
from sync.documents.sources import Fact, Source

# The fields of each dataclass that readers need in their language; those that may stay as they are.
NEEDED: Mapping[type[Any], tuple[str, ...]] = {
    Authorities: ("name",),
    Authority: ("name", "address"),
    Companion: ("address",),
    ComplaintStep: ("ask", "do", "needs", "wait"),
    EmergencyLine: ("note", "instead"),
    Fact: ("text",),
    HarmRoute: ("title", "first", "danger", "last"),
    NumberToRing: ("note",),  # readers see it from the call on: a call must not end their language
}
OPTIONAL: Mapping[type[Any], tuple[str, ...]] = {HarmRoute: ("keywords",), Source: ("title",)}


def country_files(library: DocumentLibrary, country: str) -> tuple[ComplaintRoute | Authorities, ...]:
    """The files that make a country's paths: the general ones, its own, its offices."""
    routes = (library.routes.get(code) for code in (GENERAL, country))
    return tuple(file for file in (*routes, library.authorities.get(country)) if file is not None)


def needed_texts(value: Any) -> Iterator[str]:
    """Every text of a file that readers need, in its order."""
    yield from _texts_of(value, NEEDED)


def known_texts(value: Any) -> Iterator[str]:
    """Every text of a file that a translation may hold."""
    yield from _texts_of(value, NEEDED)
    yield from _texts_of(value, OPTIONAL)


def without_unknown_originals(offices: Authorities) -> Authorities:
    """The offices without translations of texts that are no longer among theirs."""
    known = frozenset(known_texts(offices))
    translations = {
        lang: replace(translation, texts=tuple(pair for pair in translation.texts if pair.original in known))
        for lang, translation in offices.translations.items()
    }
    return replace(offices, translations=translations)


def translated_texts(library: DocumentLibrary, country: str, lang: str) -> dict[str, str]:
    """The translations by their originals: reviewed ones, and drafts in a language whose drafts the site shows."""
    texts: dict[str, str] = {}
    for file in country_files(library, country):
        translation = file.translations.get(lang)
        if translation is not None and (translation.reviewed or lang in library.site.drafts):
            texts.update((pair.original, pair.translation) for pair in translation.texts)
    return texts


def untranslated_texts(library: DocumentLibrary, country: str, lang: str) -> list[str]:
    """The texts of a country's paths and offices that readers of `lang` need and that lack a translation."""
    texts = translated_texts(library, country, lang)
    needed = (text for file in country_files(library, country) for text in needed_texts(file))
    return [text for text in dict.fromkeys(needed) if text not in texts]


def translate_paths(library: DocumentLibrary, country: str, lang: str) -> DocumentLibrary | None:
    """The library with the country's paths and offices in `lang`; None if a text that readers need is not."""
    if not country_files(library, country) or untranslated_texts(library, country, lang):
        return None
    texts = translated_texts(library, country, lang)
    return replace(
        library,
        routes={code: _translate(file, texts) for code, file in library.routes.items() if code in (GENERAL, country)},
        authorities={code: _translate(file, texts) for code, file in library.authorities.items() if code == country},
    )


def _texts_of(value: Any, fields: Mapping[type[Any], tuple[str, ...]]) -> Iterator[str]:
    if isinstance(value, tuple):
        for item in value:
            yield from _texts_of(item, fields)
    elif dataclasses.is_dataclass(value):
        for field in dataclasses.fields(value):
            part = getattr(value, field.name)
            if field.name in fields.get(type(value), ()):
                yield from (text for text in (part if isinstance(part, tuple) else (part,)) if text)
            else:
                yield from _texts_of(part, fields)


def _translate(value: Any, texts: Mapping[str, str]) -> Any:
    """The value with each text replaced that a translation has; others stay."""
    if isinstance(value, tuple):
        return tuple(_translate(item, texts) for item in value)
    if not dataclasses.is_dataclass(value) or isinstance(value, type):
        return value
    readable = (*NEEDED.get(type(value), ()), *OPTIONAL.get(type(value), ()))
    changes: dict[str, Any] = {}
    for field in dataclasses.fields(value):
        part = getattr(value, field.name)
        if field.name not in readable:
            changes[field.name] = _translate(part, texts)
        elif isinstance(part, tuple):
            changes[field.name] = tuple(texts.get(text, text) for text in part)
        else:
            changes[field.name] = texts.get(part, part)
    return replace(value, **changes)
