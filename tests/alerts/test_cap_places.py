"""The places of this site in a CAP message: by code, by outline, or none."""

from __future__ import annotations

import time
from dataclasses import replace

import pytest

from sync.alerts.cap_places import MessagePlaces, find_message_places
from sync.alerts.cap_reader import read_cap
from sync.alerts.library_with_alerts import Library
from tests.support.sample_alerts import LIBRARY
from tests.support.sample_cap import FAR, HERE, cap_info, cap_xml
from tests.support.site_places import PLACES

SEGOU_AND_SAN = ("ML-18", "ML-4")  # San was cut from Ségou, whose former outline stands for both


def places_of(*areas: str, library: Library = LIBRARY) -> MessagePlaces:
    infos = [cap_info(area=f"<areaDesc>x</areaDesc>{area}") for area in areas]
    return find_message_places(read_cap(cap_xml(*infos), "x"), library)


def geocode(name: str, value: str) -> str:
    return f"<geocode><valueName>{name}</valueName><value>{value}</value></geocode>"


@pytest.mark.parametrize(
    ("area", "codes"),
    [
        (geocode("ISO3166-2", "ML-4"), ("ML-4",)),
        (geocode("iso 3166-1", "ML"), ("ML",)),
        (geocode("Mali", "ML-18"), ("ML-18",)),
        (geocode("UGC", "ML-4"), ()),
        (geocode("ISO3166-2", "AU-NSW"), ()),
        (f"<polygon>{HERE}</polygon>", SEGOU_AND_SAN),
        ("<circle>13.45,-6.2 20</circle>", SEGOU_AND_SAN),
        ("<circle>13.45,-6.2 0.0</circle>", SEGOU_AND_SAN),
        ("<polygon>30,-20 30,10 5,10 5,-20 30,-20</polygon>", ("BF", "ML")),
        (f"<polygon>1,2 3</polygon><polygon>{HERE}</polygon>", SEGOU_AND_SAN),
        ("", ()),
    ],
)
def test_codes_and_outlines_lead_to_places(area: str, codes: tuple[str, ...]) -> None:
    assert places_of(area) == MessagePlaces(codes, is_elsewhere=False)


def test_outlines_that_touch_no_country_of_the_site_are_elsewhere() -> None:
    assert places_of(f"<polygon>{FAR}</polygon>") == MessagePlaces((), is_elsewhere=True)
    assert places_of(f"<polygon>{FAR}</polygon>", geocode("ISO3166-2", "ML-5")).codes == ("ML-5",)


def zigzag(count: int, south: float = 11, north: float = 24) -> str:
    """An outline that crosses all of Mali again and again."""
    points = [f"{north if number % 2 else south},{number * 7 % 9 - 5}" for number in range(count)]
    return f"<polygon>{' '.join([*points, points[0]])}</polygon>"


@pytest.mark.parametrize(
    "outlines", [zigzag(4990) * 25, zigzag(4, 13.2, 13.4) * 14_000], ids=["crossing everything", "very many"]
)
def test_outlines_that_would_take_hours_are_not_compared_and_codes_still_count(outlines: str) -> None:
    library = replace(LIBRARY, places=PLACES)
    began = time.process_time()
    assert places_of(outlines, library=library) == MessagePlaces((), is_elsewhere=False)
    assert places_of(outlines, geocode("ISO3166-2", "ML-5"), library=library).codes == ("ML-5",)
    assert time.process_time() - began < 10


def test_the_code_of_a_former_region_stands_for_those_that_were_made_of_it() -> None:
    library = replace(LIBRARY, places=PLACES)
    assert set(places_of(geocode("ISO3166-2", "BF-08"), library=library).codes) == {
        "BF-GOULMOU",
        "BF-SIRBA",
        "BF-TAPOA",
    }
    assert places_of(geocode("Burkina Faso", "BF-08"), library=library).codes == ()
