"""Where each document lies: its path in a content folder, its id in the store. Both ways, for intake and export."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import Any

from sync.content.schemas import BY_COUNTRY, SENT, TABLED, WRITTEN
from sync.documents.model import COUNTRY, LANG, SLUG

FOLDERS = {
    "guides": "guide",
    "notices": "notice",
    "templates": "template",
    "authorities": "authorities",
    "routes": "route",
    "places": "places",
    "forms": "form",
}
SINGLE = ("site", "topics")
LEFT_ALONE = ("README.md", "locale")  # at the top of the folder: for authors, for other readers
SCRIPT = ".audio.md"  # beside a guide, <lang>.audio.md: the words for the voice that records it; left alone as well

_FOLDER_OF = {kind: folder for folder, kind in FOLDERS.items()}


@dataclass(frozen=True, slots=True)
class Place:
    """What a path says of its document: the kind and, by kind, slug and language or country."""

    kind: str
    slug: str = ""
    lang: str = ""
    country: str = ""


def place_of(path: PurePosixPath) -> Place | None:
    """The place that `path` (relative to the content folder) stands for; None: no document has such a path."""
    parts = path.parts
    kind = FOLDERS.get(parts[0], "")
    if len(parts) == 1 and path.suffix == ".yaml" and path.stem in SINGLE:
        return Place(path.stem)
    if kind in WRITTEN and len(parts) == 3 and path.suffix == ".md":
        return Place(kind, slug=parts[1], lang=path.stem)
    if kind in TABLED and len(parts) == 2 and path.suffix == ".md":
        return Place(kind, slug=path.stem)
    if kind in BY_COUNTRY and len(parts) == 2 and path.suffix == ".yaml":
        return Place(kind, country=path.stem)
    return None


def misnamed(place: Place) -> str:
    """The part of a place's path that has not the right form ("slug", "lang", "country"); empty: all have."""
    if place.kind in WRITTEN:
        return "slug" if not re.fullmatch(SLUG, place.slug) else "" if re.fullmatch(LANG, place.lang) else "lang"
    if place.kind in TABLED:
        return "" if re.fullmatch(SLUG, place.slug) else "slug"
    if place.kind in BY_COUNTRY:
        return (
            "" if re.fullmatch(COUNTRY, place.country) or (place.kind, place.country) == ("route", "ANY") else "country"
        )
    return ""


def path_of(kind: str, document: Any) -> str:
    """The path of a document in a content folder."""
    if kind in WRITTEN:
        return f"{_FOLDER_OF[kind]}/{document.slug}/{document.lang}.md"
    if kind in TABLED:
        return f"{_FOLDER_OF[kind]}/{document.slug}.md"
    return f"{_FOLDER_OF[kind]}/{document.country}.yaml" if kind in BY_COUNTRY else f"{kind}.yaml"


def id_of(kind: str, document: Any, site_lang: str) -> str:
    """The id of a document in the store; country files are in the site's language, places in none."""
    if kind in WRITTEN or kind in TABLED:
        return f"{kind}:{document.slug}:{document.lang}"
    if kind in SENT:
        return f"{kind}:{document.slug}"
    if kind == "places":
        return f"{kind}:{document.country}"
    return f"{kind}:{document.country}:{site_lang}" if kind in BY_COUNTRY else kind
