"""Outlines: every place and country has one that other readers can draw, and an area finds its places."""

from __future__ import annotations

import json

import pytest
import shapely

from sync.alerts.area_overlap import parse_circle, parse_polygon
from sync.alerts.outlines import Outline, codes_of_outline, find_outline, find_places
from tests.support import repository
from tests.support.site_places import COUNTRIES, PLACES
from tests.tools.make_outlines import MAX_POINTS, OUTLINES, make

DATA = json.loads(OUTLINES.read_text("utf-8"))
CODES = [place.code for country in PLACES.values() for place in country.places]


def outline_of(code: str) -> Outline:
    outline = find_outline(code)
    assert outline is not None, code
    return outline


def drawn(code: str) -> shapely.MultiPolygon:
    return shapely.union_all(
        [shapely.Polygon([(longitude, latitude) for latitude, longitude in ring]) for ring in outline_of(code).rings]
    )


@pytest.mark.parametrize("code", [*CODES, *COUNTRIES])
def test_each_place_has_an_outline_of_simple_polygons(code: str) -> None:
    polygons = outline_of(code).polygons
    assert sum(len(polygon.split(" ")) for polygon in polygons) <= MAX_POINTS
    for polygon in polygons:
        points = [point.split(",") for point in polygon.split(" ")]
        assert points[0] == points[-1]
        assert shapely.Polygon([(float(longitude), float(latitude)) for latitude, longitude in points]).is_valid


@pytest.mark.parametrize("country", COUNTRIES)
def test_the_places_of_a_country_fill_it_and_no_other(country: str) -> None:
    places = shapely.union_all([drawn(place.code) for place in PLACES[country].places])
    whole = drawn(country)
    assert places.intersection(whole).area / places.union(whole).area > 0.96
    for other in COUNTRIES:
        assert other == country or places.intersection(drawn(other)).area / whole.area < 0.01


@pytest.mark.parametrize(
    ("code", "latitude", "longitude"),
    [
        ("ML-BKO", 12.64, -8.0),
        ("ML-4", 13.43, -6.26),
        ("BF-KADIOGO", 12.37, -1.52),
        ("NE-8", 13.51, 2.11),
        ("TD-ND", 12.13, 15.06),
        ("MR-13", 18.09, -15.98),
        ("SN-TC", 13.77, -13.67),
    ],
)
def test_a_town_lies_in_its_place(code: str, latitude: float, longitude: float) -> None:
    assert drawn(code).contains(shapely.Point(longitude, latitude))


def test_a_town_within_a_region_is_not_of_that_region() -> None:
    assert not drawn("ML-2").contains(shapely.Point(-8.0, 12.64)), "Bamako is cut out of Koulikoro"
    assert not drawn("NE-6").contains(shapely.Point(2.11, 13.51)), "Niamey is cut out of Tillabéri"


def test_what_is_newer_than_the_data_has_the_outline_of_what_it_was_cut_from_and_says_so() -> None:
    san, segou, kuilse = outline_of("ML-18"), outline_of("ML-4"), outline_of("BF-KUILSE")
    assert (san.name, san.is_former, san.polygons) == ("Ségou", True, segou.polygons)
    assert segou.is_former, "its own limits were others before San was cut from it"
    assert (kuilse.name, kuilse.is_former) == ("Centre-Nord", False), "another name, the same limits"
    assert find_outline("ML-99") is None


def test_an_old_code_gives_the_regions_that_were_made_of_it() -> None:
    assert set(codes_of_outline("BF-08")) == {"BF-GOULMOU", "BF-SIRBA", "BF-TAPOA"}
    assert codes_of_outline("SN-DK") == ("SN-DK",)
    assert codes_of_outline("BF-99") == ()


def test_an_area_of_a_foreign_message_finds_its_places() -> None:
    around_mopti = [parse_circle("14.49,-4.19 40")]
    assert {share.code for share in find_places(around_mopti, CODES) if share.is_enough} == {"ML-5", "ML-17", "ML-19"}
    border = [parse_polygon("14.0,-12.5 14.0,-11.7 15.0,-11.7 15.0,-12.5 14.0,-12.5")]
    shares = find_places(border, CODES)
    assert {share.code[:2] for share in shares if share.is_enough} == {"ML", "SN", "MR"}
    of_area = {share.code: share.of_area for share in shares}
    assert of_area["ML-1"] == of_area["ML-13"] == of_area["ML-15"], "three regions of today in the Kayes of before"
    assert of_area["ML-1"] + sum(of_area.get(code, 0) for code in ("SN-TC", "SN-MT", "MR-10")) == pytest.approx(
        1, abs=0.03
    )
    assert find_places([parse_circle("48.8,2.3 50")], CODES) == ()


def test_an_outline_finds_its_own_place_first() -> None:
    for code in CODES[::5]:
        first = find_places(outline_of(code).rings, [other for other in CODES if other[:2] == code[:2]])[0]
        assert first.of_area > 0.99
        assert outline_of(first.code).code == outline_of(code).code


def test_a_village_finds_its_region_though_it_is_a_speck_of_it() -> None:
    [share] = [
        share for share in find_places([parse_circle("16.27,-0.04 1")], ("ML", "ML-7", "ML-8")) if share.code == "ML-7"
    ]
    assert share.is_enough
    assert share.of_place < 0.001


def test_the_file_names_its_origin_and_its_licence() -> None:
    assert "Natural Earth" in DATA["source"]
    assert "Permission to use, copy, modify" in DATA["licence"]
    assert set(DATA["places"]) == {*CODES, *COUNTRIES}, "the file and content/places name the same places"
    assert len(repository.text("sync/alerts/outlines.json").encode()) < 130_000


def test_the_maker_joins_provinces_and_cuts_holes_open() -> None:
    def feature(
        code: str, region: str, ring: list[tuple[float, float]], *holes: list[tuple[float, float]]
    ) -> dict[str, object]:
        properties = {"iso_a2": code[:2], "iso_3166_2": code, "name": code, "region": region, "admin": "Pays"}
        return {"properties": properties, "geometry": {"type": "Polygon", "coordinates": [ring, *holes]}}

    def box(west: float, south: float, east: float, north: float) -> list[tuple[float, float]]:
        return [(west, south), (east, south), (east, north), (west, north), (west, south)]

    features = [
        feature("BF-GOU", "Est", box(0, 11, 1, 12)),
        feature("BF-TAP", "Est", box(1, 11, 2, 12)),
        feature("ML-2", "", box(-9, 12, -7, 14), box(-8.2, 12.8, -7.8, 13.2)),
        feature("CI-1", "", box(-6, 6, -5, 7)),
    ]
    outlines = json.loads(make(features, "licence"))["outlines"]
    assert set(outlines) == {"BF", "BF-08", "ML", "ML-2"}
    [joined] = [parse_polygon(polygon) for polygon in outlines["BF-08"]["polygons"]]
    assert shapely.Polygon(joined).area == pytest.approx(2)
    halves = [shapely.Polygon(parse_polygon(polygon)) for polygon in outlines["ML-2"]["polygons"]]
    assert len(halves) == 2
    assert sum(half.area for half in halves) == pytest.approx(4 - 0.16)
    assert not any(half.interiors for half in halves)
