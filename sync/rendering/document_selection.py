"""Which documents enter an edition: `choose(library, channel)` answers for one channel, and rendering shows exactly that.

A translation that no speaker reviewed is a draft and stays out unless the site lists its language in `drafts`. A document for other
countries stays out. What the channel's language lacks falls back to the site's language, marked `fallback`.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Generic, TypeAlias, TypeVar

from sync.alerts.library import Library
from sync.complaints import GENERAL, merged_route
from sync.documents.model import (
    HARMS,
    Authorities,
    ComplaintRoute,
    Guide,
    HarmRoute,
    LetterTemplate,
    Notice,
    Place,
    Site,
    Topic,
)

LocalizedDocument: TypeAlias = Guide | Notice | LetterTemplate
T = TypeVar("T", Guide, Notice, LetterTemplate)


@dataclass(frozen=True, slots=True)
class SelectedDocument(Generic[T]):
    """A document as a channel shows it; `fallback`: it is in the site's language because the channel's own has none."""

    document: T
    is_fallback: bool


@dataclass(frozen=True, slots=True)
class ChannelSelection:
    """All that one channel shows, in the order it is shown.

    `topics` are in the site's order; without topics.yaml they are the slugs that documents name. `route` is the country's path laid harm
    by harm over the general one. Country data (`route`, `authorities`, `places`) are written in the site's language: `is_data_fallback`
    says that it is not the channel's.
    """

    channel: str
    lang: str
    country: str
    topics: tuple[Topic, ...]
    guides: tuple[SelectedDocument[Guide], ...]
    notices: tuple[SelectedDocument[Notice], ...]
    templates: tuple[SelectedDocument[LetterTemplate], ...]
    route: ComplaintRoute
    authorities: Authorities
    places: tuple[Place, ...]
    is_data_fallback: bool

    def guide(self, slug: str) -> SelectedDocument[Guide] | None:
        return next((chosen for chosen in self.guides if chosen.document.slug == slug), None)

    def notice(self, slug: str) -> SelectedDocument[Notice] | None:
        return next((chosen for chosen in self.notices if chosen.document.slug == slug), None)

    def template(self, slug: str) -> SelectedDocument[LetterTemplate] | None:
        return next((chosen for chosen in self.templates if chosen.document.slug == slug), None)

    def harm(self, harm: str) -> HarmRoute | None:
        return next((entry for entry in self.route.harms if entry.harm == harm), None)


def is_draft(document: LocalizedDocument, site: Site) -> bool:
    """A translation without a speaker's review, in a language whose drafts the site does not show."""
    return document.lang != site.lang and document.reviewed is None and document.lang not in site.drafts


def select_documents(library: Library, channel: str) -> ChannelSelection:
    """What `channel` (language-COUNTRY) shows."""
    lang, _, country = channel.partition("-")
    guides = _select(library.guides, library.site, lang, country)
    notices = _select(library.notices, library.site, lang, country)
    places = library.places.get(country)
    return ChannelSelection(
        channel=channel,
        lang=lang,
        country=country,
        topics=library.topics or _named_topics(guides, notices, library.site.lang),
        guides=guides,
        notices=notices,
        templates=_select(library.templates, library.site, lang, country),
        route=_merged_routes(library, country),
        authorities=library.authorities.get(country, Authorities(country, places.name if places else country, ())),
        places=places.places if places else (),
        is_data_fallback=lang != library.site.lang,
    )


def _select(
    documents: Mapping[tuple[str, str], T], site: Site, lang: str, country: str
) -> tuple[SelectedDocument[T], ...]:
    chosen: dict[str, SelectedDocument[T]] = {}
    for wanted in dict.fromkeys((lang, site.lang)):
        for document in documents.values():
            if document.lang != wanted or document.slug in chosen or is_draft(document, site):
                continue
            if not document.countries or country in document.countries:
                chosen[document.slug] = SelectedDocument(document, is_fallback=wanted != lang)
    ranked = sorted((_sort_key(entry.document), slug) for slug, entry in chosen.items())
    return tuple(chosen[slug] for _, slug in ranked)


def _sort_key(document: LocalizedDocument) -> tuple[int, str, str]:
    plain = "".join(
        letter for letter in unicodedata.normalize("NFD", document.title) if not unicodedata.combining(letter)
    )
    return document.order, plain.casefold(), document.slug


def _named_topics(
    guides: tuple[SelectedDocument[Guide], ...], notices: tuple[SelectedDocument[Notice], ...], lang: str
) -> tuple[Topic, ...]:
    named = {slug for guide in guides for slug in guide.document.topics} | {
        slug for notice in notices for slug in notice.document.topics
    }
    return tuple(Topic(slug, "", {lang: slug.replace("-", " ").capitalize()}) for slug in sorted(named))


def _merged_routes(library: Library, country: str) -> ComplaintRoute:
    entries = (merged_route(library, country, harm) for harm in HARMS)
    found = [library.routes[code] for code in (GENERAL, country) if code in library.routes]
    return ComplaintRoute(
        country, tuple(entry for entry in entries if entry), max((route.updated for route in found), default="")
    )
