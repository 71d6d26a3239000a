"""Reports of hubs: a malformed one is left out, whatever it contains, and the others are shown."""

from __future__ import annotations

from pathlib import Path

import pytest

from server.hubs.hub_job import HubReport, list_reports, report_from_body
from server.hubs.withdrawals_from_hubs import apply_withdrawals, drop_old
from sync.store.contract import Collection, Write
from tests.support.malformed_records import ID, malformed_bodies
from tests.support.small_site import running_site

pytestmark = pytest.mark.anyio
REPORT = {
    "when": "2026-11-24T12:00:00+00:00",
    "contact": "",
    "channels": ["fr-ML"],
    "roads": {"k-content": ["current", 0, ""]},
}


async def test_a_malformed_report_is_left_out(tmp_path: Path) -> None:
    bodies = [*malformed_bodies("hub"), {**REPORT, "roads": {"a": ["current", "0", ""]}}, {**REPORT, "when": "hier"}]
    async with running_site(tmp_path) as site:
        writes = [Write(f"hub:relais-{number}", body) for number, body in enumerate(bodies)]
        await site.services.store.write(Collection.JOURNAL, [*writes, Write("hub:kayes", REPORT)])
        assert await list_reports(site.services.store) == [
            HubReport("kayes", str(REPORT["when"]), "", ("fr-ML",), {"k-content": ("current", 0, "")})
        ]


def test_a_time_without_its_zone_is_no_report() -> None:
    assert report_from_body("kayes", {**REPORT, "when": "2026-11-24T12:00:00"}) is None
    assert report_from_body("kayes", {**REPORT, "contact": "2026-11-24T12:00:00"}) is None


async def test_malformed_withdrawals_end_no_job_and_go(tmp_path: Path) -> None:
    async with running_site(tmp_path) as site:
        store, inbox = site.services.store, site.services.inbox
        ids = [f"withdrawal:{number:042}E" for number in range(len(malformed_bodies("withdrawal")))]

        async def poison() -> None:
            bodies = malformed_bodies("withdrawal")
            await store.write(Collection.FEEDBACK, [Write(id, body) for id, body in zip(ids, bodies, strict=True)])
            await store.write(Collection.FEEDBACK, [Write(f"withdrawal:{ID}", {"secret": "A", "day": "2026-11-24"})])

        async def left() -> list[str]:
            return [record.id for record in await store.scan(Collection.FEEDBACK, "withdrawal:", "withdrawal;")]

        await poison()
        assert await apply_withdrawals(store, inbox, inbox.today) == 0
        assert await left() == [f"withdrawal:{ID}"], "the submission may still come"
        await poison()
        await drop_old(store, inbox.today)
        assert await left() == [f"withdrawal:{ID}"]
