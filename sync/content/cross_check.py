"""What no document can say alone: that its topics, links, letters and offices exist; and that its Markdown holds only what pages show."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from sync.complaints import AUTOMATIC_PLACEHOLDERS, PLACEHOLDER
from sync.content.schemas import MARKDOWN_SCHEMAS
from sync.documents import markdown, model
from sync.documents.field_types import ErrorReport, suggest
from sync.documents.pictograms import PICTOGRAMS
from sync.documents.yaml_tree import YamlNode, line_of
from sync.errors import BadContent
from sync.rendering.addresses import FIXED_PATHS

_MEDIA_LINK = re.compile(rf"media:{markdown.MEDIA_NAME.pattern}")


@dataclass(frozen=True, slots=True)
class ParsedDocument:
    """A document with the lines it came from; `body_line`: where its Markdown starts."""

    kind: str
    value: Any
    path: str
    node: YamlNode
    body_line: int = 0


def find_errors(
    documents: Sequence[ParsedDocument], identities: Collection[tuple[str, str]], only_path: str = ""
) -> list[BadContent]:
    """Every error between documents. `named`: kind and slug (or country) of all files, also of those that could not be read.

    `only`: the path of the one document whose own errors are asked for.
    """
    known = _KnownTargets.of(documents, identities)
    errors: list[BadContent] = []
    for document in documents:
        if only_path and document.path != only_path:
            continue
        report = ErrorReport(document.path)
        for text, line in _markdown_texts(document):
            _check_markdown(text, line, known, report)
        _check_topics(document, known, report)
        _check_audio(document, report)
        if document.kind == "template":
            _check_placeholders(document, report)
        elif document.kind == "route":
            _check_route(document, known, report)
        elif document.kind == "topics":
            _check_pictograms(document, report)
            _check_titles(document, known.lang, report)
        errors.extend(report.errors)
    return errors


@dataclass(frozen=True, slots=True)
class _KnownTargets:
    """What may be pointed at, by kind. `topics` None: the site lists none, so every topic is good. `lang`: the site's."""

    lang: str
    slugs: dict[str, frozenset[str]]
    topics: frozenset[str] | None
    authorities: dict[str, frozenset[str]]
    countries: frozenset[str]

    @classmethod
    def of(cls, documents: Sequence[ParsedDocument], named: Collection[tuple[str, str]]) -> _KnownTargets:
        topics = next((document.value for document in documents if document.kind == "topics"), None)
        slugs = {kind: frozenset(slug for other, slug in named if other == kind) for kind in MARKDOWN_SCHEMAS}
        slugs["complaint"] = frozenset(model.HARMS)
        slugs["page"] = frozenset(FIXED_PATHS)
        countries = [document.value for document in documents if document.kind == "authorities"]
        sites = [document.value for document in documents if document.kind == "site"]
        return cls(
            sites[0].lang if sites else model.Site().lang,
            slugs,
            None if topics is None else frozenset(topic.slug for topic in topics),
            {country.country: frozenset(office.slug for office in country.authorities) for country in countries},
            frozenset(slug for kind, slug in named if kind == "authorities"),
        )


def _markdown_texts(document: ParsedDocument) -> Iterator[tuple[str, int]]:
    """The Markdown of a document and the line before its first line."""
    if document.kind in MARKDOWN_SCHEMAS:
        yield document.value.body, document.body_line - 1
    elif document.kind == "site":
        for field in ("about", "privacy"):
            for lang, text in getattr(document.value, field).items():
                yield text, line_of(document.node, field, lang) - ("\n" not in text)


def _check_markdown(text: str, line: int, known: _KnownTargets, report: ErrorReport) -> None:
    for number in markdown.find_raw_html(text):
        report.add(
            line + number,
            "html",
            "Le texte contient du HTML : seul le Markdown est admis.",
            "Effacez la balise. Pour montrer le signe <, écrivez \\<.",
        )
    for link in markdown.find_links(text):
        if link.image and _MEDIA_LINK.fullmatch(link.target):
            continue
        if link.image:
            report.add(
                line + link.line,
                "image",
                "Les images ne sont pas admises dans le texte : « {target} ».",
                target=link.target,
            )
        elif link.kind:
            _check_internal_link(line + link.line, link, known, report)
        elif not link.target.startswith("https://"):
            report.add(
                line + link.line,
                "link-form",
                "Ce lien n’est pas admis : « {target} ».",
                "Écrivez une adresse https://…, ou guide:nom, notice:nom, topic:nom, complaint:nom, page:nom.",
                target=link.target,
            )


