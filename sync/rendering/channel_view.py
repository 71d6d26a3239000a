"""The view of a channel, with which its pages are rendered: selected documents, language, addresses and templates.

Line breaks and indentation in templates are removed; a space between two lines is written `{{ " " }}`.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
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
from sync.documents.markdown import find_media_names, find_targets
from sync.documents.model import FormDocument, Guide, Medium, Notice, Site, Synonyms
from sync.editions.page import BODY_LIMIT, KeptPage, Page, Part
from sync.errors import BadContent
from sync.locale import FRENCH, Language, Translator
from sync.rendering.addresses import Addresses, relative_address
from sync.rendering.citations import external_link, source_citer
from sync.rendering.document_selection import (
    ChannelSelection,
    SelectedDocument,
    select_documents,
    untranslated_languages,
)
from sync.rendering.document_text import (
    MEDIA_REFERENCE,
    TARGET,
    Article,
    PageSound,
    PricedMedium,
    UnlistedLink,
    summary_unless_repeated,
    wrap_actions,
)
from sync.rendering.letter_text import placeholders_as_blanks
from sync.rendering.minify import minify, unescape_text
from sync.rendering.page_cache import PageCache
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
    """One channel. `topic_groups`: topics with guides. `paths`: complaint paths. `alerts`: newest first.

    `untranslated`: languages of this site whose channels have few essential guides in them.
    """

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
    synonyms: Synonyms = field(default_factory=Synonyms)
    cache: PageCache | None = None
    untranslated: frozenset[str] = frozenset()

    @classmethod
    def for_channel(cls, library: Library, channel: str, assets: Assets, cache: PageCache | None = None) -> ChannelView:
        selection = select_documents(library, channel)
        language = assets.translator.language_of(selection.lang)
        templates = {(entry.document.slug, entry.document.lang): entry.document for entry in selection.templates}
        country = selection.country
        data = replace(
            library,
            templates=templates,
            routes={country: selection.route},
            authorities={country: selection.authorities},
        )
        paths = tuple(complaints.resolve_paths(data, country, selection.lang))
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
            library.synonyms,
            cache,
            untranslated_languages(library),
        )

    def render_page(
        self,
        path: str,
        template: str,
        title: str,
        part: Part = "rest",
        is_fallback: bool = False,
        source: str = "",
        tail: str = "",
        **values: Any,
    ) -> Page | KeptPage:
        """Render the page at `path`, unless the cache has it.

        `is_fallback`: the whole page is in the site's language, because its document is, with a notice. `source`: file
        in the content folder, for errors. `tail`: HTML after the page, as it is. `values`: all that the template sees
        besides the languages, of types that `InputDigests` encodes. Raises BadContent if the page exceeds the limit.
        """
        key = None
        if self.cache is not None:
            languages = self.page_language(is_fallback), self.language, self.site.lang
            key = self.cache.key(path, template, title, is_fallback, tail, languages, values)
            if name := self.cache.find(key):
                return KeptPage(path, name, part)
        try:
            body = self.render_body(path, template, title, is_fallback, source, **values)
        except UnlistedLink:  # the key lacks it: the page is rendered each time
            exact = {name: self._parsed(value, path) for name, value in values.items()}
            return Page(path, self.render_body(path, template, title, is_fallback, source, **exact) + tail, part)
        page = Page(path, body + tail, part)
        if self.cache is not None and key is not None:
            self.cache.used[key] = page.digest
        return page

    def measure_body(self, path: str, template: str, title: str, source: str = "", **values: Any) -> int:
        """The bytes of the body of the page at `path`, measured once for all channels of a language."""
        if self.cache is None:
            return len(self.render_body(path, template, title, False, source, **values).encode())
        key = self.cache.key(path, template, title, self.language, values)
        sizes = self.cache.inputs.sizes
        if key not in sizes:
            sizes[key] = len(self.render_body(path, template, title, False, source, **values).encode())
        return sizes[key]

    def render_body(
        self, path: str, template: str, title: str, is_fallback: bool = False, source: str = "", **values: Any
    ) -> str:
        """The body of the page at `path`. Parameters and errors as of `render_page`."""
        language = self.page_language(is_fallback)
        html = render_template(template, language, path, **values)
        if is_fallback:
            site_language = self.language.name_of(self.site.lang)
            html = render_template(
                "fallback.html", self.language, path, body=html, body_language=language, site_language=site_language
            )
        body = f"{unescape_text(escape(title))}\n{minify(html + pictograms.define_used(html))}"
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
        return body

    def page_language(self, is_fallback: bool) -> Language:
        """The language of a page: the channel's, or the site's for a fallback."""
        return self.assets.translator.language_of(self.site.lang) if is_fallback else self.language

    def topic_tiles(self, is_team: bool = False) -> tuple[tuple[str, str, str], ...]:
        """Slug, pictogram and title of each topic with guides: the readers', or those for the site's own people."""
        groups = (group for group in self.topic_groups if group.topic.team == is_team)
        return tuple((group.slug, group.topic.pictogram, self.topic_title(group)) for group in groups)

    def topic_title(self, group: TopicGroup, language: Language | None = None) -> str:
        """A topic's title in the channel's language or in another one."""
        return group.title((language or self.language).code, self.site.lang)

    def markdown(self, text: str, page: str) -> Markup:
        return self._resolve(text, page, find_targets(text), find_media_names(text)).to_html()

    def article(self, text: str, page: str) -> Article:
        """The text with the links and media that can be seen in it without parsing it."""
        return self._resolve(text, page, TARGET.findall(text), MEDIA_REFERENCE.findall(text))

    def _parsed(self, value: Any, page: str) -> Any:
        """An article with the links and media that its parsed text has; other values as they are."""
        if not isinstance(value, Article):
            return value
        return self._resolve(value.text, page, find_targets(value.text), find_media_names(value.text))

    def _resolve(self, text: str, page: str, targets: Iterable[str], media: Iterable[str]) -> Article:
        resolve = self.addresses.link_resolver(page)
        return Article(
            text,
            tuple((target, resolve(target)) for target in dict.fromkeys(targets)),
            tuple((name, self.priced_medium(name)) for name in dict.fromkeys(media)),
            self.language,
        )

    def priced_medium(self, name: str) -> PricedMedium | None:
        """An image or recording with the cost of its download; None for an unknown one."""
        medium = self.media.get(name)
        return None if medium is None else PricedMedium(medium, self.cost(medium))

    def sounds(self, document: Guide | Notice) -> tuple[PageSound, ...]:
        """The recordings of a document: in its own language, then the reviewed ones in languages that are heard."""
        own = self.priced_medium(document.audio)
        versions = [
            (version, sound)
            for version in document.spoken
            if version.reviewed and (sound := self.priced_medium(version.media))
        ]
        return (
            *((PageSound(document.lang, "", own),) if own else ()),
            *(
                PageSound(version.lang, self.language.name_of(version.lang), sound, version.by, version.marks)
                for version, sound in versions
            ),
        )

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
        """A document as a row of a list: its linked title; a fallback says its language, in words and as an attribute.

        A document with a recording has a picture of that.
        """
        document = entry.document
        kind = "guides" if isinstance(document, Guide) else "notices"
        address = relative_address(page, f"{kind}/{document.slug}")
        attribute = self.lang_attribute(entry.is_fallback)
        title = escape(document.title)
        if self.sounds(document):
            title = Markup("{}<span>{}</span>").format(pictograms.use("listen"), title)
        if entry.is_fallback:
            title = Markup("{} <small lang={}>({})</small>").format(
                title, self.language.code, self.language.name_of(self.site.lang)
            )
        return Markup(f"<a href={address}{attribute}>{title}</a>")  # noqa: S704  (slugs need no escape)

    def lang_attribute(self, is_fallback: bool) -> Markup:
        return Markup(" lang={}").format(self.site.lang) if is_fallback else Markup("")


def render_template(template: str, language: Language, path: str, **values: Any) -> Markup:
    """Render a template with `values` and the common functions: `_`, `icon`, `to`, `external_link`, `cite`, `article`,
    `summary_unless_repeated` and `placeholders_as_blanks`.
    """

    def to(target: str) -> str:
        return relative_address(path, target)

    def article(text: Article) -> Markup:
        return wrap_actions(text.to_html(), language)

    html = (
        _environment()
        .get_template(template)
        .render(
            language=language,
            _=language,
            icon=pictograms.use,
            to=to,
            article=article,
            summary_unless_repeated=summary_unless_repeated,
            placeholders_as_blanks=placeholders_as_blanks,
            external_link=external_link,
            cite=source_citer(language),
            **values,
        )
    )
    return Markup(html)  # noqa: S704  (the templates escape)


class _TemplateLoader(FileSystemLoader):
    def get_source(self, environment: Environment, template: str) -> tuple[str, str, Callable[[], bool]]:
        source, name, is_up_to_date = super().get_source(environment, template)
        return _INDENTATION.sub("", source), name, is_up_to_date


@cache
def _environment() -> Environment:
    return Environment(
        loader=_TemplateLoader(Path(__file__).parent / "templates"), autoescape=True, undefined=StrictUndefined
    )
