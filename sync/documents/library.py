"""All documents of a site except its alerts, by kind."""

from __future__ import annotations

from dataclasses import dataclass, field

from sync.documents.model import (
    Authorities,
    ComplaintRoute,
    FormDocument,
    Guide,
    LetterTemplate,
    Medium,
    Notice,
    Places,
    Site,
    Synonyms,
    Topic,
)
from sync.documents.recommendation import Recommendation


@dataclass(frozen=True, slots=True)
class DocumentLibrary:
    """Documents with a language by (slug, lang), forms by slug, country files by country, media by name."""

    site: Site = field(default_factory=Site)
    topics: tuple[Topic, ...] = ()
    synonyms: Synonyms = field(default_factory=Synonyms)
    places: dict[str, Places] = field(default_factory=dict)
    guides: dict[tuple[str, str], Guide] = field(default_factory=dict)
    notices: dict[tuple[str, str], Notice] = field(default_factory=dict)
    recommendations: dict[tuple[str, str], Recommendation] = field(default_factory=dict)
    templates: dict[tuple[str, str], LetterTemplate] = field(default_factory=dict)
    authorities: dict[str, Authorities] = field(default_factory=dict)
    routes: dict[str, ComplaintRoute] = field(default_factory=dict)
    forms: dict[str, FormDocument] = field(default_factory=dict)
    media: dict[str, Medium] = field(default_factory=dict)
