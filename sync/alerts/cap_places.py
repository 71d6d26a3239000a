"""The places of this site that a CAP message covers, by its codes of ISO 3166 and by its outlines."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from sync.alerts.alert_area_names import is_known_place, place_name
from sync.alerts.area_overlap import Ring, TooIntricate, parse_circle, parse_polygon
from sync.alerts.cap_message import CapArea, CapMessage, NamedValue
from sync.alerts.library_with_alerts import Library
from sync.alerts.outlines import codes_of_outline, find_places

WHOLE_COUNTRY = 0.9  # share of a country from which the country stands for its places
MAX_POINTS = 5_000  # of an outline when it is compared; more are thinned out evenly
MAX_ALL_POINTS = 50_000  # of all outlines of a message together; those of more are not compared


@dataclass(frozen=True, slots=True)
class MessagePlaces:
    """`codes`: places and whole countries of this site. `is_elsewhere`: the message has outlines, none of them here."""

    codes: tuple[str, ...]
    is_elsewhere: bool


def find_message_places(message: CapMessage, library: Library) -> MessagePlaces:
    """The places of a message. An area with a known code is not compared by its outline.

    Outlines that would take too long are not compared either: the message then names the places of its codes alone.
    """
    areas = [area for info in message.info for area in info.area]
    codes: dict[str, None] = {}
    rings: list[Ring] = []
    for area in areas:
        known = [place for code in area.geocodes for place in _our_places(code, library)]
        codes |= dict.fromkeys(known)
        if not known:
            rings += _read_rings(area)
    countries = sorted({channel.partition("-")[2] for channel in library.site.channels})
    try:
        if sum(map(len, rings)) > MAX_ALL_POINTS:
            raise TooIntricate
        codes |= dict.fromkeys([code for country in countries for code in _overlapping(rings, country, library)])
    except TooIntricate:
        rings = []
    whole = {code for code in codes if "-" not in code}
    return MessagePlaces(
        tuple(code for code in codes if code in whole or code.partition("-")[0] not in whole),
        is_elsewhere=bool(rings) and not codes,
    )


def _our_places(code: NamedValue, library: Library) -> Iterator[str]:
    """Places of this site by a register that says so: ISO's, or the country's own where ISO lags behind.

    ISO's code of a former region (BF-08) stands for the places that were made of it.
    """
    register = code.name.casefold()
    is_iso = "iso" in register
    if not is_iso and register != place_name(code.value.partition("-")[0], library).casefold():
        return
    if is_known_place(code.value, library):
        yield code.value
    elif is_iso:
        yield from (place for place in codes_of_outline(code.value) if is_known_place(place, library))


def _overlapping(rings: list[Ring], country: str, library: Library) -> Iterator[str]:
    """The country if nearly all of it is covered, else its places that are more than touched."""
    if any(share.of_place >= WHOLE_COUNTRY for share in find_places(rings, [country])):
        yield country
        return
    places = library.places.get(country)
    for share in find_places(rings, [place.code for place in places.places] if places else []):
        if share.is_enough:
            yield share.code


def _read_rings(area: CapArea) -> Iterator[Ring]:
    """The outlines that can be read; a malformed one does not hide the others."""
    for texts, parse in ((area.polygons, parse_polygon), (area.circles, parse_circle)):
        for text in texts:
            try:
                yield _thin(parse(text))
            except ValueError:
                continue


def _thin(ring: Ring) -> Ring:
    step = len(ring) // MAX_POINTS + 1
    return ring if step == 1 else (*ring[:-1:step], ring[-1])
