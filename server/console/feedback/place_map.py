"""The map of submissions: how many each region sent, drawn with the site's own outlines; no tiles, no script.

A place that lies in a region counts for it; coordinates of answers are not shown.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import svg
from markupsafe import Markup
from starlette.responses import Response

from server.console import page
from server.console.components.place_names import load_place_names
from server.console.context import ConsoleContext
from server.console.feedback.filters import filter_query, find_filtered, read_filters
from server.console.feedback.site_forms import load_versions
from server.web.app_state import store_of
from sync.alerts.outlines import find_outline

WIDTH = 320  # of a drawing, in units of its view box
SHADES = (0.2, 0.4, 0.65, 1.0)  # opacity, from few to many
COLOUR = "#1565c0"


@dataclass(frozen=True, slots=True)
class CountryMap:
    """One country. `regions`: code, name and count of each that sent something, most first; `drawing`: SVG."""

    name: str
    regions: Sequence[tuple[str, str, int]]
    drawing: Markup


async def place_map(context: ConsoleContext) -> Response:
    filters, rows = read_filters(context), await find_filtered(context)
    names = await load_place_names(store_of(context))
    versions = (await load_versions(context)).get(filters.form)
    counts = count_regions((row.place for row in rows), names)
    return page.render(
        context,
        "feedback/map.html",
        versions[0].title(context.language.code) if versions else context.language("Carte"),
        total=len(rows),
        elsewhere=len(rows) - sum(counts.values()),
        form=filters.form,
        list_query=filter_query(context, form=filters.form),
        countries=[
            _map_country(country, names, counts)
            for country in sorted({code.partition("-")[0] for code in counts}, key=lambda code: names.get(code, code))
        ],
        place_query={code: filter_query(context, form=filters.form, place=code) for code in counts},
    )


def count_regions(places: Iterable[str], names: Mapping[str, str]) -> Counter[str]:
    """The number of submissions by region or country; those of unknown places are left out."""
    counts: Counter[str] = Counter()
    for place, count in Counter(places).items():
        while place and place not in names:
            place = place.rpartition("-")[0]
        if place:
            counts[place] += count
    return counts


def _map_country(country: str, names: Mapping[str, str], counts: Mapping[str, int]) -> CountryMap:
    regions = [code for code in names if code.startswith(f"{country}-")]
    listed = sorted((code for code in (country, *regions) if counts.get(code)), key=lambda code: (-counts[code], code))
    drawing = Markup(draw_regions(regions, counts))  # noqa: S704 - svg's own drawing, of numbers alone
    return CountryMap(names.get(country, country), [(code, names[code], counts[code]) for code in listed], drawing)


def draw_regions(codes: Sequence[str], counts: Mapping[str, int]) -> str:
    """The outlines of regions, the darker the more they sent; "" without any outline."""
    outlines = {code: outline for code in codes if (outline := find_outline(code))}
    points = [point for outline in outlines.values() for ring in outline.rings for point in ring]
    if not points:
        return ""
    north, south = max(point[0] for point in points), min(point[0] for point in points)
    west, east = min(point[1] for point in points), max(point[1] for point in points)
    narrowing = math.cos(math.radians((north + south) / 2))  # a degree of longitude beside one of latitude
    scale = WIDTH / max((east - west) * narrowing, 0.01)
    highest = max((counts.get(code, 0) for code in outlines), default=0) or 1
    shapes: list[svg.Element] = []
    for code, outline in outlines.items():
        shade = SHADES[min(len(SHADES) - 1, len(SHADES) * counts.get(code, 0) // (highest + 1))]
        for ring in outline.rings:
            (left, top), *others = [
                (round((longitude - west) * narrowing * scale, 1), round((north - latitude) * scale, 1))
                for latitude, longitude in ring
            ]
            shape = svg.Path(
                d=[svg.M(left, top), *(svg.L(*point) for point in others), svg.Z()],
                fill=COLOUR if counts.get(code) else "none",
                fill_opacity=shade,
                stroke="currentColor",
                stroke_width=0.7,
            )
            shapes.append(shape)
    box = svg.ViewBoxSpec(0, 0, WIDTH, math.ceil((north - south) * scale))
    return svg.SVG(viewBox=box, class_=["chart"], extra={"aria-hidden": "true"}, elements=shapes).as_str()
