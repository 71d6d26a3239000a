"""What a form's fields and values are called, and the values that the site knows for them."""

from __future__ import annotations

from server.console.components.labels import FIELDS, HARMS, KINDS, PICTOGRAMS
from server.writing.checks import CheckResult
from server.writing.draft_records import WorkingDocument
from server.writing.editor_fields import KnownValues
from server.writing.workspace import Snapshot
from sync.content.layout import SINGLETON_KINDS
from sync.documents import pictograms
from sync.documents.vocabulary import STEPS, VERDICTS
from sync.locale import Language

CHOICES = {
    "verdict": VERDICTS,
    "step": STEPS,
    "harm": HARMS,
    "harms": HARMS,
    "receives": HARMS,
    "instead": HARMS,
    "pictogram": PICTOGRAMS,
}


def document_title(language: Language, work: WorkingDocument) -> str:
    """What a document is called; what has no title of its own by its kind and country."""
    if work.kind == "route":
        country = language("tous les pays") if work.slug == "ANY" else language.country(work.slug)
        return f"{language(KINDS['route'])} : {country}"
    return language(KINDS[work.kind]) if work.kind in SINGLETON_KINDS else work.title


def field_label(language: Language, name: str) -> str:
    """The words for a field; for `lang:fr` and `country:ML` the language's and the country's name."""
    under, _, code = name.partition(":")
    if code:
        return language.name_of(code) if under == "lang" else language.country(code)
    last = name.rpartition(".")[2]
    return language(FIELDS[last]) if last in FIELDS else name


def list_known_values(snapshot: Snapshot, work: WorkingDocument) -> KnownValues:
    library = snapshot.library
    langs = list(dict.fromkeys((library.site.lang, *(channel.partition("-")[0] for channel in library.site.channels))))
    countries = list(dict.fromkeys(channel.partition("-")[2] for channel in library.site.channels))
    offices = library.authorities.get(work.slug)
    ours = library.site.lang
    return {
        "topics": [topic.slug for topic in library.topics],
        "countries": countries,
        "country": countries,
        "lang": langs,
        "drafts": langs,
        "audio": [name for name, medium in library.media.items() if medium.is_sound],
        "authority": [office.slug for office in offices.authorities] if offices else [],
        "template": [slug for slug, lang in library.templates if lang == ours],
        "guides": [slug for slug, lang in library.guides if lang == ours],
        "pictogram": list(pictograms.PICTOGRAMS),
    }


def option_label(language: Language, snapshot: Snapshot, work: WorkingDocument, name: str, value: str) -> str:
    """The words for a value to choose."""
    library = snapshot.library
    if value in CHOICES.get(name, {}):
        return language(CHOICES[name][value])
    if name == "audio" and value in library.media:
        return f"{library.media[value].label} ({language.size(library.media[value].bytes)})"
    if name == "countries":
        return language.country(value)
    if name in ("lang", "drafts"):
        return language.name_of(value)
    if name == "authority":
        offices = library.authorities.get(work.slug)
        return (
            next((office.name for office in offices.authorities if office.slug == value), value) if offices else value
        )
    if name == "template" and (letter := library.templates.get((value, library.site.lang))):
        return letter.title
    if name == "guides" and (guide := library.guides.get((value, library.site.lang))):
        return guide.title
    topic = next((topic for topic in library.topics if name == "topics" and topic.slug == value), None)
    return (topic.titles.get(language.code) or topic.titles.get(library.site.lang, value)) if topic else value


def error_sentences(language: Language, result: CheckResult) -> dict[str, str]:
    """The sentences by field, "" for the whole."""
    wrong: dict[str, str] = {}
    for one in result.errors:
        sentence = one.format_sentence(language, lambda name: field_label(language, name))
        wrong[one.field] = f"{wrong[one.field]} {sentence}" if one.field in wrong else sentence
    return wrong
