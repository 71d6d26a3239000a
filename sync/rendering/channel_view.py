"""The view of a channel, with which its pages are rendered: selected documents, language, addresses and templates.

Line breaks and indentation in templates are removed; a space between two lines is written `{{ " " }}`.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from functools import cache
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup, escape

from sync import complaints
from sync.alerts.channel_alerts import ChannelAlert, channel_alerts
from sync.alerts.library_with_alerts import Library
from sync.documents import pictograms
from sync.documents.markdown import MediaLink, to_html
from sync.documents.model import FormDocument, Guide, Medium, Notice, Site, Source
from sync.editions.page import BODY_LIMIT, Page, Part
from sync.errors import BadContent
from sync.locale import FRENCH, Language, Translator
from sync.rendering.addresses import Addresses, relative_address
from sync.rendering.document_selection import ChannelSelection, SelectedDocument, select_documents
from sync.rendering.minify import minify, unescape_text
from sync.rendering.topics import TopicGroup, group_by_topic
from sync.rendering.typography import french_spacing

_INDENTATION = re.compile(r"\n\s*")


@dataclass(frozen=True, slots=True)
class Assets:
    """The output of the build and the keys that pages contain: styles, addresses of module scripts, translations.

    `recovery`: the public recovery key, to which sealed forms are sealed too; "": sealed forms are not shown.
    """

    css: str = ""
    scripts: tuple[str, ...] = ()
    translator: Translator = field(default_factory=Translator)
    recovery: str = ""


@dataclass(frozen=True, slots=True)
class ChannelView:
    """One channel. `topic_groups`: topics with guides. `paths`: complaint paths. `alerts`: newest first."""

    site: Site
    selection: ChannelSelection
    assets: Assets
    language: Language
    topic_groups: tuple[TopicGroup, ...]
    paths: tuple[complaints.ComplaintPath, ...]
    addresses: Addresses
    alerts: tuple[ChannelAlert, ...]
    forms: tuple[FormDocument, ...]
    media: Mapping[str, Medium] = field(default_factory=dict)

    @classmethod
    def for_channel(cls, library: Library, channel: str, assets: Assets) -> ChannelView:
        selection = select_documents(library, channel)
        language = assets.translator.language_of(selection.lang)
        templates = {(entry.document.slug, entry.document.lang): entry.document for entry in selection.templates}
        paths = tuple(
            complaints.resolve_paths(replace(library, templates=templates), selection.country, selection.lang)
        )
        topic_groups = group_by_topic(selection, language)
        addresses = Addresses.for_channel(
            selection, tuple(group.slug for group in topic_groups), tuple(path.harm for path in paths)
        )
        forms = tuple(library.forms[slug] for slug in sorted(library.forms))
        return cls(
            library.site,
            selection,
            assets,
            language,
            topic_groups,
            paths,
            addresses,
            channel_alerts(library, channel),
            forms,
            library.media,
        )

    def render_page(
        self,
        path: str,
        template: str,
        title: str,
        part: Part = "rest",
        is_fallback: bool = False,
        source: str = "",
        **values: Any,
    ) -> Page:
        """Render the page at `path`.

        `is_fallback`: the whole page is in the site's language, because its document is, with a notice. `source`: file
        in the content folder, for errors. Raises BadContent if the page exceeds the limit.
        """
        language = self.page_language(is_fallback)
        html = render_template(template, self, language, path, **values)
        if is_fallback:
            html = render_template("fallback.html", self, self.language, path, body=html, body_language=language)
        body = f"{unescape_text(escape(title))}\n{minify(html)}"
        if language.code == FRENCH:
            body = french_spacing(body)
        if len(body.encode()) > BODY_LIMIT:
            raise BadContent(
                source or path,
                0,
                "page-too-long",
                "La page pèse {bytes} octets, la limite est de {limit}.",
                "Coupez le texte en deux documents.",
                bytes=len(body.encode()),
                limit=BODY_LIMIT,
            )
        return Page(path, body, part)

    def page_language(self, is_fallback: bool) -> Language:
        """The language of a page: the channel's, or the site's for a fallback."""
        return self.assets.translator.language_of(self.site.lang) if is_fallback else self.language

    def topic_title(self, group: TopicGroup, language: Language | None = None) -> str:
        """A topic's title in the channel's language or in another one."""
        return group.title((language or self.language).code, self.site.lang)

    def markdown(self, text: str, page: str) -> Markup:
        return Markup(to_html(text, self.addresses.link_resolver(page), self.media_link))  # noqa: S704  (it has passed the sanitiser)

    def media_link(self, name: str, words: str) -> MediaLink | None:
        """The link that represents an image or a recording in a text; None for an unknown one."""
        medium = self.media.get(name)
        if medium is None:
            return None
        words = words or medium.label
        label = (
            self.language("Écouter : {words}", words=words)
            if medium.is_sound
            else self.language("Voir l’image : {words}", words=words)
        )
        return MediaLink(f"{label} ({self.cost(medium)})", medium.bytes)

    def cost(self, medium: Medium) -> str:
        """The cost of a download: "2 min 5 s, 240 ko, environ 0,6 F"; without the price where it is unknown."""
        size = self.language.size(medium.bytes)
        if medium.seconds:
            size = (
                self.language("{minutes} min {seconds} s", minutes=medium.seconds // 60, seconds=medium.seconds % 60)
                + f", {size}"
            )
        price = self.site.prices.get(self.selection.country)
        if price is None:
            return size
        francs = max(0.1, round(medium.bytes / 1_000_000 * price.francs, 1))
        return self.language("{size}, environ {francs} F", size=size, francs=self.language.number(francs))

    def list_row(self, entry: SelectedDocument[Guide] | SelectedDocument[Notice], page: str) -> Markup:
        """A document as a row of a list: its linked title, with a language attribute if it is a fallback."""
        document = entry.document
        kind = "guides" if isinstance(document, Guide) else "notices"
        return Markup("<a href={}{}>{}</a>").format(
            relative_address(page, f"{kind}/{document.slug}"), self.lang_attribute(entry.is_fallback), document.title
        )

    def lang_attribute(self, is_fallback: bool) -> Markup:
        return Markup(" lang={}").format(self.site.lang) if is_fallback else Markup("")


def render_template(template: str, view: ChannelView, language: Language, path: str, **values: Any) -> Markup:
    """Render a template with `values` and the common functions `_`, `icon`, `to`, `external_link` and `cite`."""

    def to(target: str) -> str:
        return relative_address(path, target)

    html = (
        _environment()
        .get_template(template)
        .render(
            view=view,
            site=view.site,
            selection=view.selection,
            assets=view.assets,
            language=language,
            _=language,
            icon=pictograms.use,
            to=to,
            external_link=external_link,
            cite=_source_citer(language),
            **values,
        )
    )
    return Markup(html)  # noqa: S704  (the templates escape)


def external_link(address: str, label: str = "") -> Markup:
    """A link to another site; only its label if the address is not https."""
    label = label or address.removeprefix("https://").rstrip("/")
    if not address.startswith("https://"):
        return escape(label)
    return Markup('<a href="{}" rel="noreferrer noopener">{}</a>').format(address, label)


def _source_citer(language: Language) -> Callable[[Source], Markup]:
    def cite(source: Source) -> Markup:
        """The linked name and the date, with a mark if the source has not been checked."""
        citation = external_link(source.url, source.name)
        if source.date:
            citation = Markup("{}, {}").format(citation, language.date(source.date))
        return citation if source.checked else Markup("{} <mark>{}</mark>").format(citation, language("non vérifié"))

    return cite


class _TemplateLoader(FileSystemLoader):
    def get_source(self, environment: Environment, template: str) -> tuple[str, str, Callable[[], bool]]:
        source, name, is_up_to_date = super().get_source(environment, template)
        return _INDENTATION.sub("", source), name, is_up_to_date


@cache
def _environment() -> Environment:
    return Environment(
        loader=_TemplateLoader(Path(__file__).parent / "templates"), autoescape=True, undefined=StrictUndefined
    )
