"""The areas of an alert as other programs read them: a description, polygons, and codes with their registers.

Programs that do not know a code draw the polygon; without one they would drop the alert.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from sync.alerts.alert import Alert
from sync.alerts.alert_area_names import place_name
from sync.alerts.library_with_alerts import Library
from sync.alerts.outlines import Outline, find_outline
from sync.locale import Language


@dataclass(frozen=True, slots=True)
class AlertArea:
    """`polygons`: as CAP writes them. `codes`: register and code of each place."""

    description: str
    polygons: tuple[str, ...]
    codes: tuple[tuple[str, str], ...]


def alert_areas(alert: Alert, language: Language, library: Library) -> tuple[AlertArea, ...]:
    """One area a place, or a single one where the author describes it in words of their own."""
    codes = alert.geocode or _countries(library)
    info = alert.info.get(language.code)
    if info and info.areaDesc:
        return (_area(info.areaDesc, codes, language, library),)
    return tuple(_area(place_name(code, library), (code,), language, library) for code in codes)


def former_origins(codes: Iterable[str], library: Library) -> tuple[str, ...]:
    """Names of the earlier regions whose limits stand for places among `codes`."""
    outlines = [outline for code in codes if (outline := find_outline(code)) and outline.is_former]
    return tuple(dict.fromkeys(_origin_name(outline, library) for outline in outlines))


def places_without_outline(codes: Iterable[str], library: Library) -> tuple[str, ...]:
    """Names of places that other programs cannot draw, such as those that this site added."""
    return tuple(place_name(code, library) for code in codes if find_outline(code) is None)


def _area(description: str, codes: tuple[str, ...], language: Language, library: Library) -> AlertArea:
    outlines = dict.fromkeys(outline for code in codes if (outline := find_outline(code)))
    if origins := former_origins(codes, library):
        known = ", ".join(origins)
        if known == description:
            description = language("{place} (anciennes limites)", place=description)
        else:
            description = language("{place} (anciennes limites : {origin})", place=description, origin=known)
    return AlertArea(
        description,
        tuple(dict.fromkeys(polygon for outline in outlines for polygon in outline.polygons)),
        tuple((_code_register(code, library), code) for code in codes),
    )


def _countries(library: Library) -> tuple[str, ...]:
    return tuple(sorted({channel.partition("-")[2] for channel in library.site.channels}))


def _origin_name(outline: Outline, library: Library) -> str:
    """The name that this site has for the region, or that of the outline if it is no place any more."""
    name = place_name(outline.code, library)
    return outline.name if name == outline.code else name


def _code_register(code: str, library: Library) -> str:
    """The register of a code: ISO 3166-1 for countries, ISO 3166-2 for places, or the country's own where ISO lags."""
    country, _, _ = code.partition("-")
    if code == country:
        return "ISO3166-1"
    places = library.places.get(country)
    place = next((place for place in places.places if place.code == code), None) if places else None
    return "ISO3166-2" if place is None or place.iso else place_name(country, library)
