"""Selection of the documents in a channel's edition. Rendering shows exactly these.

Left out are documents and blocks for other countries, and drafts: translations without a speaker's review, unless the
site lists their language in `drafts`; and translated notices with another verdict than their original, or fewer
corrections. A document missing in the channel's language falls back to the site's (`is_fallback`).
"""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Generic, TypeAlias, TypeVar

from sync.alerts.library_with_alerts import Library
from sync.complaints import GENERAL, merged_route, translate_paths
from sync.documents.country_blocks import text_for_country
from sync.documents.library import DocumentLibrary
from sync.documents.model import (
    HARMS,
    Authorities,
    ComplaintRoute,
    Guide,
    HarmRoute,
    LetterTemplate,
    Notice,
    Place,
    Places,
    Site,
    Topic,
)
from sync.documents.recommendation import Recommendation

LocalizedDocument: TypeAlias = Guide | Notice | LetterTemplate | Recommendation
T = TypeVar("T", Guide, Notice, LetterTemplate, Recommendation)


@dataclass(frozen=True, slots=True)
class SelectedDocument(Generic[T]):
    """A document in a channel. `is_fallback`: it is in the site's language, for lack of the channel's."""

    document: T
    is_fallback: bool


@dataclass(frozen=True, slots=True)
class ChannelSelection:
    """All documents of a channel, in display order.

    `topics`: in the site's order; without topics.yaml the slugs that documents name. `route`: the country's route
    merged into the general one. `is_data_fallback`: `route`, `authorities` and letters are in the site's language,
    because one of their texts lacks the channel's.
    """

    channel: str
    lang: str
    country: str
    topics: tuple[Topic, ...]
    guides: tuple[SelectedDocument[Guide], ...]
    notices: tuple[SelectedDocument[Notice], ...]
    recommendations: tuple[SelectedDocument[Recommendation], ...]
    templates: tuple[SelectedDocument[LetterTemplate], ...]
    route: ComplaintRoute
    authorities: Authorities
    places: tuple[Place, ...]
    is_data_fallback: bool

    def guide(self, slug: str) -> SelectedDocument[Guide] | None:
        return next((entry for entry in self.guides if entry.document.slug == slug), None)

    def notice(self, slug: str) -> SelectedDocument[Notice] | None:
        return next((entry for entry in self.notices if entry.document.slug == slug), None)

    def template(self, slug: str) -> SelectedDocument[LetterTemplate] | None:
        return next((entry for entry in self.templates if entry.document.slug == slug), None)

    def harm(self, harm: str) -> HarmRoute | None:
        return next((entry for entry in self.route.harms if entry.harm == harm), None)


def is_draft(document: LocalizedDocument, site: Site) -> bool:
    """True for a translation without a speaker's review, in a language whose drafts the site does not show."""
    return document.lang != site.lang and document.reviewed is None and document.lang not in site.drafts


def current_notices(library: Library) -> dict[tuple[str, str], Notice]:
    """The notices without translations whose original has another verdict by now, or a correction that they lack."""
    originals = {slug: notice for (slug, lang), notice in library.notices.items() if lang == library.site.lang}
    return {
        (slug, lang): notice
        for (slug, lang), notice in library.notices.items()
        if not _is_overtaken(notice, originals.get(slug, notice))
    }


def _is_overtaken(notice: Notice, original: Notice) -> bool:
    return notice.verdict != original.verdict or len(notice.corrections) < len(original.corrections)


def select_documents(library: Library, channel: str) -> ChannelSelection:
    """Select the documents of `channel` (language-COUNTRY)."""
    lang, _, country = channel.partition("-")
    translated = None if lang == library.site.lang else _translate_data(library, lang, country)
    data = translated or library
    data_lang = lang if translated else library.site.lang
    guides = _select(library.guides, library.site, lang, country)
    notices = select_notices(library, channel)
    places = library.places.get(country)
    country_name = _name_in(places, lang) if places else country
    return ChannelSelection(
        channel=channel,
        lang=lang,
        country=country,
        topics=library.topics or _named_topics(guides, notices, library.site.lang),
        guides=guides,
        notices=notices,
        recommendations=tuple(
            _with_sendings(entry, library) for entry in _select(library.recommendations, library.site, lang, country)
        ),
        templates=_select(library.templates, library.site, data_lang, country),
        route=_merged_routes(data, country),
        authorities=data.authorities.get(country, Authorities(country, country_name, ())),
        places=tuple(replace(place, name=_name_in(place, lang)) for place in places.places) if places else (),
        is_data_fallback=lang != data_lang,
    )


