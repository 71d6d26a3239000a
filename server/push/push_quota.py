"""Quotas of what strangers may ask of Web Push: new or changed subscriptions, and test messages.

Shared fairly among networks, like the public quota of submissions; nothing about the sender is kept.
"""

from __future__ import annotations

from collections.abc import Callable

from server.web.disk_space import DiskSpace
from server.web.fair_bucket import FairBucket
from server.web.usage_sketch import UsageSketch
from sync.errors import Unavailable

SAVE_BURST = 2000  # subscriptions written at once, for example after a radio programme
SAVE_RATE = 2.0  # a second: 170,000 a day, about 100 MB
TEST_BURST = 60  # test messages at once; each reads the store, signs, and calls a push service
TEST_RATE = 0.5  # a second
TESTS_BY_PHONE = 3.0  # test messages to one phone within TEST_MEMORY
TEST_MEMORY = 300.0  # seconds


class PushQuota:
    """`clock` returns seconds."""

    def __init__(self, clock: Callable[[], float], disk_space: DiskSpace) -> None:
        self._disk_space = disk_space
        self._saves = FairBucket(clock, SAVE_BURST, SAVE_RATE)
        self._tests = FairBucket(clock, TEST_BURST, TEST_RATE)
        self._tests_by_phone = UsageSketch(clock, TEST_MEMORY)

    def take_save(self, sender: str) -> None:
        """Take one write of a subscription. Raises Unavailable."""
        if not self._disk_space.is_available():
            raise Unavailable("disk-full", "Ce site n’a plus de place.", "Réessayez plus tard.")
        if self._saves.try_take(sender):
            raise _busy()

    def take_test(self, subscription_id: str, sender: str) -> None:
        """Take one test message to a phone. Raises Unavailable."""
        if self._tests_by_phone.estimate(subscription_id) >= TESTS_BY_PHONE or self._tests.try_take(sender):
            raise _busy()
        self._tests_by_phone.add(subscription_id)


def _busy() -> Unavailable:
    return Unavailable("busy", "Il y a beaucoup de demandes en ce moment.", "Réessayez dans un moment.")
