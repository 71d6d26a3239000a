"""Text types that several fields share: codes, addresses, sentences, each with its pattern and its limits.

Used as annotations by the dataclasses of documents and alerts.
"""

from __future__ import annotations

from typing import Annotated

from sync.documents.field_types import Date, Text
from sync.documents.schema_derivation import Unique
from sync.documents.text_decoding import FORM_LIMIT, MARKDOWN_LIMIT

# Patterns of the codes in paths and record ids.
SLUG = r"[a-z0-9-]{1,60}"
LANG = r"[a-z]{2,3}"
COUNTRY = r"[A-Z]{2}"
_HOST = r"[^\s<>\"/?#\[\]]+"  # of a web address; a bracket would make one that nobody can open

Title = Annotated[str, Text(120)]  # a line and a half on the narrowest phone
Label = Annotated[str, Text(120)]
Summary = Annotated[str, Text(300)]
Paragraph = Annotated[str, Text(1000)]
MarkdownText = Annotated[str, Text(MARKDOWN_LIMIT, is_multiline=True)]
FormText = Annotated[str, Text(FORM_LIMIT, is_multiline=True)]

Day = Annotated[str, Date()]
PartialDay = Annotated[str, Date(allows_partial=True)]

Slug = Annotated[
    str,
    Text(60, pattern=SLUG, code="slug-form", hint="Lettres minuscules sans accent, chiffres et tirets : mot-de-passe."),
]
Slugs = Annotated[tuple[Slug, ...], Unique()]
LangCode = Annotated[
    str, Text(3, pattern=LANG, code="lang-form", hint="Un code de langue, en minuscules : fr, bm, ff, ha.")
]
CountryCode = Annotated[
    str, Text(3, pattern=COUNTRY, code="country-form", hint="Un code de pays, en majuscules : ML, BF, NE.")
]
CountryCodes = Annotated[tuple[CountryCode, ...], Unique()]
RouteCountryCode = Annotated[
    str,
    Text(3, pattern=rf"{COUNTRY}|ANY", code="country-form", hint="Un code de pays, en majuscules, ou ANY pour tous."),
]
PlaceCode = Annotated[
    str,
    Text(20, pattern=r"[A-Z]{2}-[A-Z0-9-]{1,16}", code="place-form", hint="Le pays, un tiret, la région : ML-BKO."),
]
ChannelName = Annotated[
    str, Text(6, pattern=rf"{LANG}-{COUNTRY}", code="channel-form", hint="La langue, un tiret, le pays : fr-ML.")
]
SiteId = Annotated[
    str,
    Text(64, pattern=r"[a-z0-9.-]{1,64}", code="site-form", hint="Lettres minuscules, chiffres, points et tirets."),
]
PlaceholderName = Annotated[
    str,
    Text(40, pattern=r"[a-z][a-z0-9_]*", code="hole-form", hint="Lettres minuscules sans accent, chiffres et _."),
]

WebAddress = Annotated[
    str,
    Text(
        500,
        pattern=rf"https://{_HOST}(?:[/?#][^\s<>\"]*)?",
        code="address-form",
        hint="Une adresse commence par https:// et n’a pas d’espace.",
    ),
]
# The page of a source: many papers of the Sahel answer on http only.
PageAddress = Annotated[
    str,
    Text(
        500,
        pattern=rf"https?://{_HOST}(?:[/?#][^\s<>\"]*)?",
        code="address-form",
        hint="Une adresse commence par https:// (ou http://) et n’a pas d’espace.",
    ),
]
HubAddress = Annotated[
    str,
    Text(
        200,
        pattern=r"https://[a-z0-9.-]+(:[0-9]{1,5})?",
        code="hub-form",
        hint="L’adresse d’un relais : https:// et son nom, sans rien après.",
    ),
]
EmailAddress = Annotated[
    str,
    Text(120, pattern=r"[^\s@]+@[^\s@]+\.[a-z]{2,}", code="email-form", hint="Une adresse de courriel : nom@domaine."),
]
Marks = Annotated[
    str,
    Text(
        200,
        pattern=r"[0-9]{1,4}( [0-9]{1,4})*",
        code="marks-form",
        hint="Des secondes entières, avec des espaces : 3 9 17.",
    ),
]