def _name_in(place: Place | Places, lang: str) -> str:
    return place.names.get(lang, place.name)


def select_notices(library: Library, channel: str) -> tuple[SelectedDocument[Notice], ...]:
    """The notices of `channel`, in display order."""
    lang, _, country = channel.partition("-")
    notices = _select(current_notices(library), library.site, lang, country)
    return tuple(_with_wordings(entry, library) for entry in notices)


def can_concern(document: object, country: str, site_lang: str) -> bool:
    """False for a document on which no page of a channel of `country` depends: a guide for other countries.

    Essential guides and translations concern every channel, for the list of languages counts them.
    """
    if not isinstance(document, Guide) or document.essential or document.lang != site_lang:
        return True
    return not document.countries or country in document.countries


def untranslated_languages(library: Library) -> frozenset[str]:
    """Languages of the site's channels in which less than half of the essential guides can be read."""
    site = library.site
    guides = [guide for guide in library.guides.values() if not is_draft(guide, site)]
    essential = {guide.slug for guide in guides if guide.essential and guide.lang == site.lang}
    languages = {channel.partition("-")[0] for channel in site.channels}
    return frozenset(
        lang
        for lang in languages
        if 2 * len(essential & {guide.slug for guide in guides if guide.lang == lang}) < len(essential)
    )


def _select(
    documents: Mapping[tuple[str, str], T], site: Site, lang: str, country: str
) -> tuple[SelectedDocument[T], ...]:
    entries: dict[str, SelectedDocument[T]] = {}
    for document_lang in dict.fromkeys((lang, site.lang)):
        for document in documents.values():
            if document.lang != document_lang or document.slug in entries or is_draft(document, site):
                continue
            if not document.countries or country in document.countries:
                body = text_for_country(document.body, country)
                shown = document if body == document.body else replace(document, body=body)
                entries[document.slug] = SelectedDocument(shown, is_fallback=document_lang != lang)
    return tuple(sorted(entries.values(), key=lambda entry: _sort_key(entry.document)))


def _translate_data(library: Library, lang: str, country: str) -> DocumentLibrary | None:
    """The library with the country's paths and offices in `lang`; None if a text or a letter of them lacks it."""
    letters = _select(library.templates, library.site, lang, country)
    return None if any(letter.is_fallback for letter in letters) else translate_paths(library, country, lang)


def _with_wordings(entry: SelectedDocument[Notice], library: Library) -> SelectedDocument[Notice]:
    """A translated notice with the wordings of its original if it has none: messages come in any language."""
    original = library.notices.get((entry.document.slug, library.site.lang))
    if entry.document.wordings or original is None or not original.wordings:
        return entry
    return replace(entry, document=replace(entry.document, wordings=original.wordings))


def _with_sendings(entry: SelectedDocument[Recommendation], library: Library) -> SelectedDocument[Recommendation]:
    """A translated recommendation with what became of its original: it was sent once, whatever the language."""
    original = library.recommendations.get((entry.document.slug, library.site.lang))
    if original is None or original is entry.document:
        return entry
    return replace(entry, document=replace(entry.document, sent=original.sent))


def _sort_key(document: LocalizedDocument) -> tuple[int, str, str]:
    return document.order, _without_accents(document.title), document.slug


@lru_cache(maxsize=20_000)
def _without_accents(title: str) -> str:
    """Cached, because every channel sorts the same titles."""
    letters = unicodedata.normalize("NFD", title)
    return "".join(letter for letter in letters if not unicodedata.combining(letter)).casefold()


def _named_topics(
    guides: tuple[SelectedDocument[Guide], ...], notices: tuple[SelectedDocument[Notice], ...], lang: str
) -> tuple[Topic, ...]:
    slugs = {slug for guide in guides for slug in guide.document.topics} | {
        slug for notice in notices for slug in notice.document.topics
    }
    return tuple(Topic(slug, "", {lang: slug.replace("-", " ").capitalize()}) for slug in sorted(slugs))


def _merged_routes(library: DocumentLibrary, country: str) -> ComplaintRoute:
    harm_routes = (merged_route(library, country, harm) for harm in HARMS)
    routes = [library.routes[code] for code in (GENERAL, country) if code in library.routes]
    updated = max((route.updated for route in routes), default="")
    return ComplaintRoute(country, tuple(harm_route for harm_route in harm_routes if harm_route), updated)
