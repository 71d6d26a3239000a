"""The table of each kind of document: its fields and what they may hold, and its way to JSON (the store's `fields`) and back.

A field is required when its dataclass (model.py) gives it no default.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from operator import attrgetter
from typing import Any

from sync.alerts.schema import ALERT_SCHEMA
from sync.canonical import canonical, digest
from sync.documents import model, yaml_tree
from sync.documents.field_types import (
    Boolean,
    Date,
    ErrorReport,
    FieldType,
    Integer,
    ListOf,
    MapOf,
    OneOf,
    PositiveDecimal,
    Schema,
    Text,
)
from sync.documents.model import COUNTRY, LANG, SLUG
from sync.documents.text_decoding import MARKDOWN_LIMIT
from sync.documents.yaml_tree import MappingNode, YamlNode, line_of

ADDRESS = r"https://[^\s<>\"]+"

_TITLE = Text(120)  # a line and a half on the narrowest phone
_SUMMARY = Text(300)
_TEXT = Text(1000)
_LABEL = Text(120)
_PAGE = Text(MARKDOWN_LIMIT, is_multiline=True)
_SLUG = Text(
    60, pattern=SLUG, code="slug-form", hint="Lettres minuscules sans accent, chiffres et tirets : mot-de-passe."
)
_LANG = Text(3, pattern=LANG, code="lang-form", hint="Un code de langue, en minuscules : fr, bm, ff, ha.")
_COUNTRY = Text(3, pattern=COUNTRY, code="country-form", hint="Un code de pays, en majuscules : ML, BF, NE.")
_ROUTE_COUNTRY = Text(
    3, pattern=rf"{COUNTRY}|ANY", code="country-form", hint="Un code de pays, en majuscules, ou ANY pour tous."
)
_ADDRESS = Text(
    500, pattern=ADDRESS, code="address-form", hint="Une adresse commence par https:// et n’a pas d’espace."
)
_HUB = Text(
    200,
    pattern=r"https://[a-z0-9.-]+(:[0-9]{1,5})?",
    code="hub-form",
    hint="L’adresse d’un relais : https:// et son nom, sans rien après.",
)
_PLACE = Text(20, pattern=r"[A-Z]{2}-[A-Z0-9-]{1,16}", code="place-form", hint="Le pays, un tiret, la région : ML-BKO.")
_SITE_ID = Text(
    64, pattern=r"[a-z0-9.-]{1,64}", code="site-form", hint="Lettres minuscules, chiffres, points et tirets."
)
_CHANNEL = Text(6, pattern=rf"{LANG}-{COUNTRY}", code="channel-form", hint="La langue, un tiret, le pays : fr-ML.")
_EMAIL = Text(
    120, pattern=r"[^\s@]+@[^\s@]+\.[a-z]{2,}", code="email-form", hint="Une adresse de courriel : nom@domaine."
)
_PLACEHOLDER = Text(
    40, pattern=r"[a-z][a-z0-9_]*", code="hole-form", hint="Lettres minuscules sans accent, chiffres et _."
)
_SLUGS = ListOf(_SLUG, key=str)
_COUNTRIES = ListOf(_COUNTRY, key=str)
_HARM = OneOf(model.HARMS)
_HARMS = ListOf(_HARM, key=str)
_STEP = OneOf(model.STEPS)


def _check_source_date(source: model.Source, node: YamlNode, report: ErrorReport) -> None:
    if source.checked and not source.date:
        report.add(
            line_of(node),
            "source-undated",
            "La source « {name} » n’a pas de date.",
            "Ajoutez date, ou « checked: false » si elle n’a pas pu être vérifiée.",
            name=source.name,
        )


def _check_place_codes(places: model.Places, node: YamlNode, report: ErrorReport) -> None:
    for index, place in enumerate(places.places):
        if not place.code.startswith(places.country + "-"):
            report.add(
                line_of(node, "places", index, "code"),
                "place-country",
                "« {place} » n’est pas un code de ce pays ({country}).",
                place=place.code,
                country=places.country,
            )


_SOURCE = Schema(
    model.Source,
    {"name": Text(200), "date": Date(allows_partial=True), "url": _ADDRESS, "checked": Boolean()},
    check=_check_source_date,
)
_SOURCES = ListOf(_SOURCE)
_FACTS = ListOf(Schema(model.Fact, {"text": _TEXT, "source": _SOURCE}))
_REVIEW = Schema(model.Review, {"by": Text(200), "date": Date()})

_GUIDE = Schema(
    model.Guide,
    {
        "slug": _SLUG,
        "lang": _LANG,
        "title": _TITLE,
        "summary": _SUMMARY,
        "topics": _SLUGS,
        "countries": _COUNTRIES,
        "essential": Boolean(),
        "order": Integer(),
        "sources": _SOURCES,
        "updated": Date(),
        "reviewed": _REVIEW,
        "audio": Text(200),
        "body": _PAGE,
    },
)
_NOTICE = Schema(
    model.Notice,
    {
        "slug": _SLUG,
        "lang": _LANG,
        "title": _TITLE,
        "summary": _SUMMARY,
        "claim": _TEXT,
        "verdict": OneOf(model.VERDICTS),
        "generic": Boolean(),
        "seen_where": Text(200),
        "seen_when": Text(100),
        "checked_by": Text(200),
        "evidence": _SOURCES,
        "keywords": ListOf(Text(60), key=str),
        "topics": _SLUGS,
        "countries": _COUNTRIES,
        "order": Integer(),
        "updated": Date(),
        "reviewed": _REVIEW,
        "audio": Text(200),
        "body": _PAGE,
    },
)
_TEMPLATE = Schema(
    model.LetterTemplate,
    {
        "slug": _SLUG,
        "lang": _LANG,
        "title": _TITLE,
        "summary": _SUMMARY,
        "harms": _HARMS,
        "step": _STEP,
        "countries": _COUNTRIES,
        "fields": ListOf(
            Schema(
                model.LetterField,
                {
                    "name": _PLACEHOLDER,
                    "label": _LABEL,
                    "hint": _SUMMARY,
                    "required": Boolean(),
                    "sensitive": Boolean(),
                },
            ),
            key=attrgetter("name"),
        ),
        "order": Integer(),
        "sources": _SOURCES,
        "updated": Date(),
        "reviewed": _REVIEW,
        "body": _PAGE,
    },
)
_AUTHORITIES = Schema(
    model.Authorities,
    {
        "country": _COUNTRY,
        "name": Text(100),
        "authorities": ListOf(
            Schema(
                model.Authority,
                {
                    "slug": _SLUG,
                    "name": Text(200),
                    "acronym": Text(30),
                    "step": OneOf(model.OFFICES),
                    "receives": _HARMS,
                    "site": _ADDRESS,
                    "email": _EMAIL,
                    "phone": Text(100),
                    "address": _SUMMARY,
                    "facts": _FACTS,
                    "sources": _SOURCES,
                },
            ),
            key=attrgetter("slug"),
        ),
    },
)
_ROUTE = Schema(
    model.ComplaintRoute,
    {
        "country": _ROUTE_COUNTRY,
        "updated": Date(),
        "harms": ListOf(
            Schema(
                model.HarmRoute,
                {
                    "harm": _HARM,
                    "title": _TITLE,
                    "danger": _TEXT,
                    "contact_offender": Boolean(),
                    "first": ListOf(_TEXT),
                    "steps": ListOf(
                        Schema(
                            model.ComplaintStep,
                            {
                                "step": _STEP,
                                "do": _TEXT,
                                "authority": _SLUG,
                                "template": _SLUG,
                                "needs": ListOf(_SUMMARY),
                                "wait": _SUMMARY,
                                "facts": _FACTS,
                                "laws": _FACTS,
                            },
                        ),
                        key=attrgetter("step"),
                    ),
                    "guides": _SLUGS,
                    "last": ListOf(_TEXT),
                    "instead": _HARMS,
                },
            ),
            key=attrgetter("harm"),
        ),
    },
)
_PLACES = Schema(
    model.Places,
    {
        "country": _COUNTRY,
        "name": Text(100),
        "places": ListOf(
            Schema(model.Place, {"code": _PLACE, "name": Text(100), "iso": Boolean()}), key=attrgetter("code")
        ),
    },
    check=_check_place_codes,
)
_FORM = Schema(model.FormDocument, {"slug": _SLUG, "lang": _LANG, "title": _TITLE, "body": _PAGE})
_TEXTS = MapOf(LANG, "Un code de langue et son texte.", _PAGE)
_SITE = Schema(
    model.Site,
    {
        "id": _SITE_ID,
        "name": Text(60),
        "tagline": _SUMMARY,
        "lang": _LANG,
        "channels": ListOf(_CHANNEL, key=str),
        "contact": _TEXT,
        "about": _TEXTS,
        "privacy": _TEXTS,
        "prices": MapOf(
            COUNTRY,
            "Un code de pays et son prix.",
            Schema(model.DataPrice, {"francs": PositiveDecimal(), "source": _SOURCE}),
        ),
        "hubs": ListOf(_HUB, key=str),
        "drafts": ListOf(_LANG, key=str),
    },
)
_TOPICS = ListOf(
    Schema(
        model.Topic,
        {
            "slug": _SLUG,
            "pictogram": _SLUG,
            "titles": MapOf(LANG, "Un code de langue et un titre.", _TITLE),
        },
    ),
    key=attrgetter("slug"),
)


@dataclass(frozen=True, slots=True)
class _TopLevelList:
    """A list at the top of a file; in the store it stands under its name, because a record's fields are an object."""

    name: str
    item_list: ListOf

    def read(self, name: str, node: YamlNode, report: ErrorReport) -> Any:
        if isinstance(node, MappingNode) and list(node.entries) == [self.name]:
            node = node.entries[self.name]
        return self.item_list.read(name, node, report)

    def to_json(self, value: Any) -> Any:
        return {self.name: self.item_list.to_json(value)}


