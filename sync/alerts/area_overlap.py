"""Areas on the map, as CAP writes them, and the share of one that lies in another. No map projection but the cosine of
the latitude, which is enough for shares.

Used by `outlines`.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise

SCANLINES = 160  # parallels along which areas are compared: shares are right to about one in a hundred
MAX_CROSSINGS = 60_000  # of one area's edges with these parallels; a country's districts together have a quarter
CIRCLE_POINTS = 36
LEAST_RADIUS = 0.1  # km: CAP's circle of radius 0 is a point, which has no area to compare
KM_PER_DEGREE = 111.2

Ring = tuple[tuple[float, float], ...]  # latitude, longitude in degrees; the first point is also the last
Span = tuple[float, float]  # from one longitude to another


@dataclass(frozen=True, slots=True)
class Shares:
    """The shares of two areas that lie in each other, from 0 to 1."""

    of_one: float
    of_other: float


class TooIntricate(ValueError):
    """An area crosses the parallels too often to be compared: somebody meant to keep this program busy."""


def parse_polygon(text: str) -> Ring:
    """A CAP polygon; an open one is closed. Raises ValueError if it is none."""
    points = tuple(_parse_point(point) for point in text.split())
    if points and points[0] != points[-1]:
        points += points[:1]
    if len(points) < 4:
        raise ValueError("a polygon has at least three corners")
    return points


def parse_circle(text: str) -> Ring:
    """A CAP circle, as a polygon. Raises ValueError if it is none."""
    center, radius_text = text.split()
    latitude, longitude = _parse_point(center)
    radius = float(radius_text)
    if not 0 <= radius <= 20_100:  # half around the world
        raise ValueError("a radius in kilometres")
    height = max(radius, LEAST_RADIUS) / KM_PER_DEGREE
    width = height / max(math.cos(math.radians(latitude)), 0.01)
    angles = [2 * math.pi * step / CIRCLE_POINTS for step in range(CIRCLE_POINTS)]
    points = tuple((latitude + height * math.sin(angle), longitude + width * math.cos(angle)) for angle in angles)
    return (*points, points[0])


def measure_size(rings: Sequence[Ring]) -> float:
    """The size of a union of rings, in square degrees at the equator. Raises TooIntricate."""
    latitudes = _scanlines(*_latitudes(rings))
    return _area(latitudes, _spans(rings, latitudes))


def measure_overlap(one: Sequence[Ring], other: Sequence[Ring], other_size: float | None = None) -> Shares:
    """Shares of two areas, each a union of rings. `other_size`: of `measure_size`, if known. Raises TooIntricate."""
    south, north = _common_latitudes(one, other)
    if south >= north or not _share_longitudes(one, other):
        return Shares(0.0, 0.0)
    latitudes = _scanlines(south, north)
    spans = zip(_spans(one, latitudes), _spans(other, latitudes), strict=True)
    common = _area(latitudes, [_intersect(*pair) for pair in spans])
    return Shares(_share(common, measure_size(one)), _share(common, other_size or measure_size(other)))


def _parse_point(text: str) -> tuple[float, float]:
    latitude, longitude = (float(number) for number in text.split(","))
    if not (abs(latitude) <= 90 and abs(longitude) <= 180):  # NaN is refused, too
        raise ValueError("a latitude and a longitude in degrees")
    return latitude, longitude


def _latitudes(rings: Iterable[Ring]) -> tuple[float, float]:
    latitudes = [latitude for ring in rings for latitude, _ in ring]
    return min(latitudes), max(latitudes)


def _common_latitudes(one: Sequence[Ring], other: Sequence[Ring]) -> tuple[float, float]:
    if not one or not other:
        return 0.0, 0.0
    (south, north), (other_south, other_north) = _latitudes(one), _latitudes(other)
    return max(south, other_south), min(north, other_north)


def _share_longitudes(one: Sequence[Ring], other: Sequence[Ring]) -> bool:
    longitudes = [[longitude for ring in rings for _, longitude in ring] for rings in (one, other)]
    return max(map(min, longitudes)) < min(map(max, longitudes))


def _share(common: float, whole: float) -> float:
    return min(1.0, common / whole) if whole else 0.0


def _scanlines(south: float, north: float) -> list[float]:
    step = (north - south) / SCANLINES
    return [south + (index + 0.5) * step for index in range(SCANLINES)]


def _area(latitudes: Sequence[float], spans: Sequence[Sequence[Span]]) -> float:
    """Square degrees at the equator."""
    step = latitudes[1] - latitudes[0]
    widths = (sum(end - start for start, end in line) for line in spans)
    return sum(
        width * math.cos(math.radians(latitude)) * step for latitude, width in zip(latitudes, widths, strict=True)
    )


def _spans(rings: Sequence[Ring], latitudes: Sequence[float]) -> list[list[Span]]:
    """Disjoint spans from west to east of each parallel."""
    lines: list[list[Span]] = [[] for _ in latitudes]
    first, step = latitudes[0], latitudes[1] - latitudes[0]
    count = 0
    for ring in rings:
        crossings: list[list[float]] = [[] for _ in latitudes]
        for (latitude, longitude), (next_latitude, next_longitude) in pairwise(ring):
            south, north = sorted((latitude, next_latitude))
            if south == north or not step:
                continue
            begin = max(0, math.ceil((south - first) / step))
            end = min(len(latitudes) - 1, math.ceil((north - first) / step) - 1)
            count += max(0, end + 1 - begin)
            if count > MAX_CROSSINGS:
                raise TooIntricate
            slope = (next_longitude - longitude) / (next_latitude - latitude)
            for index in range(begin, end + 1):
                crossings[index].append(longitude + (latitudes[index] - latitude) * slope)
        for line, longitudes in zip(lines, crossings, strict=True):
            longitudes.sort()
            line.extend(zip(longitudes[::2], longitudes[1::2], strict=False))
    return [_merge(line) for line in lines]


def _merge(spans: list[Span]) -> list[Span]:
    merged: list[Span] = []
    for start, end in sorted(spans):
        if merged and start <= merged[-1][1]:
            merged[-1] = (merged[-1][0], max(merged[-1][1], end))
        else:
            merged.append((start, end))
    return merged


def _intersect(one: list[Span], other: list[Span]) -> list[Span]:
    """Both lists are disjoint and sorted."""
    common: list[Span] = []
    index = 0
    for start, end in one:
        while index < len(other) and other[index][1] <= start:
            index += 1
        position = index
        while position < len(other) and other[position][0] < end:
            common.append((max(start, other[position][0]), min(end, other[position][1])))
            position += 1
    return common
