"""The inbox of a machine without the key and of a hub: neither signs receipts, only the hub carries."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import anyio
import httpx
import pytest

from server.app import create_app, create_services
from server.hubs.join import MEMBERSHIP_ID
from sync.store.contract import Collection, Write
from sync.submissions.receipts import Receipt, is_receipt_valid
from tests.support.following import following
from tests.support.inbox_site import SITE, InboxSite, post_lines, running_inbox_site
from tests.support.phone_simulator import PhoneSimulator

pytestmark = pytest.mark.anyio

RUMOUR = {"message": "On dit que le puits est fermé."}


@asynccontextmanager
async def another_machine(inbox_site: InboxSite) -> AsyncIterator[httpx.AsyncClient]:
    """A second server on the same store without the key."""
    settings = inbox_site.site.services.settings
    services = create_services(settings, clock=inbox_site.site.clock)
    transport = httpx.ASGITransport(create_app(services), raise_app_exceptions=False)
    async with (
        following(services),
        httpx.AsyncClient(transport=transport, base_url="http://localhost") as client,
    ):
        yield client
    await services.store.close()


async def test_a_machine_without_the_key_claims_no_hub_and_the_receipt_follows(tmp_path: Path) -> None:
    async with running_inbox_site(tmp_path) as inbox_site, another_machine(inbox_site) as client:
        filled = PhoneSimulator(SITE).fill(inbox_site.forms["rumeur"], RUMOUR)
        [verdict] = await post_lines(client, [filled.line])
        assert verdict == {"id": filled.id, "verdict": "accepted"}
        answer = await client.post("/inbox/receipts", json=[filled.id])
        for _ in range(300):
            if answer.text:
                break
            await anyio.sleep(0.1)
            answer = await client.post("/inbox/receipts", json=[filled.id])
        assert is_receipt_valid(
            inbox_site.site.keys.signer.public_key, SITE, filled.id, Receipt(*answer.json()["receipt"])
        )


async def test_a_hub_gives_its_own_name_from_the_moment_it_joined(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with running_inbox_site(tmp_path) as inbox_site, another_machine(inbox_site) as client:
        first, second = (PhoneSimulator(SITE, seed).fill(inbox_site.forms["rumeur"], RUMOUR) for seed in (1, 2))
        [verdict] = await post_lines(client, [first.line])
        assert "carrier" not in verdict
        body = {
            "name": "kayes",
            "headquarters": "https://hq",
            "prefix": "k",
            "channels": [],
            "when": "2026-11-24T12:00:00+00:00",
        }
        await inbox_site.site.services.store.write(Collection.JOURNAL, [Write(MEMBERSHIP_ID, body)])
        monkeypatch.setattr("server.inbox.service.HUB_CHECK_INTERVAL", 0.0)
        [verdict] = await post_lines(client, [second.line])
        assert (verdict["verdict"], verdict["carrier"]) == ("accepted", "kayes")
        records = await inbox_site.site.services.store.scan(Collection.FEEDBACK, "received:", "received;")
        nodes = {record.id.removeprefix("received:") for record in records}
        assert nodes >= {f"{first.id}:hub", f"{second.id}:kayes"}, "headquarters sees which hub brought it"
