"""Names of the places that an alert covers."""

from __future__ import annotations

from sync.alerts.alert import Alert
from sync.alerts.library_with_alerts import Library


def place_name(code: str, library: Library, lang: str = "") -> str:
    """The name of a place or country in `lang`, else in the site's language; its code if it has no name."""
    country = library.places.get(code.partition("-")[0])
    if country is None:
        return code
    place = country if code == country.country else next((each for each in country.places if each.code == code), None)
    return place.names.get(lang, place.name) if place else code


def area_description(alert: Alert, lang: str, library: Library) -> str:
    """The author's description of the area in this language, else the names of its places or of all countries."""
    info = alert.info.get(lang)
    if info and info.areaDesc:
        return info.areaDesc
    codes = alert.geocode or tuple(dict.fromkeys(channel.partition("-")[2] for channel in library.site.channels))
    return ", ".join(place_name(code, library, lang) for code in codes)


def is_known_place(code: str, library: Library) -> bool:
    """True for a country of the site's channels and for a place of a country."""
    country, _, _ = code.partition("-")
    if code == country:
        return any(channel.endswith(f"-{country}") for channel in library.site.channels)
    places = library.places.get(country)
    return places is not None and any(place.code == code for place in places.places)
