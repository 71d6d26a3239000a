"""The places that the form of an alert offers: those of one's countries, those chosen, those found by a search."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass

from sync.alerts.library_with_alerts import Library
from sync.folding import fold

MAX_FOUND = 40  # places of one search


@dataclass(frozen=True, slots=True)
class CountryPlaces:
    """A country and those of its places that are offered, as pairs of code and name."""

    code: str
    name: str
    places: tuple[tuple[str, str], ...]


def site_countries(library: Library) -> list[str]:
    """The countries of the site's channels: "everywhere" for an alert."""
    return list(dict.fromkeys(channel.partition("-")[2] for channel in library.site.channels))


def offer_places(
    library: Library, chosen: Collection[str], home: Collection[str], query: str = ""
) -> list[CountryPlaces]:
    """All countries of the site, those of `home` first; of each the places that are chosen, found, or at home."""
    wanted = fold(query).strip()
    offered = []
    found_count = 0
    for country in sorted(site_countries(library), key=lambda code: code not in home):
        places = library.places.get(country)
        rows = [(place.code, place.name) for place in places.places] if places else []
        found = {code for code, name in rows if wanted and wanted in fold(name)}
        found_count += len(found)
        shown = {code for code, _ in rows if code in chosen or (code in found and found_count <= MAX_FOUND)}
        if not wanted and country in home:
            shown |= {code for code, _ in rows}
        name = places.name if places else country
        offered.append(CountryPlaces(country, name, tuple(row for row in rows if row[0] in shown)))
    return offered


def home_countries(library: Library, writer_places: Iterable[str]) -> list[str]:
    """One's countries: those of the places one wrote about last, else that of the site's first channel."""
    countries = list(dict.fromkeys(code.partition("-")[0] for code in writer_places))
    return countries or site_countries(library)[:1]
