"""Challenges for passkeys: of this site, for one browser and purpose, five minutes long, once."""

from __future__ import annotations

import secrets
from pathlib import Path

import pytest

from server.accounts.challenges import Challenges
from server.accounts.site_secret import SiteSecret
from tests.support.fanout_process import open_push_store
from tests.support.small_site import Clock

pytestmark = pytest.mark.anyio


async def test_a_challenge_is_accepted_where_it_belongs_within_its_time_and_not_after_a_newer_one(
    tmp_path: Path,
) -> None:
    clock = Clock()
    async with open_push_store(tmp_path) as store:
        issuer, other_server = (
            Challenges(SiteSecret(store, secrets.token_bytes), clock, secrets.token_bytes) for _ in range(2)
        )
        challenge = await issuer.issue("assertion", "session:a")
        issued = await other_server.check(challenge, "assertion", "session:a", last=0)
        assert issued
        assert await other_server.check(challenge, "assertion", "session:a", last=issued - 1) == issued
        for purpose, binding, last in (
            ("assertion", "session:b", 0),
            ("assertion", "", 0),
            ("registration", "session:a", 0),
            ("assertion", "session:a", issued),
        ):
            assert await issuer.check(challenge, purpose, binding, last) is None
        for forged in (b"", challenge[:-1], challenge + b"x", bytes(56), b"\xff" + challenge[1:]):
            assert await issuer.check(forged, "assertion", "session:a", last=0) is None
        clock.pass_time(minutes=4, seconds=59)
        assert await issuer.check(challenge, "assertion", "session:a", last=0) == issued
        clock.pass_time(seconds=2)
        assert await issuer.check(challenge, "assertion", "session:a", last=0) is None


async def test_a_clock_that_is_ahead_is_tolerated_for_a_minute(tmp_path: Path) -> None:
    clock, ahead = Clock(), Clock()
    ahead.pass_time(seconds=59)
    async with open_push_store(tmp_path) as store:
        secret = SiteSecret(store, secrets.token_bytes)
        server = Challenges(secret, clock, secrets.token_bytes)
        fast = Challenges(secret, ahead, secrets.token_bytes)
        assert await server.check(await fast.issue("assertion", "a"), "assertion", "a", last=0)
        ahead.pass_time(seconds=2)
        assert await server.check(await fast.issue("assertion", "a"), "assertion", "a", last=0) is None
