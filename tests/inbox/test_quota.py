"""Quotas: token buckets for the public and for devices, and the answer to a request over its quota."""

from __future__ import annotations

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
