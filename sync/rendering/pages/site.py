"""Pages of the site itself: the shell, home, search, the phone, about, languages."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from markupsafe import Markup

from sync.documents import pictograms
from sync.documents.code_labels import HARM_PICTOGRAMS, VERDICT_PICTOGRAMS, VERDICTS
from sync.documents.model import Guide, Medium
from sync.editions.page import INDEX, MISSING, SHELL, KeptPage, Page
from sync.rendering.channel_view import ChannelView, render_template
from sync.rendering.content_security_policy import build_policy
from sync.rendering.document_selection import SelectedDocument
from sync.rendering.minify import minify
from sync.rendering.pages import alerts, forms
from sync.search.lexicon import LEXICON_PATH

_HOME_ORDER = (
    "hate-threat",
    "child",
    "intimate-images",
    "account",
    "scam",
    "identity",
    "insult",
    "image",
    "personal-data",
    "false-information",
)
METHOD_PATH = "checking"
SCALE_GUIDE = "comprendre-les-verdicts"  # explains each verdict, where the site has it
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
    footer = (
        *form_links,
        ("settings", _("Réglages")),
        ("phone", _("Mon téléphone")),
        ("about", _("À propos")),
        ("languages", _("Langue et pays")),
    )
    policy = build_policy(view.assets.css, view.site.hubs)
    html = render_template(
        "shell.html",
        _,
        SHELL,
        channel=view.selection.channel,
        site=view.site,
        scripts=view.assets.scripts,
        navigation=navigation,
        footer=footer,
        symbols=pictograms.define(pictograms.FRAME),
        policy=policy,
        alert=alerts.banner(view),
    )
    # The CSS is inserted after minification, because the policy contains its hash.
    return Page(SHELL, minify(html).replace(_CSS_MARKER, view.assets.css), "first")


def missing_page(view: ChannelView) -> Page | KeptPage:
    """The page for an unknown address; its links are absolute, because it is shown at any address."""
    return view.render_page(
        MISSING,
        "missing.html",
        view.language("Cette page n’est pas dans votre téléphone"),
        "first",
        channel=view.selection.channel,
    )


def home_page(view: ChannelView, essential: Sequence[SelectedDocument[Guide]]) -> Page | KeptPage:
    rows = [view.list_row(entry, INDEX) for entry in essential]
    return view.render_page(
        INDEX,
        "home.html",
        view.site.name,
        "first",
        tagline=view.site.taglines.get(view.selection.lang, view.site.tagline),
        harms=_harm_tiles(view),
        harms_lang=view.lang_attribute(view.selection.is_data_fallback),
        essential=rows,
        tiles=view.topic_tiles(),
    )


def _harm_tiles(view: ChannelView) -> tuple[tuple[str, str, str], ...]:
    """Slug, pictogram and title of each harm with a path: danger to life and body first, then what happens most."""
    paths = sorted(view.paths, key=lambda path: _HOME_ORDER.index(path.harm))
    return tuple((path.harm, HARM_PICTOGRAMS[path.harm], path.title) for path in paths)


def other_pages(view: ChannelView) -> Iterator[Page | KeptPage]:
    _ = view.language
    site = view.site
    yield view.render_page("search", "search.html", _("Chercher"))
    synonyms = view.synonyms
    if synonyms.ignored or synonyms.groups:
        yield view.render_page(LEXICON_PATH, "search_words.html", _("Les mots de la recherche"), synonyms=synonyms)
    price = site.prices.get(view.selection.country)
    notice_topics = {topic for entry in view.selection.notices for topic in entry.document.topics}
    topics = [
        (topic.slug, topic.titles.get(view.selection.lang) or topic.titles.get(site.lang, topic.slug))
        for topic in view.selection.topics
        if topic.slug in notice_topics
    ]
    yield view.render_page(
        "phone",
        "phone.html",
        _("Mon téléphone"),
        price=price,
        topics=topics,
        places=[(place.code, place.name) for place in view.selection.places],
        has_hubs=bool(site.hubs),
    )
    yield view.render_page(
        "about",
        "about.html",
        _("À propos"),
        source="site.yaml",
        about=_localized_text(view, site.about),
        privacy=_localized_text(view, site.privacy),
        contact=view.markdown(site.contact, "about"),
        has_method=bool(site.checking),
        has_recommendations=bool(view.selection.recommendations),
        price=price,
    )
    if site.checking:
        yield view.render_page(
            METHOD_PATH,
            "checking.html",
            _("Comment nous vérifions"),
            source="site.yaml",
            text=_localized_text(view, site.checking),
            scale=tuple((VERDICT_PICTOGRAMS[verdict], VERDICTS[verdict]) for verdict in VERDICTS),
            has_guide=view.selection.guide(SCALE_GUIDE) is not None,
            licence=site.licence,
        )
    yield view.render_page("install", "install.html", _("Sur l’écran d’accueil"))
    yield view.render_page(
        "settings",
        "settings.html",
        _("Réglages"),
        country=_.country(view.selection.country),
        spoken=tuple(_spoken_guides(view)),
    )
    yield view.render_page(
        "languages",
        "languages.html",
        _("Langue et pays"),
        languages=tuple(_reading_languages(view)),
    )


@dataclass(frozen=True, slots=True)
class SpokenGuides:
    """The essential guides spoken in a language. `sounds`: files, `OPUS` or `OPUS:AAC`; `cost`: of all, in words."""

    lang: str
    name: str
    guides: tuple[tuple[str, str], ...]
    sounds: str
    cost: str


def _spoken_guides(view: ChannelView) -> Iterator[SpokenGuides]:
    """By language, those with a reviewed recording that this site keeps."""
    by_lang: dict[str, list[tuple[Guide, Medium]]] = {}
    for guide in (entry.document for entry in view.selection.guides if entry.document.essential):
        for entry in view.sounds(guide):
            if entry.language:
                by_lang.setdefault(entry.lang, []).append((guide, entry.sound.medium))
    for lang, spoken in sorted(by_lang.items()):
        media = [medium for _, medium in spoken]
        total = Medium("", sum(medium.bytes for medium in media))
        yield SpokenGuides(
            lang,
            view.language.name_of(lang),
            tuple((guide.slug, guide.title) for guide, _ in spoken),
            " ".join(f"{medium.name}:{medium.aac}".rstrip(":") for medium in media),
            view.cost(total),
        )


def _localized_text(view: ChannelView, texts: Mapping[str, str]) -> Markup:
    """A text of the site in the channel's language, else in the site's with a language attribute."""
    text = texts.get(view.selection.lang)
    if text is not None:
        return view.markdown(text, "about")
    return Markup("<div{}>{}</div>").format(
        view.lang_attribute(is_fallback=True), view.markdown(texts.get(view.site.lang, ""), "about")
    )


@dataclass(frozen=True, slots=True)
class ReadingLanguage:
    """A language of this site: its autonym, what of it is not translated ("": nothing), and its channels, each with
    the country's name in that language.
    """

    lang: str
    name: str
    untranslated: str
    channels: tuple[tuple[str, str], ...]


def _reading_languages(view: ChannelView) -> Iterator[ReadingLanguage]:
    """The languages of the site's channels, in the order in which the site names them first."""
    countries: dict[str, list[str]] = {}
    for channel in view.site.channels:
        lang, _, country = channel.partition("-")
        countries.setdefault(lang, []).append(country)
    for lang, codes in countries.items():
        language = view.assets.translator.language_of(lang)
        untranslated = ""
        if lang in view.untranslated:
            untranslated = language(
                "Seuls les boutons sont traduits. Les textes sont en {language}.",
                language=language.name_of(view.site.lang),
            )
        channels = tuple((f"{lang}-{code}", language.country(code)) for code in codes)
        yield ReadingLanguage(lang, language.name, untranslated, channels)
