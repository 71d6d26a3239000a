"""Areas of CAP: read as written, and compared as a geometry library compares them."""

from __future__ import annotations

import math

import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st

from sync.alerts.area_overlap import Ring, measure_overlap, parse_circle, parse_polygon

SQUARE = parse_polygon("12,-6 12,-5 13,-5 13,-6 12,-6")


def star(latitude: float, longitude: float, radii: list[float]) -> Ring:
    """A polygon of any shape that does not cross itself."""
    angles = [2 * math.pi * index / len(radii) for index in range(len(radii))]
    points = [
        (latitude + radius * math.sin(angle), longitude + radius * math.cos(angle))
        for radius, angle in zip(radii, angles, strict=True)
    ]
    return (*points, points[0])


def flat(ring: Ring) -> shapely.Polygon:
    """In a projection that keeps areas."""
    return shapely.Polygon(
        [(math.radians(longitude), math.sin(math.radians(latitude))) for latitude, longitude in ring]
    )


SHAPES = st.builds(
    star, st.floats(10, 14), st.floats(-8, -4), st.lists(st.floats(0.3, 3), min_size=3, max_size=12).map(list)
)


@settings(max_examples=60, deadline=None)
@given(SHAPES, SHAPES, SHAPES)
def test_shares_are_those_of_a_geometry_library(one: Ring, second: Ring, third: Ring) -> None:
    shares = measure_overlap([one], [second, third])
    both = flat(second).union(flat(third))
    common = flat(one).intersection(both).area
    assert shares.of_one == pytest.approx(common / flat(one).area, abs=0.02)
    assert shares.of_other == pytest.approx(common / both.area, abs=0.02)


def test_a_village_is_all_in_its_region_and_nearly_nothing_of_it() -> None:
    shares = measure_overlap([SQUARE], [parse_circle("12.5,-5.5 1")])
    assert shares.of_other == pytest.approx(1, abs=0.01)
    assert 0 < shares.of_one < 0.001


def test_a_point_lies_in_its_region_and_in_no_other() -> None:
    assert measure_overlap([SQUARE], [parse_circle("12.5,-5.5 0")]).of_other == pytest.approx(1, abs=0.01)
    assert measure_overlap([SQUARE], [parse_circle("14.5,-5.5 0")]).of_other == 0


def test_a_circle_has_the_size_that_it_says() -> None:
    """CAP counts a radius in kilometres; a degree of longitude is shorter far from the equator."""
    ring = parse_circle("60,10 100")
    assert max(latitude for latitude, _ in ring) - 60 == pytest.approx(100 / 111.2)
    assert max(longitude for _, longitude in ring) - 10 == pytest.approx(200 / 111.2, rel=0.01)


def test_an_open_polygon_is_closed() -> None:
    assert parse_polygon(" 12,-6 12,-5\n13,-5 13,-6 ") == SQUARE


@pytest.mark.parametrize(
    "text", ["", "12,-6 13,-5", "12 -6 13 -5", "a,b c,d e,f a,b", "nan,1 2,2 3,3 nan,1", "91,0 0,0 1,1"]
)
def test_what_is_no_polygon_is_refused(text: str) -> None:
    with pytest.raises(ValueError):
        parse_polygon(text)


@pytest.mark.parametrize("text", ["", "12,-6", "12,-6 nan", "12,-6 -1", "12,-6 1 2", "12,-6 1e9"])
def test_what_is_no_circle_is_refused(text: str) -> None:
    with pytest.raises(ValueError):
        parse_circle(text)


def test_flat_or_absent_areas_have_no_share() -> None:
    line = parse_polygon("12,-6 12,-5.5 12,-5 12,-6")
    assert measure_overlap([SQUARE], [line]).of_other == 0
    assert measure_overlap([SQUARE], []).of_one == 0
    assert measure_overlap([line], [line]).of_one == 0
