"""Languages: interface texts from content/locale/<lang>.po, and the formats of dates, numbers, sizes and names.

The msgid is the French sentence, so French needs no catalog and a missing translation shows French. A `Translator`
is loaded once at start-up; `translator.language_of("en")` returns the `Language` used by templates and errors. The
build compiles catalogs to JSON (`{"po": digest, "texts": {…}}`); a .po file that it did not read is parsed.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, tzinfo
from functools import lru_cache
from gettext import c2py
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from babel import Locale, UnknownLocaleError
from babel.core import get_global
from babel.dates import format_date, format_time
from babel.numbers import format_decimal

from sync.canonical import digest
from sync.placeholders import fill

FRENCH = "fr"
_RIGHT_TO_LEFT = frozenset({"ar", "nqo"})
_MONTH = "LLLL y"
_CODE = re.compile(r"[a-z]{2,3}")
_NO_COUNTRIES = frozenset({"EU", "EZ", "QO", "UN", "XA", "XB", "ZZ"})
_MAX_LOCALES = 512  # kept in memory; phones and browsers name languages, so their number has an end

# Autonyms, listed only where CLDR has none or one that speakers in these countries do not use.
_NAMES = {
    "bm": "Bamanankan",
    "dyu": "Julakan",
    "ff": "Fulfulde",
    "ffm": "Fulfulde",
    "fuc": "Pulaar",
    "snk": "Sooninkanxannen",
    "ses": "Soŋay",
    "dje": "Zarma",
    "taq": "Tamasheq",
    "tmh": "Tamajaq",
    "mos": "Mooré",
    "dtm": "Dogoso",
    "kr": "Kanuri",
    "nqo": "ߒߞߏ",
    "ha": "Hausa",
    "wo": "Wolof",
    "gux": "Gulmancema",
}


def N_(sentence: str) -> str:  # noqa: N802  (gettext's name: marks a msgid for extraction)
    return sentence


@dataclass(frozen=True, slots=True)
class Language:
    """One language: its translations and formats.

    `texts` maps a French sentence to its translation; forms of singular and plural are joined by NUL, as in .mo files.
    """

    code: str
    texts: Mapping[str, str] = field(default_factory=dict)

    def __call__(self, sentence: str, **values: Any) -> str:
        """Translate a sentence and fill its `{name}` placeholders; French where there is no translation."""
        text = self.texts.get(sentence) or sentence
        return fill(text, values) if values else text

    def plural(self, one: str, other: str, count: int, **values: Any) -> str:
        """The form for `count` of a sentence in singular and plural, which also fills its `{count}` placeholder."""
        translated = self.texts.get(f"{one}\0{other}")
        forms = translated.split("\0") if translated else [one, other]
        index = _plural_rule(self.code if translated else FRENCH)(count)
        return fill(forms[min(index, len(forms) - 1)], {"count": self.number(count)} | values)

    @property
    def direction(self) -> str:
        return "rtl" if self.code in _RIGHT_TO_LEFT else "ltr"

    @property
    def name(self) -> str:
        """The language's autonym, e.g. "Français", "Bamanankan"."""
        return own_name(self.code)

    def name_of(self, code: str) -> str:
        """Name of another language in this one, e.g. "bambara" in French; its autonym where CLDR has none."""
        return str(_locale(self.code).languages.get(code, own_name(code)))

    def country(self, code: str) -> str:
        """A country's name in this language, else in French, else its code."""
        return str(_locale(self.code).territories.get(code) or _locale(FRENCH).territories.get(code, code))

    def date(self, iso_date: str) -> str:
        """Format YYYY-MM-DD, YYYY-MM or YYYY, e.g. "24 novembre 2026"; anything else is returned unchanged."""
        parts = iso_date.split("-")
        try:
            day = date(*(int(part) for part in (*parts, "1", "1")[:3]))
        except ValueError:
            return iso_date
        if len(parts) == 1:
            return iso_date
        if len(parts) == 2:
            return str(format_date(day, _MONTH, locale=_locale(self.code)))
        words = str(format_date(day, "long", locale=_locale(self.code)))
        return words.replace("1 ", "1er ", 1) if self.code == FRENCH and day.day == 1 else words

    def local_time(self, instant: datetime, country: str) -> str:
        """Date and time in the country's time zone, e.g. "25 novembre 2026 à 18:00"."""
        local = instant.astimezone(time_zone_of(country))
        time = str(format_time(local, "short", locale=_locale(self.code)))
        return self("{date} à {time}", date=self.date(local.date().isoformat()), time=time)

    def number(self, value: float) -> str:
        return str(format_decimal(value, locale=_locale(self.code), format="#,##0.##"))

    def size(self, count: int) -> str:
        """A number of bytes in decimal units: "340 octets", "12 ko", "1,4 Mo"."""
        _ = self
        if count < 1000:
            return _("{number} octets", number=_.number(count))
        if count < 1_000_000:
            return _("{number} ko", number=_.number(round(count / 1000)))
        return _("{number} Mo", number=_.number(round(count / 1_000_000, 1)))


