"""The documents that authors write, as values: one frozen dataclass per kind.

A field's annotation is its type with its limits; schema_derivation.py derives the schema from it.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Annotated

from sync.documents.comprehension import Questions, check_questions
from sync.documents.data_translation import DataTranslations, LocalNames
from sync.documents.emergency import EmergencyLine, Rung
from sync.documents.field_types import ErrorReport, OneOf, Text
from sync.documents.review import Review
from sync.documents.schema_derivation import Keys, Unique
from sync.documents.sources import Fact, Source
from sync.documents.text_types import (
    COUNTRY,
    LANG,
    ChannelName,
    CountryCode,
    CountryCodes,
    Day,
    EmailAddress,
    FormText,
    HubAddress,
    Label,
    LangCode,
    MarkdownText,
    Marks,
    Paragraph,
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
VERDICTS = ("true", "mostly-true", "unproven", "misleading", "out-of-context", "altered", "false", "scam", "to-check")

Harm = Annotated[str, OneOf(HARMS)]
Harms = Annotated[tuple[Harm, ...], Unique()]
Step = Annotated[str, OneOf(STEPS)]
Keywords = Annotated[tuple[Annotated[str, Text(60)], ...], Unique()]
Wordings = Annotated[tuple[Annotated[str, Text(300)], ...], Unique()]
TextByLang = Annotated[dict[str, MarkdownText], Keys(LANG, "Un code de langue et son texte.")]


@dataclass(frozen=True, slots=True)
class SpokenVersion:
    """A recording of the document in a language that may have no text on this site; readers get reviewed ones only.

    `media`: DIGEST.opus, from the console. `marks`: the second at which each numbered step begins, "3 9 17".
    """

    lang: LangCode
    media: Annotated[str, Text(60)]
    by: Annotated[str, Text(200)]
    reviewed: Review | None = None
    marks: Marks = ""


SpokenVersions = Annotated[tuple[SpokenVersion, ...], Unique("lang")]


@dataclass(frozen=True, slots=True)
class Guide:
    """`script`: the words for the voice that records it, in paragraphs; its own file beside the guide's.

    `questions`: whether it was understood, at its end; an essential guide alone has some.
    """

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
    spoken: SpokenVersions = ()
    keywords: Keywords = ()
    questions: Questions = ()
    script: MarkdownText = ""

    def check_fields(self, node: YamlNode, report: ErrorReport) -> None:
        check_questions(self.questions, self.essential, line_of(node, "questions"), report)


@dataclass(frozen=True, slots=True)
class Correction:
    """A change of a published text that was wrong: its day and its words, which readers see on the page."""

    day: Day
    text: Paragraph


@dataclass(frozen=True, slots=True)
class Notice:
    """A checked claim. `wordings`: how people write and say such a message; what they paste is compared with them."""

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
    corrections: tuple[Correction, ...] = ()
    keywords: Keywords = ()
    wordings: Wordings = ()
    topics: Slugs = ()
    countries: CountryCodes = ()
    order: int = 1000
    updated: Day = ""
    reviewed: Review | None = None
    audio: Annotated[str, Text(200)] = ""
    spoken: SpokenVersions = ()


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
class Authority:
    """An office of a country. `receives`: harms; `address`: where to go, or how to find out.

    `places`: codes of the regions where it can be visited, () where that is not known. `rung`: who called its `phone`.
    """

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
    places: Annotated[tuple[PlaceCode, ...], Unique()] = ()
    rung: Rung | None = None


@dataclass(frozen=True, slots=True)
class Companion:
    """An association whose people go with a person who complains, and that accepts to be listed.

    `consent`: who said so for it, on which day. `review_by`: the day by which to ask it again; readers see it.
    """

    slug: Slug
    name: Annotated[str, Text(200)]
    receives: Harms
    consent: Rung
    review_by: Day
    places: Annotated[tuple[PlaceCode, ...], Unique()] = ()
    phone: Annotated[str, Text(100)] = ""
    address: Summary = ""


@dataclass(frozen=True, slots=True)
class Authorities:
    """content/authorities/<country>.yaml; `country` is ISO 3166-1 alpha-2. `emergency`: a line for each service.

    `companions`: associations that go with people.
    """

    country: CountryCode
    name: Annotated[str, Text(100)]
    authorities: Annotated[tuple[Authority, ...], Unique("slug")]
    emergency: Annotated[tuple[EmergencyLine, ...], Unique("service")] = ()
    companions: Annotated[tuple[Companion, ...], Unique("slug")] = ()
    translations: DataTranslations = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class ComplaintStep:
    """A step of a complaint path. `authority`: slug of one of the country's authorities; `template`: slug of a letter.

    Without `authority`, a step of OFFICES goes to each office of the country with this step that receives the harm.
    `wait`: advice, no legal deadline. `laws`: those that stand for `{loi}` in the letter. `ask`: a question whose "no"
    leaves the step out. `other_letters`: slugs, for a reminder, a single right, a reply.
    """

    step: Step
    do: Paragraph = ""
    authority: Slug = ""
    template: Slug = ""
    needs: tuple[Summary, ...] = ()
    wait: Summary = ""
    facts: tuple[Fact, ...] = ()
    laws: tuple[Fact, ...] = ()
    ask: Summary = ""
    other_letters: Slugs = ()


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
    keywords: Keywords = ()


@dataclass(frozen=True, slots=True)
class ComplaintRoute:
    """content/routes/<country>.yaml; country "ANY" is the general route, refined by countries harm by harm."""

    country: RouteCountryCode
    harms: Annotated[tuple[HarmRoute, ...], Unique("harm")]
    updated: Day = ""
    translations: DataTranslations = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Topic:
    """`private`: a phone does not keep which of its guides was heard. `team`: for people who work for the site; its
    guides do not stand among the readers'.
    """

    slug: Slug
    pictogram: Slug
    titles: Annotated[dict[str, Title], Keys(LANG, "Un code de langue et un titre.")]
    private: bool = False
    team: bool = False


@dataclass(frozen=True, slots=True)
class Synonyms:
    """content/synonyms.yaml, for search. `ignored`: words with which people ask, in any language.

    `groups`: phrases that stand for each other, separated by commas.
    """

    ignored: Annotated[tuple[Annotated[str, Text(40)], ...], Unique()] = ()
    groups: Annotated[tuple[Annotated[str, Text(400)], ...], Unique()] = ()


@dataclass(frozen=True, slots=True)
class Place:
    """A region of a country. `code`: ISO 3166-2, or a national code if not `iso`. `names`: in other languages."""

    code: PlaceCode
    name: Annotated[str, Text(100)]
    iso: bool = True
    names: LocalNames = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Places:
    country: CountryCode
    name: Annotated[str, Text(100)]
    places: Annotated[tuple[Place, ...], Unique("code")]
    names: LocalNames = field(default_factory=dict)

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
    """content/site.yaml. `id` is part of every signed statement. `drafts`: languages published without a review.

    `checking`: how notices are made and paid for. `licence`: of the texts. `one_person`: writers approve their own.
    """

    id: SiteId = "kunnafoni"
    name: Annotated[str, Text(60)] = "Kunnafoni"
    tagline: Summary = ""
    taglines: Annotated[dict[str, Summary], Keys(LANG, "Un code de langue et une phrase.")] = field(
        default_factory=dict
    )
    lang: LangCode = "fr"
    channels: Annotated[tuple[ChannelName, ...], Unique()] = ("fr-ML",)
    contact: Paragraph = ""
    about: TextByLang = field(default_factory=dict)
    privacy: TextByLang = field(default_factory=dict)
    checking: TextByLang = field(default_factory=dict)
    licence: WebAddress = ""
    prices: Annotated[dict[str, DataPrice], Keys(COUNTRY, "Un code de pays et son prix.")] = field(default_factory=dict)
    hubs: Annotated[tuple[HubAddress, ...], Unique()] = ()
    drafts: Annotated[tuple[LangCode, ...], Unique()] = ()
    one_person: bool = False


@dataclass(frozen=True, slots=True)
class Medium:
    """An image or a recording, stored as a blob of the collection `editions` under the digest of its bytes.

    `name`: DIGEST.webp or DIGEST.opus, as in /media/NAME. `label`: its description. `seconds`: 0 for an image.
    `aac`: DIGEST.m4a, the same sound for phones that cannot play Opus, "" where the site keeps none.
    """

    name: str
    bytes: int
    label: str = ""
    seconds: int = 0
    aac: str = ""

    @property
    def is_sound(self) -> bool:
        return self.name.endswith(".opus")


@dataclass(frozen=True, slots=True)
class FormDocument:
    """An XLSForm as its source, content/forms/<slug>.md. `lang`: a language in which all its texts exist."""

    slug: Slug
    lang: LangCode
    title: Title
    body: FormText
