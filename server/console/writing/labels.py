"""Labels of the editor's options, and the values to choose from."""

from __future__ import annotations

from server.console.writing.choice_labels import HARMS, PICTOGRAMS, READINGS
from server.writing.draft_records import WorkingDocument
from server.writing.editor_fields import KnownValues
from server.writing.workspace import Snapshot
from sync.documents import pictograms
from sync.documents.code_labels import SERVICES, STEPS, VERDICTS
from sync.locale import Language

CHOICES = {
    "verdict": VERDICTS,
    "step": STEPS,
    "how": READINGS,
    "service": SERVICES,
    "harm": HARMS,
    "harms": HARMS,
    "receives": HARMS,
    "instead": HARMS,
    "pictogram": PICTOGRAMS,
}


def list_known_values(snapshot: Snapshot, work: WorkingDocument) -> KnownValues:
    """Options by field name, from the site's documents and media."""
    library = snapshot.library
    langs = list(dict.fromkeys((library.site.lang, *(channel.partition("-")[0] for channel in library.site.channels))))
    countries = list(dict.fromkeys(channel.partition("-")[2] for channel in library.site.channels))
    authorities = library.authorities.get(work.slug)
    site_lang = library.site.lang
    return {
        "topics": [topic.slug for topic in library.topics],
        "countries": countries,
        "country": countries,
        "lang": langs,
        "drafts": langs,
        "audio": (sounds := [name for name, medium in library.media.items() if medium.is_sound]),
        "media": sounds,
        "authority": [authority.slug for authority in authorities.authorities] if authorities else [],
        "template": (letters := [slug for slug, lang in library.templates if lang == site_lang]),
        "other_letters": letters,
        "guides": [slug for slug, lang in library.guides if lang == site_lang],
        "pictogram": list(pictograms.PICTOGRAMS),
    }


def option_label(language: Language, snapshot: Snapshot, work: WorkingDocument, name: str, value: str) -> str:
    """Label of an option; the value itself without one."""
    library = snapshot.library
    if value in CHOICES.get(name, {}):
        return language(CHOICES[name][value])
    if name in ("audio", "media") and value in library.media:
        return f"{library.media[value].label} ({language.size(library.media[value].bytes)})"
    if name == "countries":
        return language.country(value)
    if name in ("lang", "drafts"):
        return language.name_of(value)
    if name == "authority":
        country = library.authorities.get(work.slug)
        names = {authority.slug: authority.name for authority in country.authorities} if country else {}
        return names.get(value, value)
    if name in ("template", "other_letters") and (letter := library.templates.get((value, library.site.lang))):
        return letter.title
    if name == "guides" and (guide := library.guides.get((value, library.site.lang))):
        return guide.title
    topic = next((topic for topic in library.topics if name == "topics" and topic.slug == value), None)
    return (topic.titles.get(language.code) or topic.titles.get(library.site.lang, value)) if topic else value
