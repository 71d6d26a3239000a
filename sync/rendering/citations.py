"""Citations: the sources of facts as links, with publisher, day, and how each page was read."""

from __future__ import annotations

from collections.abc import Callable

from markupsafe import Markup, escape

from sync.documents.sources import Source
from sync.locale import FRENCH, Language


def external_link(address: str, label: str = "") -> Markup:
    """A link to another site, which the policy of the page tells nothing; only its label for no address of the web."""
    label = label or address.removeprefix("https://").rstrip("/")
    if not address.startswith(("https://", "http://")):
        return escape(label)
    return Markup('<a href="{}">{}</a>').format(address, label)


def source_citer(language: Language) -> Callable[[Source], Markup]:
    """A function that cites a source in a language: `cite(source)`."""

    def cite(source: Source) -> Markup:
        """Linked title, publisher and day; how the page was read; a mark for what was not or must be checked."""
        day = source.published or (source.seen.day if source.is_search and source.seen else "")
        parts = [external_link(source.url, source.title), escape(source.publisher), escape(language.date(day))]
        citation = Markup(", ").join(part for part in parts if part)
        remarks = [_reading(source, language)]
        if source.archive:
            remarks.append(external_link(source.archive, language("copie gardée")))
        if not source.has_page and not source.is_search:
            remarks.append(_mark(language("non vérifié")))
        if source.review_by:
            remarks.append(_mark(language("à revérifier après le {date}", date=language.date(source.review_by))))
        separator = Markup(" ; ") if language.code == FRENCH else Markup("; ")
        return separator.join([citation, *(remark for remark in remarks if remark)])

    return cite


def _reading(source: Source, language: Language) -> Markup:
    """The day on which the address answered; else how and on which day its page was read."""
    if source.checked:
        return escape(language("adresse ouverte le {date}", date=language.date(source.checked)))
    if source.seen is None or source.is_search:
        return Markup("")
    if source.seen.how == "copy":
        return escape(language("lu dans une copie le {date}", date=language.date(source.seen.day)))
    return escape(language("lu le {date}", date=language.date(source.seen.day)))


def _mark(words: str) -> Markup:
    return Markup("<mark>{}</mark>").format(words)
