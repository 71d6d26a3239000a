"""The documents that authors write, as values: one frozen dataclass per kind.

A field's annotation is its type with its limits; schema_derivation.py derives the schema from it. Used by intake,
export, the editors of the console, and rendering.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Annotated

from sync.documents.field_types import ErrorReport, OneOf, Text
from sync.documents.schema_derivation import Keys, Unique
from sync.documents.text_types import (
    COUNTRY,
    LANG,
    ChannelName,
    CountryCode,
    CountryCodes,
    Day,
    EmailAddress,
    HubAddress,
    Label,
    LangCode,
    MarkdownText,
    Paragraph,
    PartialDay,
    PlaceCode,
    PlaceholderName,
    RouteCountryCode,
    SiteId,
    Slug,
    Slugs,
    Summary,
    Title,
    WebAddress,
)
from sync.documents.yaml_tree import YamlNode, line_of

HARMS = (
    "insult",
    "false-information",
    "personal-data",
    "image",
    "intimate-images",
    "identity",
    "account",
    "scam",
    "hate-threat",
    "child",
)
STEPS = ("offender", "site", "platform", "operator", "authority", "police", "prosecutor")
OFFICES = ("authority", "police", "prosecutor")  # steps addressed to one of a country's authorities
VERDICTS = ("true", "mostly-true", "unproven", "misleading", "out-of-context", "altered", "false", "scam")

Harm = Annotated[str, OneOf(HARMS)]
Harms = Annotated[tuple[Harm, ...], Unique()]
Step = Annotated[str, OneOf(STEPS)]
TextByLang = Annotated[dict[str, MarkdownText], Keys(LANG, "Un code de langue et son texte.")]


@dataclass(frozen=True, slots=True)
class Source:
    """The source of a fact. `date`: the day, month or year in which it was read or published.

    A source that is not `checked` is displayed as unchecked.
    """

    name: Annotated[str, Text(200)]
    date: PartialDay = ""
    url: WebAddress = ""
    checked: bool = True

    def check_fields(self, node: YamlNode, report: ErrorReport) -> None:
        if self.checked and not self.date:
            report.add(
                line_of(node),
                "source-undated",
                "La source « {name} » n’a pas de date.",
                "Ajoutez date, ou « checked: false » si elle n’a pas pu être vérifiée.",
                name=self.name,
            )


@dataclass(frozen=True, slots=True)
class Review:
    by: Annotated[str, Text(200)]
    date: Day


@dataclass(frozen=True, slots=True)
class Guide:
    slug: Slug
    lang: LangCode
    title: Title
    body: MarkdownText
    summary: Summary = ""
    topics: Slugs = ()
    countries: CountryCodes = ()
    essential: bool = False
    order: int = 1000
    sources: tuple[Source, ...] = ()
    updated: Day = ""
    reviewed: Review | None = None
    audio: Annotated[str, Text(200)] = ""


@dataclass(frozen=True, slots=True)
class Notice:
    slug: Slug
    lang: LangCode
    title: Title
    body: MarkdownText
    claim: Paragraph
    verdict: Annotated[str, OneOf(VERDICTS)]
    summary: Summary = ""
    generic: bool = False
    seen_where: Annotated[str, Text(200)] = ""
    seen_when: Annotated[str, Text(100)] = ""
    checked_by: Annotated[str, Text(200)] = ""
    evidence: tuple[Source, ...] = ()
    keywords: Annotated[tuple[Annotated[str, Text(60)], ...], Unique()] = ()
    topics: Slugs = ()
    countries: CountryCodes = ()
    order: int = 1000
    updated: Day = ""
    reviewed: Review | None = None
    audio: Annotated[str, Text(200)] = ""


@dataclass(frozen=True, slots=True)
class LetterField:
    """A placeholder of a letter, `{name}` in the body, and the question (`label`) for its value.

    `{destinataire}` and `{loi}` have no field: sync/complaints/complaint_path.py fills them.
    """

    name: PlaceholderName
    label: Label
    hint: Summary = ""
    required: bool = False
    sensitive: bool = False


@dataclass(frozen=True, slots=True)
class LetterTemplate:
    slug: Slug
    lang: LangCode
    title: Title
    body: MarkdownText
    harms: Harms
    step: Step
    summary: Summary = ""
    countries: CountryCodes = ()
    fields: Annotated[tuple[LetterField, ...], Unique("name")] = ()
    order: int = 1000
    sources: tuple[Source, ...] = ()
    updated: Day = ""
    reviewed: Review | None = None


@dataclass(frozen=True, slots=True)
class Fact:
    """One statement with its source, e.g. an address, a law, or the complaints that an office accepts."""

    text: Paragraph
    source: Source


@dataclass(frozen=True, slots=True)
class Authority:
    """An office of a country. `receives`: harms; `address`: where to go, or how to find out."""

    slug: Slug
    name: Annotated[str, Text(200)]
    step: Annotated[str, OneOf(OFFICES)]
    receives: Harms
    acronym: Annotated[str, Text(30)] = ""
    site: WebAddress = ""
    email: EmailAddress = ""
    phone: Annotated[str, Text(100)] = ""
    address: Summary = ""
    facts: tuple[Fact, ...] = ()
    sources: tuple[Source, ...] = ()


@dataclass(frozen=True, slots=True)
class Authorities:
    """content/authorities/<country>.yaml; `country` is ISO 3166-1 alpha-2."""

    country: CountryCode
    name: Annotated[str, Text(100)]
    authorities: Annotated[tuple[Authority, ...], Unique("slug")]


@dataclass(frozen=True, slots=True)
class ComplaintStep:
    """A step of a complaint path. `authority`: slug of one of the country's authorities; `template`: slug of a letter.

    Without `authority`, a step of OFFICES is addressed to every office of the country with this step that receives the
    harm. `wait`: how long to wait before the next step, which is advice and no legal deadline. `laws`: the laws that
    the letter may quote in place of `{loi}`.
    """

    step: Step
    do: Paragraph = ""
    authority: Slug = ""
    template: Slug = ""
    needs: tuple[Summary, ...] = ()
    wait: Summary = ""
    facts: tuple[Fact, ...] = ()
    laws: tuple[Fact, ...] = ()


@dataclass(frozen=True, slots=True)
class HarmRoute:
    """The complaint path of a harm: immediate actions (`first`), steps in order, `last` if no step succeeded.

    `contact_offender` False: the person must not contact the offender. `instead`: harms whose path applies to a graver
    case, e.g. a threat within an insult. Fields left out in a country's file are taken from the general path.
    """

    harm: Harm
    title: Title = ""
    first: tuple[Paragraph, ...] = ()
    steps: Annotated[tuple[ComplaintStep, ...], Unique("step")] = ()
    contact_offender: bool = True
    danger: Paragraph = ""
    guides: Slugs = ()
    last: tuple[Paragraph, ...] = ()
    instead: Harms = ()


@dataclass(frozen=True, slots=True)
class ComplaintRoute:
    """content/routes/<country>.yaml; country "ANY" is the general route, refined by countries harm by harm."""

    country: RouteCountryCode
    harms: Annotated[tuple[HarmRoute, ...], Unique("harm")]
    updated: Day = ""


@dataclass(frozen=True, slots=True)
class Topic:
    slug: Slug
    pictogram: Slug
    titles: Annotated[dict[str, Title], Keys(LANG, "Un code de langue et un titre.")]


@dataclass(frozen=True, slots=True)
class Place:
    """A region of a country. `code`: ISO 3166-2, or a national code if not `iso`."""

    code: PlaceCode
    name: Annotated[str, Text(100)]
    iso: bool = True


@dataclass(frozen=True, slots=True)
class Places:
    country: CountryCode
    name: Annotated[str, Text(100)]
    places: Annotated[tuple[Place, ...], Unique("code")]

    def check_fields(self, node: YamlNode, report: ErrorReport) -> None:
        for index, place in enumerate(self.places):
            if not place.code.startswith(self.country + "-"):
                report.add(
                    line_of(node, "places", index, "code"),
                    "place-country",
                    "« {place} » n’est pas un code de ce pays ({country}).",
                    place=place.code,
                    country=self.country,
                )


@dataclass(frozen=True, slots=True)
class DataPrice:
    """The price of mobile data, in francs per megabyte."""

    francs: float
    source: Source


@dataclass(frozen=True, slots=True)
class Site:
    """content/site.yaml. `id` is part of every signed statement. `drafts`: languages published without a review."""

    id: SiteId = "kunnafoni"
    name: Annotated[str, Text(60)] = "Kunnafoni"
    tagline: Summary = ""
    lang: LangCode = "fr"
    channels: Annotated[tuple[ChannelName, ...], Unique()] = ("fr-ML",)
    contact: Paragraph = ""
    about: TextByLang = field(default_factory=dict)
    privacy: TextByLang = field(default_factory=dict)
    prices: Annotated[dict[str, DataPrice], Keys(COUNTRY, "Un code de pays et son prix.")] = field(default_factory=dict)
    hubs: Annotated[tuple[HubAddress, ...], Unique()] = ()
    drafts: Annotated[tuple[LangCode, ...], Unique()] = ()


@dataclass(frozen=True, slots=True)
class Medium:
    """An image or a recording, stored as a blob of the collection `editions` under the digest of its bytes.

    `name`: DIGEST.webp or DIGEST.opus, as in /media/NAME. `label`: its description. `seconds`: 0 for an image.
    """

    name: str
    bytes: int
    label: str = ""
    seconds: int = 0

    @property
    def is_sound(self) -> bool:
        return self.name.endswith(".opus")


@dataclass(frozen=True, slots=True)
class FormDocument:
    """An XLSForm as its source, content/forms/<slug>.md. `lang`: a language in which all its texts exist."""

    slug: Slug
    lang: LangCode
    title: Title
    body: MarkdownText
