"""Quotas: token buckets for the public and for devices, a flood beside honest reports, and answers over the quota."""

from __future__ import annotations

import heapq

import pytest

from server.inbox.quota import Quota
from tests.support.inbox_site import RUMOUR_ANSWERS, SITE, InboxSite, submission_ids
from tests.support.phone_simulator import PhoneSimulator

pytestmark = pytest.mark.anyio


def test_quotas_slow_and_never_lose() -> None:
    now = 0.0
    quota = Quota(lambda: now, public=(3, 1.0), device=(2, 0.5))
    assert [quota.try_take("") for _ in range(4)] == [0, 0, 0, 2]
    assert [quota.try_take("a") for _ in range(3)] == [0, 0, 3]
    assert quota.try_take("b") == 0
    now = 2.0
    assert [quota.try_take(""), quota.try_take(""), quota.try_take("a")] == [0, 0, 0]


FLOODED_SECONDS = 60
TRIES = 2


def accepted_beside_a_flood(flood_sender: str, senders: list[str]) -> int:
    """Number of reports, one each half second, that are accepted within TRIES beside a client that posts 100 lines each
    0.3 s.
    """
    now = 0.0
    quota = Quota(lambda: now)
    flood = [(0.3 * number, -1, 0) for number in range(int(FLOODED_SECONDS / 0.3))]
    honest = [(10 + 0.5 * number, number, 1) for number in range(len(senders))]
    events = sorted(flood + honest)
    accepted = 0
    while events:
        now, number, attempt = heapq.heappop(events)
        if number < 0:
            for position in range(100):
                quota.try_take("", flood_sender, position)
        elif not (seconds := quota.try_take("", senders[number])):
            accepted += 1
        elif attempt < TRIES:
            heapq.heappush(events, (now + seconds, number, attempt + 1))
    return accepted


def test_honest_reports_pass_beside_a_flood() -> None:
    assert accepted_beside_a_flood("192.0.2.1", [f"10.0.0.{number}" for number in range(100)]) >= 99


def test_twenty_people_behind_one_address_are_not_shut_out_by_a_flood() -> None:
    assert accepted_beside_a_flood("192.0.2.1", ["10.0.0.1"] * 100) >= 99
    assert accepted_beside_a_flood("10.0.0.1", ["10.0.0.1"] * 100) >= 99  # even when the flood comes from their own


def test_pressure_says_how_much_of_the_public_bucket_is_taken() -> None:
    now = 0.0
    quota = Quota(lambda: now, public=(4, 1.0), device=(1, 1.0))
    assert quota.pressure() == 0
    quota.try_take("a")
    assert quota.pressure() == 0  # phones that are known take nothing from the public
    for _ in range(4):
        quota.try_take("")
    assert quota.pressure() == 1
    now = 1.0
    assert quota.pressure() == 0.75


async def test_over_the_quota_means_later_and_nothing_is_kept(inbox_site: InboxSite) -> None:
    inbox_site.site.services.inbox.node_cache._quota = Quota(lambda: 0.0, public=(2, 1.0))
    phone = PhoneSimulator(SITE)
    verdicts = await inbox_site.send(*(phone.fill(inbox_site.forms["rumeur"], RUMOUR_ANSWERS).line for _ in range(3)))
    assert [(verdict["verdict"], verdict.get("code")) for verdict in verdicts] == [
        ("accepted", None),
        ("accepted", None),
        ("later", "quota"),
    ]
    assert len(await submission_ids(inbox_site)) == 2
