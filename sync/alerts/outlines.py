"""Outlines of places and countries, from `outlines.json`, and the places in an area of a CAP message.

A place that is newer than the data has the outline of what it was cut from: `Outline.is_former` says so. The file is
made by tests/tools/make_outlines.py; it names its origin and licence.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any

from sync.alerts.area_overlap import Ring, measure_overlap, measure_size, parse_polygon

LEAST_SHARE = 0.05  # of a place or of the area; less is the outlines' own error along a border


@dataclass(frozen=True, slots=True)
class Outline:
    """The outline of a place. `code`, `name`: of the outline in the data, which may be an earlier, larger region.

    `polygons`: as CAP writes them, without holes; `rings`: the same as numbers. `is_former`: the limits are those of
    before this place, or another one, was cut from it.
    """

    code: str
    name: str
    polygons: tuple[str, ...]
    rings: tuple[Ring, ...]
    is_former: bool


@dataclass(frozen=True, slots=True)
class PlaceShare:
    """A place that an area touches. `of_place`: share of the place in the area. `of_area`: share of the area in it."""

    code: str
    of_place: float
    of_area: float

    @property
    def is_enough(self) -> bool:
        """True if more than a border is touched."""
        return max(self.of_place, self.of_area) >= LEAST_SHARE


def find_outline(code: str) -> Outline | None:
    """The outline of a place or country; None if there is none."""
    return _outlines().get(code)


def codes_of_outline(code: str) -> tuple[str, ...]:
    """Codes of the places with an outline: BF-08, a former region, gives those that were made of it."""
    return tuple(place for place, outline in _outlines().items() if outline.code == code)


def find_places(area: Sequence[Ring], codes: Iterable[str]) -> tuple[PlaceShare, ...]:
    """The places or countries among `codes` that an area touches, those it has most of first.

    `area`: rings of `parse_polygon` and `parse_circle`; their union is taken. Raises TooIntricate.
    """
    shares = []
    size = measure_size(area) if area else 0.0
    for code in codes:
        if outline := find_outline(code):
            share = measure_overlap(outline.rings, area, size)
            if share.of_one > 0:
                shares.append(PlaceShare(code, share.of_one, share.of_other))
    return tuple(sorted(shares, key=lambda share: (-share.of_area, -share.of_place, share.code)))


@cache
def _outlines() -> dict[str, Outline]:
    """All outlines by code of a place, read once."""
    document: dict[str, Any] = json.loads(files("sync.alerts").joinpath("outlines.json").read_text("utf-8"))
    known = {
        code: (outline["name"], tuple(outline["polygons"]), tuple(map(parse_polygon, outline["polygons"])))
        for code, outline in document["outlines"].items()
    }
    users = Counter(document["places"].values())
    return {
        code: Outline(origin, *known[origin], is_former=users[origin] > 1)
        for code, origin in document["places"].items()
    }
