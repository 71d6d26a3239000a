"""The places of an alert in words."""

from __future__ import annotations

from sync.alerts.alert import Alert
from sync.alerts.library import Library


def place_name(code: str, library: Library) -> str:
    """A place's or country's name in the site's language; the code where nobody wrote a name."""
    places = library.places.get(code.partition("-")[0])
    if places is None:
        return code
    return (
        places.name
        if code == places.country
        else next((place.name for place in places.places if place.code == code), code)
    )


def area_description(alert: Alert, lang: str, library: Library) -> str:
    """What the author wrote of the area in this language, else the places' names, else the countries the site speaks to."""
    info = alert.info.get(lang)
    if info and info.areaDesc:
        return info.areaDesc
    codes = alert.geocode or tuple(dict.fromkeys(channel.partition("-")[2] for channel in library.site.channels))
    return ", ".join(place_name(code, library) for code in codes)


def is_known_place(code: str, library: Library) -> bool:
    """A country the site speaks to, or one of its places."""
    country, _, _ = code.partition("-")
    if code == country:
        return any(channel.endswith(f"-{country}") for channel in library.site.channels)
    places = library.places.get(country)
    return places is not None and any(place.code == code for place in places.places)