@dataclass(frozen=True, slots=True)
class Translator:
    """The catalogs of a site by language code; a language without one is shown in French."""

    catalogs: Mapping[str, Mapping[str, str]] = field(default_factory=dict)

    @classmethod
    def load(cls, folder: Path, compiled: Path | None = None) -> Translator:
        """The catalogs of every <lang>.po in the folder. `compiled`: the folder with the build's <lang>.json."""
        return cls({path.stem: load_catalog(path, compiled) for path in sorted(folder.glob("*.po"))})

    def language_of(self, code: str) -> Language:
        """The language of a code; French for a text that is no code."""
        known = code if _CODE.fullmatch(code) else FRENCH
        return Language(known, self.catalogs.get(known, {}))


def load_catalog(path: Path, compiled: Path | None = None) -> dict[str, str]:
    """The catalog of a .po file: compiled, if the build read the same bytes; otherwise parsed."""
    if compiled is not None:
        try:
            catalog = json.loads((compiled / f"{path.stem}.json").read_text("utf-8"))
            if catalog["po"] == digest(path.read_bytes()):
                texts: dict[str, str] = catalog["texts"]
                return texts
        except (OSError, ValueError, KeyError, TypeError):
            pass  # the build is older, or there is none
    return read_catalog(path)


def read_catalog(path: Path) -> dict[str, str]:
    """The translated entries of a .po file, without fuzzy ones."""
    from babel.messages.pofile import read_po  # parsing is slow to import, and compiled catalogs need none

    with path.open("rb") as file:
        catalog = read_po(file, locale=path.stem if _CODE.fullmatch(path.stem) else None)
    entries = ((_forms(message.id), _forms(message.string)) for message in catalog if not message.fuzzy)
    return {id: text for id, text in entries if id.strip("\0") and all(text.split("\0"))}


def _forms(text: object) -> str:
    """A sentence; in singular and plural, its forms joined as in gettext's .mo files."""
    return "\0".join(map(str, text)) if isinstance(text, list | tuple) else str(text or "")


def own_name(code: str) -> str:
    """A language's autonym, capitalised where its script has capitals; the code where none is known."""
    name = _NAMES.get(code) or _locale(code, code).languages.get(code) or code
    return name[0].upper() + name[1:]


def is_language(code: str) -> bool:
    """True for a code that names a language: one of the region's, or one that CLDR knows."""
    return code in _NAMES or code in _locale(FRENCH).languages


def is_country(code: str) -> bool:
    """True for a code that names a country; CLDR keeps a few more for places that are none."""
    return code in _locale(FRENCH).territories and code not in _NO_COUNTRIES


@lru_cache(_MAX_LOCALES)
def languages_by_own_name() -> list[tuple[str, str]]:
    """Languages of the region, Arabic and English: code and autonym, by autonym."""
    return sorted(((code, own_name(code)) for code in (*_NAMES, "ar", "en")), key=lambda pair: pair[1].casefold())


def _plural_rule(code: str) -> Callable[[int], int]:
    """The function from a number to the index of its form, as gettext counts them."""
    from babel.messages.plurals import get_plural  # slow to import, as the parser is

    return c2py(get_plural(code).plural_expr)


@lru_cache(_MAX_LOCALES)
def time_zone_of(country: str) -> tzinfo:
    """The country's time zone (the first of several); UTC where CLDR has none."""
    zones = sorted(zone for zone, territory in get_global("zone_territories").items() if territory == country)
    for zone in zones:
        try:
            return ZoneInfo(zone)
        except (OSError, ValueError):
            continue
    return UTC


@lru_cache(_MAX_LOCALES)
def _locale(code: str, fallback: str = FRENCH) -> Locale:
    """CLDR's data of a language; French for languages that CLDR lacks."""
    for candidate in (code, fallback, FRENCH):
        try:
            return Locale.parse(candidate)
        except (UnknownLocaleError, ValueError):
            continue
    raise AssertionError("CLDR has French")