@dataclass(frozen=True, slots=True)
class _TopicList:
    topics: tuple[model.Topic, ...]


_TOPICS_LISTED = Schema(_TopicList, {"topics": _TOPICS})

MARKDOWN_SCHEMAS: Mapping[str, Schema] = {"guide": _GUIDE, "notice": _NOTICE, "template": _TEMPLATE}
COUNTRY_SCHEMAS: Mapping[str, Schema] = {"authorities": _AUTHORITIES, "route": _ROUTE, "places": _PLACES}
FORM_SCHEMAS: Mapping[str, Schema] = {"form": _FORM}  # tables in a Markdown file, without front matter
ALERT_SCHEMAS: Mapping[str, Schema] = {"alert": ALERT_SCHEMA}  # written by sending, never by a content folder
DOCUMENT_TYPES: Mapping[str, FieldType] = {
    **MARKDOWN_SCHEMAS,
    **COUNTRY_SCHEMAS,
    **FORM_SCHEMAS,
    **ALERT_SCHEMAS,
    "topics": _TopLevelList("topics", _TOPICS),
    "site": _SITE,
}


def schema_of(kind: str) -> Schema:
    """The fields of a document as a record; topics, a list, stand under their name as they do in the store."""
    form = DOCUMENT_TYPES[kind]
    return form if isinstance(form, Schema) else _TOPICS_LISTED


def to_fields(kind: str, value: Any) -> dict[str, Any]:
    """The document as JSON data, defaults left out: the same document always has the same canonical bytes."""
    fields: dict[str, Any] = DOCUMENT_TYPES[kind].to_json(value)
    return fields


def from_fields(kind: str, fields: Mapping[str, Any], path: str = "") -> Any:
    """The document of `fields`: a dataclass of model.py, for "topics" a tuple of Topic. Raises the first BadContent, naming `path`."""
    report = ErrorReport(path)
    value = DOCUMENT_TYPES[kind].read(kind, yaml_tree.from_json(fields), report)
    if report.errors:
        raise report.errors[0]
    return value


def fields_digest(fields: Mapping[str, Any]) -> str:
    """The digest by which an import knows whether a document changed."""
    return digest(canonical(dict(fields)))
