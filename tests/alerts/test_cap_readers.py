"""Areas of our CAP as two readers by others place them: FOSS Warn on phones, KDE's FOSS Public Alert Server behind it.

Their rules are told in words of our own, from FOSS Warn at c0ab60f (lib/class/class_area.dart) and the server at
d4fbb6a (lib/cap.py, lib/cap_geometry.py, alertHandler/abstract_CAP_parser.py). The server knows outlines for some codes
of ISO 3166-2; here it knows none, so that what passes does not hang on its files.
"""

from __future__ import annotations

from dataclasses import replace
from xml.etree import ElementTree as Tree

import capparser
import pytest
import shapely

from sync.alerts.alert import Alert
from sync.alerts.cap import CAP_NAMESPACE, write_cap
from sync.alerts.outlines import find_outline
from sync.locale import Language
from tests.support.sample_alerts import ALERT, library_with
from tests.support.site_places import COUNTRIES, PLACES

LIBRARY = replace(library_with(ALERT), places=PLACES)
LIBRARY = replace(LIBRARY, site=replace(LIBRARY.site, channels=tuple(f"fr-{country}" for country in COUNTRIES)))
CODES = [*COUNTRIES, *(place.code for country in PLACES.values() for place in country.places)]
ONE_LANGUAGE = replace(ALERT, info={"fr": ALERT.info["fr"]})


def written(alert: Alert) -> Tree.Element:
    return Tree.fromstring(write_cap(alert, LIBRARY, "https://exemple.ml", Language))  # noqa: S314  (our own)


def placed_by_foss_warn(alert: Tree.Element) -> shapely.Geometry:
    """Every `polygon` of an `area`, cut at single blanks, each point at its comma; an area without one is not drawn."""
    drawn = []
    for polygon in alert.iter(f"{{{CAP_NAMESPACE}}}polygon"):
        pairs = [point.split(",") for point in str(polygon.text).split(" ")]
        drawn.append(shapely.Polygon([(float(longitude), float(latitude)) for latitude, longitude in pairs]))
    return shapely.union_all(drawn)


def placed_by_foss_public_alert_server(alert: Tree.Element) -> shapely.Geometry | None:
    """The union of all valid polygons with four points or more; an empty or invalid union drops the whole alert."""
    polygons = []
    for polygon in alert.findall(f"{{{CAP_NAMESPACE}}}info/{{{CAP_NAMESPACE}}}area/{{{CAP_NAMESPACE}}}polygon"):
        points = [pair.split(",") for pair in str(polygon.text).split() if pair.count(",") == 1]
        if len(points) >= 4:
            closed = [*points, points[0]] if points[0] != points[-1] else points
            shape = shapely.Polygon([(float(longitude), float(latitude)) for latitude, longitude in closed])
            polygons.append(shape if shape.is_valid else shapely.make_valid(shape))
    union = shapely.union_all(polygons)
    return None if union.is_empty or not union.is_valid else union


def our_outline(code: str) -> shapely.Geometry:
    outline = find_outline(code)
    assert outline is not None
    return shapely.union_all(
        [shapely.Polygon([(longitude, latitude) for latitude, longitude in ring]) for ring in outline.rings]
    )


@pytest.mark.parametrize("code", CODES)
def test_both_place_each_place_and_each_country(code: str) -> None:
    alert = written(replace(ONE_LANGUAGE, geocode=(code,)))
    for placed in (placed_by_foss_warn(alert), placed_by_foss_public_alert_server(alert)):
        assert placed is not None
        assert placed.equals(our_outline(code))


def test_both_place_an_alert_for_everywhere_in_all_countries() -> None:
    alert = written(replace(ONE_LANGUAGE, geocode=()))
    whole = shapely.union_all([our_outline(country) for country in COUNTRIES])
    assert placed_by_foss_warn(alert).equals(whole)
    placed = placed_by_foss_public_alert_server(alert)
    assert placed is not None
    assert placed.equals(whole)


def test_the_parser_of_the_python_package_index_reads_each_area_with_its_polygons() -> None:
    codes = ("ML-2", "ML-4", "ML-18", "BF-SOUM", "SN")
    message = write_cap(replace(ONE_LANGUAGE, geocode=codes), LIBRARY, "https://exemple.ml", Language)
    [info] = capparser.parse(stringXML=message.decode()).getInfos()
    read = {}
    for area in info.getAreas():
        polygons = area.polygon[0] if isinstance(area.polygon[0], list) else [area.polygon[0]]
        [geocode] = area.geocode[0]
        read[geocode.value[0]] = tuple(polygons)
    assert list(read) == list(codes)
    for code in codes:
        outline = find_outline(code)
        assert outline is not None
        assert read[code] == outline.polygons


def test_each_area_is_named_and_one_of_former_limits_says_so() -> None:
    alert = written(replace(ONE_LANGUAGE, geocode=("ML-4", "ML-18", "SN-DK", "BF-KUILSE", "ML")))
    assert [area.text for area in alert.iter(f"{{{CAP_NAMESPACE}}}areaDesc")] == [
        "Ségou (anciennes limites)",
        "San (anciennes limites : Ségou)",
        "Dakar",
        "Kuilsé (Kaya)",
        "Mali",
    ]


def test_an_area_in_the_authors_words_stays_one_area_with_all_its_polygons() -> None:
    words = replace(ALERT.info["fr"], areaDesc="Bords du Bani")
    alert = written(replace(ALERT, info={"fr": words}, geocode=("ML-4", "ML-18", "ML-2")))
    [area] = alert.iter(f"{{{CAP_NAMESPACE}}}area")
    assert area.findtext(f"{{{CAP_NAMESPACE}}}areaDesc") == "Bords du Bani (anciennes limites : Ségou, Koulikoro)"
    assert len(area.findall(f"{{{CAP_NAMESPACE}}}geocode")) == 3
    assert len(area.findall(f"{{{CAP_NAMESPACE}}}polygon")) == 3, "Ségou's once, and two halves of Koulikoro's"
