"""The text of a guide or notice with its links and media resolved: all that its HTML depends on."""

from __future__ import annotations

import re
from dataclasses import dataclass

from markupsafe import Markup, escape

from sync.documents.markdown import LINK_KINDS, MediaLink, to_html, to_text
from sync.documents.model import Medium
from sync.locale import Language

TARGET = re.compile(rf"(?:{'|'.join(LINK_KINDS)}):[a-z0-9-]{{1,60}}")
MEDIA_REFERENCE = re.compile(r"media:([A-Za-z0-9_-]{43}\.(?:webp|opus))")


class UnlistedLink(LookupError):
    """A link that the text contains in another spelling than the address it leads to, with an entity for example."""


@dataclass(frozen=True, slots=True)
class PricedMedium:
    """An image or recording with the words for the cost of its download."""

    medium: Medium
    cost: str


@dataclass(frozen=True, slots=True)
class PageSound:
    """A recording of a page. `language`: its name in words, "" for the page's own. `by`: whose voice, or ""."""

    lang: str
    language: str
    sound: PricedMedium
    by: str = ""
    marks: str = ""


@dataclass(frozen=True, slots=True)
class Article:
    """`addresses`: by target, None where the channel has no such page. `media`: by name, None for unknown ones.

    `language`: of the labels of media.
    """

    text: str
    addresses: tuple[tuple[str, str | None], ...]
    media: tuple[tuple[str, PricedMedium | None], ...]
    language: Language

    def to_html(self) -> Markup:
        """The HTML. Raises UnlistedLink."""
        return Markup(to_html(self.text, self._resolve_link, self._resolve_media))  # noqa: S704  (it has passed the sanitiser)

    def _resolve_link(self, target: str) -> str | None:
        try:
            return dict(self.addresses)[target]
        except KeyError:
            raise UnlistedLink(target) from None

    def _resolve_media(self, name: str, words: str) -> MediaLink | None:
        """The link that represents an image or a recording in a text; None for an unknown one."""
        try:
            priced = dict(self.media)[name]
        except KeyError:
            raise UnlistedLink(name) from None
        if priced is None:
            return None
        words = words or priced.medium.label
        label = (
            self.language("Écouter : {words}", words=words)
            if priced.medium.is_sound
            else self.language("Voir l’image : {words}", words=words)
        )
        return MediaLink(f"{label} ({priced.cost})", priced.medium.bytes)


def summary_unless_repeated(summary: str, body: str) -> str:
    """The summary, or "" if the text starts with the same words."""
    opening = " ".join(summary.split()).rstrip(" .…")
    return "" if " ".join(to_text(body).split()).startswith(opening) else summary


def wrap_actions(html: Markup, language: Language) -> Markup:
    """Wrap the section "Que faire maintenant" in an element of its own, if it is the last one."""
    title = re.escape(escape(language("Que faire maintenant")))
    heading = re.search(rf"<h2[^>]*>{title}</h2>(?!.*<h2)", html, re.DOTALL)
    if heading is None:
        return html
    return Markup(f"{html[: heading.start()]}<section>{html[heading.start() :]}</section>")  # noqa: S704  (cut between elements of safe HTML)
