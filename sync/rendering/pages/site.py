"""Pages of the site itself: the shell, home, search, the phone, about, languages."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from itertools import chain

from markupsafe import Markup

from sync.documents import pictograms
from sync.documents.code_labels import HARM_PICTOGRAMS, VERDICT_PICTOGRAMS
from sync.documents.model import Guide
from sync.editions.page import INDEX, MISSING, SHELL, Page
from sync.rendering.channel_view import ChannelView, render_template
from sync.rendering.content_security_policy import build_policy
from sync.rendering.document_selection import SelectedDocument
from sync.rendering.minify import minify
from sync.rendering.pages import alerts, forms

_COMMON_PICTOGRAMS = ("book", "phone", "letter", "office", "stop", "misleading", "megaphone", "ear")
_CSS_MARKER = "<!--css-->"


def shell_page(view: ChannelView) -> Page:
    """The shell around every page: styles, pictograms, the most severe alert in force, navigation."""
    _ = view.language
    navigation = (
        ("", "home", _("Accueil")),
        ("guides", "book", _("Guides")),
        ("notices", "check", _("Vérifier")),
        ("complaints", "scales", _("Plainte")),
        ("search", "search", _("Chercher")),
    )
    form_links = (("forms", _("Signaler, demander")),) if forms.available_forms(view) else ()
    footer = (*form_links, ("phone", _("Mon téléphone")), ("about", _("À propos")), ("languages", _("Langue et pays")))
    symbols = pictograms.define(
        chain(
            _COMMON_PICTOGRAMS,
            (entry[1] for entry in navigation),
            (group.pictogram for group in view.topic_groups),
            HARM_PICTOGRAMS.values(),
            VERDICT_PICTOGRAMS.values(),
        )
    )
    policy = build_policy(view.assets.css, view.site.hubs)
    html = render_template(
        "shell.html",
        view,
        _,
        SHELL,
        navigation=navigation,
        footer=footer,
        symbols=symbols,
        policy=policy,
        alert=alerts.banner(view),
    )
    # The CSS is inserted after minification, because the policy contains its hash.
    return Page(SHELL, minify(html).replace(_CSS_MARKER, view.assets.css), "first")


def missing_page(view: ChannelView) -> Page:
    """The page for an unknown address; its links are absolute, because it is shown at any address."""
    return view.render_page(
        MISSING, "missing.html", view.language("Cette page n’est pas dans votre téléphone"), "first"
    )


def home_page(view: ChannelView, essential: Sequence[SelectedDocument[Guide]]) -> Page:
    rows = [view.list_row(entry, INDEX) for entry in essential]
    return view.render_page(
        INDEX, "home.html", view.site.name, "first", essential=rows, alerts=alerts.in_force_block(view)
    )


def other_pages(view: ChannelView) -> Iterator[Page]:
    _ = view.language
    site = view.site
    yield view.render_page("search", "search.html", _("Chercher"))
    price = site.prices.get(view.selection.country)
    notice_topics = {topic for entry in view.selection.notices for topic in entry.document.topics}
    topics = [
        (topic.slug, topic.titles.get(view.selection.lang) or topic.titles.get(site.lang, topic.slug))
        for topic in view.selection.topics
        if topic.slug in notice_topics
    ]
    yield view.render_page("phone", "phone.html", _("Mon téléphone"), price=price, topics=topics)
    yield view.render_page(
        "about",
        "about.html",
        _("À propos"),
        source="site.yaml",
        about=_localized_text(view, site.about),
        privacy=_localized_text(view, site.privacy),
        contact=view.markdown(site.contact, "about"),
        price=price,
    )
    yield view.render_page(
        "languages",
        "languages.html",
        _("Langue et pays"),
        channels=[_channel_row(view, channel) for channel in site.channels],
    )


def _localized_text(view: ChannelView, texts: Mapping[str, str]) -> Markup:
    """A text of the site in the channel's language, else in the site's with a language attribute."""
    text = texts.get(view.selection.lang)
    if text is not None:
        return view.markdown(text, "about")
    return Markup("<div{}>{}</div>").format(
        view.lang_attribute(is_fallback=True), view.markdown(texts.get(view.site.lang, ""), "about")
    )


def _channel_row(view: ChannelView, channel: str) -> tuple[str, str, str, str]:
    """(channel, language, the language's autonym, the country's name in that language)."""
    lang, _, country = channel.partition("-")
    language = view.assets.translator.language_of(lang)
    return channel, lang, language.name, language.country(country)
