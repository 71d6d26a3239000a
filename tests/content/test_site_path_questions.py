"""Every harm, in every country, answered in every way, ends with something that the person can do, and safely."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from sync.alerts.library_with_alerts import Library
from sync.complaints import NEVER_CONTACT, chosen_path, outline_routes, resolve_path, resolve_paths
from sync.complaints.path_questions import ChosenPath, Routes
from sync.content.folder import read_folder
from sync.documents.model import HARMS, OFFICES
from tests.support.path_walks import all_walks

COUNTRIES = ("ML", "BF", "NE", "TD", "MR", "SN")
MOST_QUESTIONS = 9


@pytest.fixture(scope="module")
def content(root: Path) -> Library:
    return read_folder(root / "content").library


@pytest.mark.parametrize("country", COUNTRIES)
def test_every_walk_ends_with_a_letter_to_an_office(content: Library, country: str) -> None:
    routes = outline_routes(resolve_paths(content, country, "fr"))
    paths = {harm: resolve_path(content, country, harm, "fr") for harm in HARMS}
    ends = {(path.harm, path.steps) for harm in HARMS for path in walked(routes, harm)}
    for harm, names in ends:
        steps = [step for step in paths[harm].steps if step.step in names]
        assert all(step.do and step.wait and step.letter for step in steps)
        assert any(step.step in OFFICES and step.addressees for step in steps), (country, harm, names)


@pytest.mark.parametrize("country", COUNTRIES)
def test_no_walk_leads_to_the_offender_where_that_is_dangerous(content: Library, country: str) -> None:
    routes = outline_routes(resolve_paths(content, country, "fr"))
    led = 0
    for harm in HARMS:
        for answers in all_walks(routes, harm):
            path = chosen_path(routes, harm, answers)
            if "offender" not in path.steps:
                continue
            led += 1
            assert path.harm not in {*NEVER_CONTACT, "identity", "account", "scam"}
            assert answers["danger"] == answers["threat"] == "no"
            assert answers["step-offender"] == "yes"
            assert "yes" not in {answers.get(f"instead-{other}") for other in NEVER_CONTACT}
            assert answers["instead-child"] == "no"
    assert led > 0


@pytest.mark.parametrize("country", COUNTRIES)
def test_no_walk_in_danger_or_under_threat_writes_to_who_runs_the_site(content: Library, country: str) -> None:
    routes = outline_routes(resolve_paths(content, country, "fr"))
    led = left_out = 0
    for harm in HARMS:
        for answers in all_walks(routes, harm):
            path = chosen_path(routes, harm, answers)
            is_feared = "yes" in (answers["danger"], answers.get("threat"))
            assert not is_feared or not {"offender", "site"} & {*path.steps}
            assert not is_feared or not {"step-offender", "step-site"} & {*answers}, "a question about such a step"
            led += "site" in path.steps
            left_out += is_feared and any(step.step == "site" for step in routes[path.harm].steps)
    assert led > 0
    assert left_out > 0


@pytest.mark.parametrize("country", COUNTRIES)
def test_questions_are_few(content: Library, country: str) -> None:
    routes = outline_routes(resolve_paths(content, country, "fr"))
    assert max(len(answers) for harm in HARMS for answers in all_walks(routes, harm)) <= MOST_QUESTIONS


def walked(routes: Routes, harm: str) -> Iterator[ChosenPath]:
    for answers in all_walks(routes, harm):
        yield chosen_path(routes, harm, answers)
