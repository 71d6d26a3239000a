"""Layout: the path of each document in a content folder and its id in the store. Used by import and export."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import Any

from sync.content.schemas import ALERT_SCHEMAS, COUNTRY_SCHEMAS, FORM_SCHEMAS, MARKDOWN_SCHEMAS
from sync.documents.text_types import COUNTRY, LANG, SLUG

FOLDERS = {
    "guides": "guide",
    "notices": "notice",
    "templates": "template",
    "recommendations": "recommendation",
    "authorities": "authorities",
    "routes": "route",
    "places": "places",
    "forms": "form",
}
SINGLETON_KINDS = ("site", "topics", "synonyms")
IGNORED_PATHS = ("README.md", "locale", "dangers")  # at the top of the folder: no documents
# <lang>.audio.md beside a guide: the field `script`, the words of its recording; read and written with the guide.
AUDIO_SCRIPT_SUFFIX = ".audio.md"

_FOLDER_OF = {kind: folder for folder, kind in FOLDERS.items()}


@dataclass(frozen=True, slots=True)
class DocumentPath:
    """A path of a content folder, parsed: the kind with slug and language, or with the country."""

    kind: str
    slug: str = ""
    lang: str = ""
    country: str = ""


def parse_path(path: PurePosixPath) -> DocumentPath | None:
    """`path`, relative to the content folder, parsed; None if no document has such a path."""
    parts = path.parts
    kind = FOLDERS.get(parts[0], "")
    if len(parts) == 1 and path.suffix == ".yaml" and path.stem in SINGLETON_KINDS:
        return DocumentPath(path.stem)
    if kind in MARKDOWN_SCHEMAS and len(parts) == 3 and path.suffix == ".md":
        return DocumentPath(kind, slug=parts[1], lang=path.stem)
    if kind in FORM_SCHEMAS and len(parts) == 2 and path.suffix == ".md":
        return DocumentPath(kind, slug=path.stem)
    if kind in COUNTRY_SCHEMAS and len(parts) == 2 and path.suffix == ".yaml":
        return DocumentPath(kind, country=path.stem)
    return None


def invalid_part(path: DocumentPath) -> str:
    """The part that is not valid, "slug", "lang" or "country"; empty if all are."""
    if path.kind in MARKDOWN_SCHEMAS:
        return "slug" if not re.fullmatch(SLUG, path.slug) else "" if re.fullmatch(LANG, path.lang) else "lang"
    if path.kind in FORM_SCHEMAS:
        return "" if re.fullmatch(SLUG, path.slug) else "slug"
    if path.kind in COUNTRY_SCHEMAS:
        return "" if re.fullmatch(COUNTRY, path.country) or (path.kind, path.country) == ("route", "ANY") else "country"
    return ""


def path_of(kind: str, document: Any) -> str:
    """The path of a document in a content folder."""
    if kind in MARKDOWN_SCHEMAS:
        return f"{_FOLDER_OF[kind]}/{document.slug}/{document.lang}.md"
    if kind in FORM_SCHEMAS:
        return f"{_FOLDER_OF[kind]}/{document.slug}.md"
    return f"{_FOLDER_OF[kind]}/{document.country}.yaml" if kind in COUNTRY_SCHEMAS else f"{kind}.yaml"


def script_path_of(guide_path: str) -> str:
    """The path of the file with a guide's script, beside the guide's own."""
    return guide_path.removesuffix(".md") + AUDIO_SCRIPT_SUFFIX


def document_id(kind: str, document: Any, site_lang: str) -> str:
    """The id of a document in the store. Country files have the site's language, places have none."""
    if kind in MARKDOWN_SCHEMAS or kind in FORM_SCHEMAS:
        return f"{kind}:{document.slug}:{document.lang}"
    if kind in ALERT_SCHEMAS:
        return f"{kind}:{document.slug}"
    if kind == "places":
        return f"{kind}:{document.country}"
    return f"{kind}:{document.country}:{site_lang}" if kind in COUNTRY_SCHEMAS else kind
