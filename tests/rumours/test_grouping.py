"""Groups of reports: what says the same joins, what only shares a subject does not, and a flood costs one group."""

from __future__ import annotations

import random

import pytest

from server.rumours import grouping
from server.rumours.grouping import COMPARED, LEADERS, ReportGroups
from sync.claims.claim_index import ReportTokens, likeness_of, report_tokens


def grouped(*words: str) -> list[str]:
    groups, keys = ReportGroups(), []
    for number, text in enumerate(words):
        report = report_tokens(text)
        key = groups.find_alike(report) or f"case-{number}"
        groups.add(key, report)
        keys.append(key)
    return keys


def test_reports_that_say_the_same_join() -> None:
    first, second, other = grouped(
        "On dit que le puits de Ségou est empoisonné",
        "le puit de Segou est empoisonné !!",
        "Orange offre 50 Go, cliquez ici",
    )
    assert first == second != other


def test_a_shared_subject_is_not_the_same_rumour() -> None:
    first, second = grouped(
        "Le puits de Ségou est empoisonné par des étrangers", "Un nouveau puits a été creusé à Ségou"
    )
    assert first != second


def test_two_wordings_lead_to_one_group_through_either_of_them() -> None:
    keys = grouped(
        "Le vaccin rend les femmes stériles",
        "le vaccin rend steriles les femmes du village",
        "les femmes du village sont stériles, c’est le vaccin",
    )
    assert len(set(keys)) == 1


def test_a_group_that_is_dropped_attracts_nobody() -> None:
    groups = ReportGroups()
    report = report_tokens("Le puits est empoisonné")
    groups.add("one", report)
    groups.drop("one")
    assert groups.find_alike(report) is None


def test_words_that_nobody_can_compare_stand_alone() -> None:
    assert grouped("?", "…", "ok") == ["case-0", "case-1", "case-2"]


def test_a_flood_costs_a_few_comparisons_for_each_report_however_many_groups_there_are(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """120 rumours, each reported in several wordings, with words that they have in common."""
    chance = random.Random(1)
    letters = ("bdfgkl", "aeou", "mnprtv", "aeou", "bdgkln", "ao")
    names = ["".join(map(chance.choice, letters)) for _ in range(600)]
    rumours = [["village", "marché", *chance.sample(names, 7)] for _ in range(120)]
    reports = [(number, chance.sample(rumour, 8)) for number, rumour in enumerate(rumours) for _ in range(5)]
    chance.shuffle(reports)
    compared: list[ReportTokens] = []

    def count(one: ReportTokens, other: ReportTokens) -> int:
        compared.append(other)
        return likeness_of(one, other)

    monkeypatch.setattr(grouping, "likeness_of", count)
    groups = ReportGroups()
    rumours_of: dict[str, set[int]] = {}
    for number, words in reports:
        report = report_tokens(" ".join(words))
        before = len(compared)
        key = groups.find_alike(report) or f"case-{len(rumours_of)}"
        assert len(compared) - before <= COMPARED * LEADERS
        groups.add(key, report)
        rumours_of.setdefault(key, set()).add(number)
    assert 110 <= len(rumours_of) <= 130, "made-up names are spelt alike now and then"
