"""Bad days: each story of a phone has one by its name, and is spared one for a reason alone."""

from __future__ import annotations

from collections import Counter

import pytest

from tests.support.bad_days import DAYS, days_of_story, read_spared_days


def test_stories_meet_every_day_in_turn_and_each_story_the_same_day_each_time() -> None:
    first = Counter(days_of_story(f"test_{number}", {})[0] for number in range(300))
    assert set(first) == set(DAYS) and min(first.values()) > 60
    assert days_of_story("test_a_story", {}) == days_of_story("test_a_story", {})
    assert set(days_of_story("test_a_story", {})) == set(DAYS)


def test_a_spared_day_leaves_the_others() -> None:
    spared = read_spared_days([pytest.mark.spared("room", "alert", "it keeps nothing").mark])
    assert spared == {"room": "it keeps nothing", "alert": "it keeps nothing"}
    assert days_of_story("test_a_story", spared) == ["channel"]
    assert days_of_story("test_a_story", dict.fromkeys(DAYS, "none can")) == []


@pytest.mark.parametrize("words", [("room",), ("room", ""), ("rain", "it is wet there"), ("it keeps nothing",)])
def test_no_day_is_spared_without_a_reason(words: tuple[str, ...]) -> None:
    with pytest.raises(pytest.UsageError):
        read_spared_days([pytest.mark.spared(*words).mark])
