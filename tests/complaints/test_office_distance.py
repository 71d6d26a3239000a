"""Offices in the order of their distance from a person's region."""

from __future__ import annotations

from pathlib import Path

import pytest

from sync.complaints import NO_REGION, office_distance, resolve_path
from sync.content.folder import read_folder

NATIONAL, BAMAKO = "police-gendarmerie", "bij"


@pytest.mark.parametrize(
    ("region", "order"),
    [("ML-BKO", [BAMAKO, NATIONAL]), ("ML-1", [NATIONAL, BAMAKO]), (NO_REGION, [NATIONAL, BAMAKO])],
)
def test_the_police_of_ones_region_comes_first_and_one_elsewhere_last(
    root: Path, region: str, order: list[str]
) -> None:
    path = resolve_path(read_folder(root / "content").library, "ML", "insult", "fr")
    [police] = [step for step in path.steps if step.step == "police"]
    nearest = sorted(police.addressees, key=lambda office: office_distance(office.places, region))
    assert [office.slug for office in nearest] == order
