"""Checks between documents: every reference has a target, and Markdown contains only what pages support."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from sync.complaints import AUTOMATIC_PLACEHOLDERS, PLACEHOLDER, known_texts
from sync.content.schemas import MARKDOWN_SCHEMAS
from sync.documents import markdown, model
from sync.documents.comprehension import pictograms_of
from sync.documents.country_blocks import find_block_errors
from sync.documents.field_types import ErrorReport, suggest
from sync.documents.pictograms import PICTOGRAMS
from sync.documents.translation_parts import LEADING_FIELDS, TextPart, find_losses, part_losses
from sync.documents.yaml_tree import YamlNode, line_of
from sync.errors import BadContent
from sync.locale import is_country, is_language
from sync.rendering.addresses import FIXED_PATHS, RECOMMENDATIONS
from sync.search.lexicon import LONGEST_PHRASE, Lexicon, Phrase

TRANSLATED_KINDS = ("guide", "notice", "template", "recommendation")
_MEDIA_LINK = re.compile(rf"media:{markdown.MEDIA_NAME.pattern}")


@dataclass(frozen=True, slots=True)
class ParsedDocument:
    """A document with its YAML tree; `body_line`: the line on which its Markdown starts."""

    kind: str
    value: Any
    path: str
    node: YamlNode
    body_line: int = 0


def find_errors(
    documents: Sequence[ParsedDocument], identities: Collection[tuple[str, str]], only_path: str = ""
) -> list[BadContent]:
    """Every error between documents; with `only_path`, those of the document with this path.

    `identities`: kind and slug (or country) of all files, including invalid ones.
    """
    targets = _Targets.of(documents, identities)
    originals = {_text_key(each): each.value for each in documents if getattr(each.value, "lang", "") == targets.lang}
    errors: list[BadContent] = []
    for document in documents:
        if only_path and document.path != only_path:
            continue
        report = ErrorReport(document.path)
        for text, line in _markdown_texts(document):
            _check_markdown(text, line, targets, report)
        _check_topics(document, targets, report)
        _check_audio(document, report)
        _check_answers(document, report)
        _check_translation(document, originals.get(_text_key(document)), report)
        if document.kind == "template":
            _check_placeholders(document, report)
        elif document.kind == "route":
            _check_route(document, targets, report)
            _check_data_translations(document, report)
        elif document.kind == "authorities":
            _check_data_translations(document, report)
        elif document.kind == "topics":
            _check_pictograms(document, report)
            _check_titles(document, targets.lang, report)
        elif document.kind == "synonyms":
            _check_synonyms(document, report)
        elif document.kind == "site":
            _check_channels(document, report)
        errors.extend(report.errors)
    return errors


@dataclass(frozen=True, slots=True)
class _Targets:
    """Targets of references, by kind. `lang`: the site's language.

    `topics` is None if the site has no list of topics: every topic is valid then.
    """

    lang: str
    slugs: dict[str, frozenset[str]]
    topics: frozenset[str] | None
    authorities: dict[str, frozenset[str]]
    countries: frozenset[str]

    @classmethod
    def of(cls, documents: Sequence[ParsedDocument], identities: Collection[tuple[str, str]]) -> _Targets:
        topics = next((document.value for document in documents if document.kind == "topics"), None)
        slugs = {kind: frozenset(slug for other, slug in identities if other == kind) for kind in MARKDOWN_SCHEMAS}
        slugs["complaint"] = frozenset(model.HARMS)
        slugs["page"] = frozenset((*FIXED_PATHS, *((RECOMMENDATIONS,) if slugs["recommendation"] else ())))
        authorities = [document.value for document in documents if document.kind == "authorities"]
        sites = [document.value for document in documents if document.kind == "site"]
        return cls(
            sites[0].lang if sites else model.Site().lang,
            slugs,
            None if topics is None else frozenset(topic.slug for topic in topics),
            {offices.country: frozenset(office.slug for office in offices.authorities) for offices in authorities},
            frozenset(slug for kind, slug in identities if kind == "authorities"),
        )


def _markdown_texts(document: ParsedDocument) -> Iterator[tuple[str, int]]:
    """Each Markdown text of a document with the number of the line before it."""
    if document.kind in MARKDOWN_SCHEMAS:
        yield document.value.body, document.body_line - 1
    elif document.kind == "site":
        for field in ("about", "privacy", "checking"):
            for lang, text in getattr(document.value, field).items():
                yield text, line_of(document.node, field, lang) - ("\n" not in text)


def _check_channels(document: ParsedDocument, report: ErrorReport) -> None:
    """Report channels of a language or a country that nobody knows: phones would show its bare code for ever."""
    for number, channel in enumerate(document.value.channels):
        lang, _, country = channel.partition("-")
        if not (is_language(lang) and is_country(country)):
            report.add(
                line_of(document.node, "channels", number),
                "channel-nowhere",
                "« {channel} » : cette langue ou ce pays n’existe pas.",
                "La langue par son code d’ISO 639 (fr, bm, ff, ha), le pays par celui d’ISO 3166 (ML, BF, NE).",
                channel=channel,
            )


def _check_markdown(text: str, line: int, targets: _Targets, report: ErrorReport) -> None:
    for number in markdown.find_raw_html(text):
        report.add(
            line + number,
            "html",
            "Le texte contient du HTML, qui n’est pas admis.",
            "Effacez la balise. Pour montrer le signe <, écrivez \\<.",
        )
    for number in find_block_errors(text):
        report.add(
            line + number,
            "block-form",
            "Ce bloc de pays n’est pas bien écrit.",
            "Une ligne « ::: ML » l’ouvre, une ligne « ::: » le ferme.",
        )
    for link in markdown.find_links(text):
        if link.image and _MEDIA_LINK.fullmatch(link.target):
            continue
        if link.image and (named := markdown.PICTOGRAM_REFERENCE.fullmatch(link.target)):
            _check_pictogram(line + link.line, named[1], report)
            continue
        if link.image:
            report.add(
                line + link.line,
                "image",
                "Les images ne sont pas admises dans le texte : « {target} ».",
                target=link.target,
            )
        elif link.kind:
            _check_internal_link(line + link.line, link, targets, report)
        elif not link.target.startswith("https://"):
            report.add(
                line + link.line,
                "link-form",
                "Ce lien n’est pas admis : « {target} ».",
                "Écrivez une adresse https://…, ou guide:nom, notice:nom, recommendation:nom, topic:nom, "
                "complaint:nom, page:nom.",
                target=link.target,
            )


def _check_internal_link(line: int, link: markdown.MarkdownLink, targets: _Targets, report: ErrorReport) -> None:
    slugs = targets.topics if link.kind == "topic" else targets.slugs[link.kind]
    if slugs is not None and link.slug not in slugs:
        near, hint = suggest(link.slug, slugs)
        report.add(line, "link-missing", "Le lien « {target} » ne mène à rien.", hint, target=link.target, near=near)


def _check_synonyms(document: ParsedDocument, report: ErrorReport) -> None:
    """A group has two phrases or more, each with a word that is searched, and no phrase stands in two groups."""
    lexicon = Lexicon.of(document.value.ignored, ())
    group_of: dict[Phrase, int] = {}
    for index, group in enumerate(document.value.groups):
        line = line_of(document.node, "groups", index)
        texts = [text.strip() for text in group.split(",")]
        if len(texts) < 2:
            report.add(line, "synonym-alone", "Ce groupe n’a qu’un mot.", "Séparez les mots par des virgules.")
        for text in texts:
            phrase = lexicon.phrase(text)
            if not phrase or len(phrase) > LONGEST_PHRASE:
                report.add(
                    line,
                    "synonym-words",
                    "« {text} » n’a aucun mot que l’on cherche, ou en a trop.",
                    "Écrivez d’un à quatre mots qui ne sont pas dans « ignored ».",
                    text=text,
                )
            elif group_of.setdefault(phrase, index) != index:
                report.add(
                    line,
                    "synonym-twice",
                    "« {text} » est déjà dans un autre groupe.",
                    "Mettez tous ces mots dans un seul groupe.",
                    text=text,
                )


def _check_topics(document: ParsedDocument, targets: _Targets, report: ErrorReport) -> None:
    for index, topic in enumerate(getattr(document.value, "topics", ())):
        if targets.topics is not None and topic not in targets.topics:
            near, hint = suggest(topic, targets.topics)
            report.add(
                line_of(document.node, "topics", index),
                "topic-unknown",
                "Le thème « {topic} » n’est pas dans topics.yaml.",
                hint,
                topic=topic,
                near=near,
            )


def _check_audio(document: ParsedDocument, report: ErrorReport) -> None:
    _check_recording(line_of(document.node, "audio"), "audio", getattr(document.value, "audio", ""), report)
    for index, version in enumerate(getattr(document.value, "spoken", ())):
        _check_recording(line_of(document.node, "spoken", index, "media"), "media", version.media, report)


def _check_answers(document: ParsedDocument, report: ErrorReport) -> None:
    for number, index, name in pictograms_of(getattr(document.value, "questions", ())):
        _check_pictogram(line_of(document.node, "questions", number, "answers", index, "pictogram"), name, report)


def _text_key(document: ParsedDocument) -> tuple[str, str]:
    return document.kind, getattr(document.value, "slug", "")


def _check_translation(document: ParsedDocument, original: Any, report: ErrorReport) -> None:
    """Report what a reviewed translation lacks of its original; a draft may lack anything, and reaches nobody."""
    value = document.value
    if document.kind not in TRANSLATED_KINDS or original is None or value is original or not value.reviewed:
        return
    names = (*LEADING_FIELDS, "body")
    texts = [{name: getattr(each, name, "") for name in names} for each in (original, value)]
    for loss in find_losses(texts[0], texts[1]):
        line = document.body_line + int(loss.part[1:]) if loss.part.startswith("b") else 1
        report.add(line, loss.code, loss.sentence, value=loss.value)


def _check_data_translations(document: ParsedDocument, report: ErrorReport) -> None:
    """Report what reviewed texts of a country file lack of their originals, and originals that are not in the file."""
    known = frozenset(known_texts(document.value))
    for lang, translation in document.value.translations.items():
        for index, pair in enumerate(translation.texts):
            line = line_of(document.node, "translations", lang, "texts", index)
            if pair.original not in known:
                report.add(
                    line,
                    "original-unknown",
                    "Ce fichier n’a pas cette phrase : « {text} ».",
                    "Recopiez-la mot pour mot, ou enlevez sa traduction.",
                    text=pair.original[:100],
                )
            part = TextPart("", "paragraph", pair.original)
            for loss in part_losses(part, pair.translation) if translation.reviewed else ():
                if loss.code != "part-same":  # names and addresses stay
                    report.add(line, loss.code, loss.sentence, value=loss.value)


def _check_recording(line: int, field: str, name: str, report: ErrorReport) -> None:
    if name and not (markdown.MEDIA_NAME.fullmatch(name) and name.endswith(".opus")):
        report.add(
            line,
            "audio-form",
            "« {name} » n’est pas le nom d’un enregistrement : « {audio} ».",
            "Il finit par .opus et vient de la console.",
            name=field,
            audio=name,
        )


def _check_pictograms(document: ParsedDocument, report: ErrorReport) -> None:
    for index, topic in enumerate(document.value):
        _check_pictogram(line_of(document.node, index, "pictogram"), topic.pictogram, report)


def _check_pictogram(line: int, name: str, report: ErrorReport) -> None:
    if name not in PICTOGRAMS:
        near, hint = suggest(name, PICTOGRAMS)
        report.add(
            line,
            "pictogram-unknown",
            "Le pictogramme « {name} » n’existe pas.",
            hint or "Pictogrammes : {names}.",
            name=name,
            near=near,
            names=", ".join(PICTOGRAMS),
        )


def _check_titles(document: ParsedDocument, lang: str, report: ErrorReport) -> None:
    for index, topic in enumerate(document.value):
        if lang not in topic.titles:
            report.add(
                line_of(document.node, index, "titles"),
                "topic-untitled",
                "Le thème « {topic} » n’a pas de titre dans la langue du site ({lang}).",
                topic=topic.slug,
                lang=lang,
            )


def _check_placeholders(document: ParsedDocument, report: ErrorReport) -> None:
    """Report placeholders of a letter without a field, and fields without a placeholder."""
    template: model.LetterTemplate = document.value
    field_names = [field.name for field in template.fields]
    placeholders: set[str] = set()
    for number, text in enumerate(template.body.split("\n")):
        for name in PLACEHOLDER.findall(text):
            if name not in (*field_names, *AUTOMATIC_PLACEHOLDERS, *placeholders):
                near, hint = suggest(name, [*field_names, *AUTOMATIC_PLACEHOLDERS])
                report.add(
                    document.body_line + number,
                    "hole-unknown",
                    "« {{{name}}} » n’est décrit dans aucun champ de fields.",
                    hint,
                    name=name,
                    near=near,
                )
            placeholders.add(name)
        for braces in _invalid_braces(text):
            report.add(
                document.body_line + number,
                "hole-form",
                "« {wrong} » n’est pas un trou bien écrit.",
                "Entre accolades : lettres minuscules sans accent, chiffres et _.",
                wrong=braces,
            )
    for index, name in enumerate(field_names):
        if name not in placeholders:
            report.add(
                line_of(document.node, "fields", index),
                "hole-unused",
                "Le texte n’a pas de trou « {{{name}}} ».",
                name=name,
            )


def _invalid_braces(text: str) -> list[str]:
    return re.findall(r"\{[^{}]*\}?|\}", PLACEHOLDER.sub("", text))


def _check_route(document: ParsedDocument, targets: _Targets, report: ErrorReport) -> None:
    route: model.ComplaintRoute = document.value
    offices = targets.authorities.get(route.country, frozenset())
    is_unreadable = route.country in targets.countries and route.country not in targets.authorities
    for harm_index, harm in enumerate(route.harms):
        for index, slug in enumerate(harm.guides):
            if slug not in targets.slugs["guide"]:
                line = line_of(document.node, "harms", harm_index, "guides", index)
                _report_missing(report, line, "guide", slug, targets.slugs["guide"])
        for index, step in enumerate(harm.steps):
            location = ("harms", harm_index, "steps", index)
            if step.template and step.template not in targets.slugs["template"]:
                line = line_of(document.node, *location, "template")
                _report_missing(report, line, "template", step.template, targets.slugs["template"])
            for number, slug in enumerate(step.other_letters):
                if slug not in targets.slugs["template"]:
                    line = line_of(document.node, *location, "other_letters", number)
                    _report_missing(report, line, "other_letters", slug, targets.slugs["template"])
            if step.authority and step.authority not in offices and not is_unreadable:
                line = line_of(document.node, *location, "authority")
                _report_missing(report, line, "authority", step.authority, offices)


def _report_missing(report: ErrorReport, line: int, field: str, slug: str, candidates: Collection[str]) -> None:
    near, hint = suggest(slug, candidates)
    report.add(line, "slug-unknown", "« {field}: {slug} » ne mène à rien.", hint, slug=slug, field=field, near=near)
