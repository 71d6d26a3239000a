"""The documents that people write, as values: one frozen dataclass per kind.

Intake makes them from files, the store keeps their fields as JSON, rendering reads them. Nothing here does input or output.
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
OFFICES = ("authority", "police", "prosecutor")  # the steps whose addressee is one of a country's authorities
VERDICTS = ("true", "mostly-true", "unproven", "misleading", "out-of-context", "altered", "false", "scam")

Harm = Annotated[str, OneOf(HARMS)]
Harms = Annotated[tuple[Harm, ...], Unique()]
Step = Annotated[str, OneOf(STEPS)]
TextByLang = Annotated[dict[str, MarkdownText], Keys(LANG, "Un code de langue et son texte.")]


@dataclass(frozen=True, slots=True)
class Source:
    """Where a fact comes from. `date`: YYYY, YYYY-MM or YYYY-MM-DD, when it was seen or published. `checked` False: shown as unchecked."""

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
    """A hole of a letter: `{name}` in the body; `label` is what the person is asked.

    A body may also hold `{destinataire}` and `{loi}`: the path fills them (sync/complaints/complaint_path.py), so no field describes them.
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
    """One statement with its source, e.g. an address, a law, what an office receives."""

    text: Paragraph
    source: Source


@dataclass(frozen=True, slots=True)
class Authority:
    """One office of a country. `receives` are harms; `address` says where to go, or how to find out; every fact carries its own source."""

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
    """One step of a path. `authority` is a slug of the country's authorities where a step needs an addressee; `template` a template's slug.

    Without `authority`, a step of OFFICES goes to every office of the country that stands for this step and receives the harm.
    `wait` is when to go on to the next step: the person's own patience, never a legal deadline.
    `laws` are the texts the letter may quote: they fill its `{loi}`.
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
    """A harm's path: what to do first, never contacting the offender where `contact_offender` is False, then the steps in order,
    and `last`: what remains when the last step brought nothing. `instead`: harms whose path is the right one when it is worse than it
    looked, e.g. a threat inside an insult. In a country's file what is left out is the general path's.
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
    """content/routes/<country>.yaml; country "ANY" is the general path that countries refine harm by harm."""

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
    """`code`: ISO 3166-2, or the national code where ISO has none (`iso` False)."""

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
    """What a megabyte costs, for the sentences about cost: `francs` per megabyte, with its source."""

    francs: float
    source: Source


@dataclass(frozen=True, slots=True)
class Site:
    """content/site.yaml. `id` is in every statement. `drafts`: languages whose unreviewed translations are shown all the same."""

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
    """An image or a recording: a blob of the room `editions` under the digest of its bytes. `name`: DIGEST.webp or DIGEST.opus, as in
    /media/NAME; `label` says what is to be seen or heard; `seconds` of sound, 0 for an image.
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
    """An XLSForm: content/forms/<slug>.md as it is written. `lang`: the language that all its texts have; sync.forms compiles it."""

    slug: Slug
    lang: LangCode
    title: Title
    body: MarkdownText