def _check_internal_link(line: int, link: markdown.MarkdownLink, known: _KnownTargets, report: ErrorReport) -> None:
    slugs = known.topics if link.kind == "topic" else known.slugs[link.kind]
    if slugs is not None and link.slug not in slugs:
        near, hint = suggest(link.slug, slugs)
        report.add(line, "link-missing", "Le lien « {target} » ne mène à rien.", hint, target=link.target, near=near)


def _check_topics(document: ParsedDocument, known: _KnownTargets, report: ErrorReport) -> None:
    for index, topic in enumerate(getattr(document.value, "topics", ())):
        if known.topics is not None and topic not in known.topics:
            near, hint = suggest(topic, known.topics)
            report.add(
                line_of(document.node, "topics", index),
                "topic-unknown",
                "Le thème « {topic} » n’est pas dans topics.yaml.",
                hint,
                topic=topic,
                near=near,
            )


def _check_audio(document: ParsedDocument, report: ErrorReport) -> None:
    audio = getattr(document.value, "audio", "")
    if audio and not (markdown.MEDIA_NAME.fullmatch(audio) and audio.endswith(".opus")):
        report.add(
            line_of(document.node, "audio"),
            "audio-form",
            "« {name} » n’est pas le nom d’un enregistrement : « {audio} ».",
            "Il finit par .opus et vient de la console.",
            name="audio",
            audio=audio,
        )


def _check_pictograms(document: ParsedDocument, report: ErrorReport) -> None:
    for index, topic in enumerate(document.value):
        if topic.pictogram not in PICTOGRAMS:
            near, hint = suggest(topic.pictogram, PICTOGRAMS)
            report.add(
                line_of(document.node, index, "pictogram"),
                "pictogram-unknown",
                "Le pictogramme « {name} » n’existe pas.",
                hint or "Pictogrammes : {names}.",
                name=topic.pictogram,
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
    """Every hole of a letter has a field, every field a hole."""
    template: model.LetterTemplate = document.value
    fields = [field.name for field in template.fields]
    seen: set[str] = set()
    for number, text in enumerate(template.body.split("\n")):
        for name in PLACEHOLDER.findall(text):
            if name not in fields and name not in AUTOMATIC_PLACEHOLDERS and name not in seen:
                near, hint = suggest(name, [*fields, *AUTOMATIC_PLACEHOLDERS])
                report.add(
                    document.body_line + number,
                    "hole-unknown",
                    "« {{{name}}} » n’est décrit dans aucun champ de fields.",
                    hint,
                    name=name,
                    near=near,
                )
            seen.add(name)
        for wrong in _wrong_braces(text):
            report.add(
                document.body_line + number,
                "hole-form",
                "« {wrong} » n’est pas un trou bien écrit.",
                "Entre accolades : lettres minuscules sans accent, chiffres et _.",
                wrong=wrong,
            )
    for index, name in enumerate(fields):
        if name not in seen:
            report.add(
                line_of(document.node, "fields", index),
                "hole-unused",
                "Le texte n’a pas de trou « {{{name}}} ».",
                name=name,
            )


def _wrong_braces(text: str) -> list[str]:
    return re.findall(r"\{[^{}]*\}?|\}", PLACEHOLDER.sub("", text))


def _check_route(document: ParsedDocument, known: _KnownTargets, report: ErrorReport) -> None:
    route: model.ComplaintRoute = document.value
    offices = known.authorities.get(route.country, frozenset())
    unread = route.country in known.countries and route.country not in known.authorities
    for place, harm in enumerate(route.harms):
        for index, slug in enumerate(harm.guides):
            if slug not in known.slugs["guide"]:
                _report_missing(
                    report, line_of(document.node, "harms", place, "guides", index), "guide", slug, known.slugs["guide"]
                )
        for index, step in enumerate(harm.steps):
            where = ("harms", place, "steps", index)
            if step.template and step.template not in known.slugs["template"]:
                _report_missing(
                    report,
                    line_of(document.node, *where, "template"),
                    "template",
                    step.template,
                    known.slugs["template"],
                )
            if step.authority and step.authority not in offices and not unread:
                _report_missing(
                    report, line_of(document.node, *where, "authority"), "authority", step.authority, offices
                )


def _report_missing(report: ErrorReport, line: int, field: str, slug: str, known: Collection[str]) -> None:
    near, hint = suggest(slug, known)
    report.add(line, "slug-unknown", "« {field}: {slug} » ne mène à rien.", hint, slug=slug, field=field, near=near)
