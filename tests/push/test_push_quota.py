"""Quotas of push: subscriptions and test messages of one stranger leave room for the others."""

from __future__ import annotations

import contextlib
from collections.abc import Callable
from pathlib import Path

import pytest

from server.push.push_quota import SAVE_BURST, TEST_BURST, TEST_MEMORY, TESTS_BY_PHONE, PushQuota
from server.web.disk_space import DiskSpace
from sync.errors import Unavailable


@pytest.fixture
def disk_space(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> DiskSpace:
    disk_space = DiskSpace(tmp_path)
    monkeypatch.setattr(DiskSpace, "is_available", lambda self: True)
    return disk_space


def count_taken(take: Callable[..., None], *arguments: str, tries: int) -> int:
    """Number of tries that were not refused."""
    taken = 0
    for _ in range(tries):
        with contextlib.suppress(Unavailable):
            take(*arguments)
            taken += 1
    return taken


def test_a_stranger_cannot_use_up_the_subscriptions_of_others(disk_space: DiskSpace) -> None:
    quota = PushQuota(lambda: 0.0, disk_space)
    assert count_taken(quota.take_save, "192.0.2.1", tries=2 * SAVE_BURST) < 0.7 * SAVE_BURST
    assert count_taken(quota.take_save, "10.0.0.1", tries=50) == 50


def test_nobody_subscribes_on_a_full_disk(disk_space: DiskSpace, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(DiskSpace, "is_available", lambda self: False)
    with pytest.raises(Unavailable, match="disk-full"):
        PushQuota(lambda: 0.0, disk_space).take_save("10.0.0.1")


def test_a_phone_is_tested_a_few_times_and_again_later(disk_space: DiskSpace) -> None:
    now = 0.0
    quota = PushQuota(lambda: now, disk_space)
    assert count_taken(quota.take_test, "sub:a", "10.0.0.1", tries=10) == TESTS_BY_PHONE
    assert count_taken(quota.take_test, "sub:b", "10.0.0.1", tries=1) == 1
    now = TEST_MEMORY
    assert count_taken(quota.take_test, "sub:a", "10.0.0.1", tries=10) >= 1


def test_a_stranger_with_many_phones_cannot_use_up_the_tests_of_others(disk_space: DiskSpace) -> None:
    quota = PushQuota(lambda: 0.0, disk_space)
    for number in range(2 * TEST_BURST):
        count_taken(quota.take_test, f"sub:{number}", "192.0.2.1", tries=1)
    assert count_taken(quota.take_test, "sub:mine", "10.0.0.1", tries=1) == 1
