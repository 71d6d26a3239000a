"""The documents that people write, as values: one frozen dataclass per kind.

Intake makes them from files, the store keeps their fields as JSON, rendering reads them. Nothing here does input or output.
"""

from __future__ import annotations

from dataclasses import dataclass, field

# Regular expressions of the names by which documents are known.
SLUG = r"[a-z0-9-]{1,60}"
LANG = r"[a-z]{2,3}"
COUNTRY = r"[A-Z]{2}"

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


@dataclass(frozen=True, slots=True)
class Source:
    """Where a fact comes from. `date`: YYYY, YYYY-MM or YYYY-MM-DD, when it was seen or published. `checked` False: shown as unchecked."""

    name: str
    date: str = ""
    url: str = ""
    checked: bool = True


@dataclass(frozen=True, slots=True)
class Review:
    by: str
    date: str


@dataclass(frozen=True, slots=True)
class Guide:
    slug: str
    lang: str
    title: str
    body: str
    summary: str = ""
    topics: tuple[str, ...] = ()
    countries: tuple[str, ...] = ()
    essential: bool = False
    order: int = 1000
    sources: tuple[Source, ...] = ()
    updated: str = ""
    reviewed: Review | None = None
    audio: str = ""


@dataclass(frozen=True, slots=True)
class Notice:
    slug: str
    lang: str
    title: str
    body: str
    claim: str
    verdict: str
    summary: str = ""
    generic: bool = False
    seen_where: str = ""
    seen_when: str = ""
    checked_by: str = ""
    evidence: tuple[Source, ...] = ()
    keywords: tuple[str, ...] = ()
    topics: tuple[str, ...] = ()
    countries: tuple[str, ...] = ()
    order: int = 1000
    updated: str = ""
    reviewed: Review | None = None
    audio: str = ""


@dataclass(frozen=True, slots=True)
class LetterField:
    """A hole of a letter: `{name}` in the body; `label` is what the person is asked.

    A body may also hold `{destinataire}` and `{loi}`: the path fills them (sync/complaints/complaint_path.py), so no field describes them.
    """

    name: str
    label: str
    hint: str = ""
    required: bool = False
    sensitive: bool = False


@dataclass(frozen=True, slots=True)
class LetterTemplate:
    slug: str
    lang: str
    title: str
    body: str
    harms: tuple[str, ...]
    step: str
    summary: str = ""
    countries: tuple[str, ...] = ()
    fields: tuple[LetterField, ...] = ()
    order: int = 1000
    sources: tuple[Source, ...] = ()
    updated: str = ""
    reviewed: Review | None = None


@dataclass(frozen=True, slots=True)
class Fact:
    """One statement with its source, e.g. an address, a law, what an office receives."""

    text: str
    source: Source


@dataclass(frozen=True, slots=True)
class Authority:
    """One office of a country. `receives` are harms; `address` says where to go, or how to find out; every fact carries its own source."""

    slug: str
    name: str
    step: str
    receives: tuple[str, ...]
    acronym: str = ""
    site: str = ""
    email: str = ""
    phone: str = ""
    address: str = ""
    facts: tuple[Fact, ...] = ()
    sources: tuple[Source, ...] = ()


@dataclass(frozen=True, slots=True)
class Authorities:
    """content/authorities/<country>.yaml; `country` is ISO 3166-1 alpha-2."""

    country: str
    name: str
    authorities: tuple[Authority, ...]


@dataclass(frozen=True, slots=True)
class ComplaintStep:
    """One step of a path. `authority` is a slug of the country's authorities where a step needs an addressee; `template` a template's slug.

    Without `authority`, a step of OFFICES goes to every office of the country that stands for this step and receives the harm.
    `wait` is when to go on to the next step: the person's own patience, never a legal deadline.
    `laws` are the texts the letter may quote: they fill its `{loi}`.
    """

    step: str
    do: str = ""
    authority: str = ""
    template: str = ""
    needs: tuple[str, ...] = ()
    wait: str = ""
    facts: tuple[Fact, ...] = ()
    laws: tuple[Fact, ...] = ()


@dataclass(frozen=True, slots=True)
class HarmRoute:
    """A harm's path: what to do first, never contacting the offender where `contact_offender` is False, then the steps in order,
    and `last`: what remains when the last step brought nothing. `instead`: harms whose path is the right one when it is worse than it
    looked, e.g. a threat inside an insult. In a country's file what is left out is the general path's.
    """

    harm: str
    title: str = ""
    first: tuple[str, ...] = ()
    steps: tuple[ComplaintStep, ...] = ()
    contact_offender: bool = True
    danger: str = ""
    guides: tuple[str, ...] = ()
    last: tuple[str, ...] = ()
    instead: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class ComplaintRoute:
    """content/routes/<country>.yaml; country "ANY" is the general path that countries refine harm by harm."""

    country: str
    harms: tuple[HarmRoute, ...]
    updated: str = ""


@dataclass(frozen=True, slots=True)
class Topic:
    slug: str
    pictogram: str
    titles: dict[str, str]


@dataclass(frozen=True, slots=True)
class Place:
    """`code`: ISO 3166-2, or the national code where ISO has none (`iso` False)."""

    code: str
    name: str
    iso: bool = True


@dataclass(frozen=True, slots=True)
class Places:
    country: str
    name: str
    places: tuple[Place, ...]


@dataclass(frozen=True, slots=True)
class DataPrice:
    """What a megabyte costs, for the sentences about cost: `francs` per megabyte, with its source."""

    francs: float
    source: Source


@dataclass(frozen=True, slots=True)
class Site:
    """content/site.yaml. `id` is in every statement. `drafts`: languages whose unreviewed translations are shown all the same."""

    id: str = "kunnafoni"
    name: str = "Kunnafoni"
    tagline: str = ""
    lang: str = "fr"
    channels: tuple[str, ...] = ("fr-ML",)
    contact: str = ""
    about: dict[str, str] = field(default_factory=dict)
    privacy: dict[str, str] = field(default_factory=dict)
    prices: dict[str, DataPrice] = field(default_factory=dict)
    hubs: tuple[str, ...] = ()
    drafts: tuple[str, ...] = ()


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

    slug: str
    lang: str
    title: str
    body: str
