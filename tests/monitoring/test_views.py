"""`/metrics` of a real site: shut without the token, read by Prometheus's own parser, and nobody in it."""

from __future__ import annotations

import dataclasses
from pathlib import Path

import pytest
from prometheus_client.parser import text_string_to_metric_families

from server.hubs.hub_job import report_from_body
from server.maintenance.backup_status import note_success
from server.program import VERSION
from server.supervision.supervisor import BackgroundJob
from sync.store.contract import Collection, Write
from tests.support.small_site import Site, running_site

pytestmark = pytest.mark.anyio
TOKEN = "een-lang-geheim"
AUTHORIZED = {"authorization": f"Bearer {TOKEN}"}
REPORT = {
    "when": "2026-11-24T11:00:00+00:00",
    "contact": "2026-11-24T10:00:00+00:00",
    "channels": ["fr-ML"],
    "roads": {"up": ["behind", 7, ""]},
    "version": "0.2.0",
    "disk_free": 1234,
}


def opened(site: Site) -> None:
    site.app.state.settings = dataclasses.replace(site.services.settings, metrics_token=TOKEN)


async def read(site: Site) -> dict[tuple[str, str], float]:
    """Values by name and by the labels' values with commas between."""
    answer = await site.client.get("/metrics", headers=AUTHORIZED)
    assert answer.status_code == 200, answer.text
    return {
        (sample.name.removeprefix("kunnafoni_"), ",".join(sample.labels.values())): sample.value
        for family in text_string_to_metric_families(answer.text)
        for sample in family.samples
    }


async def test_without_a_token_in_the_settings_there_is_no_such_page(tmp_path: Path) -> None:
    async with running_site(tmp_path) as site:
        assert (await site.client.get("/metrics", headers=AUTHORIZED)).status_code == 404


async def test_without_the_token_in_the_request_nothing_is_told(tmp_path: Path) -> None:
    async with running_site(tmp_path) as site:
        opened(site)
        for headers in ({}, {"authorization": "Bearer "}, {"authorization": f"Bearer {TOKEN}x"}):
            refused = await site.client.get("/metrics", headers=headers)
            assert (refused.status_code, refused.content) == (401, b"")


async def test_it_tells_version_edition_backup_and_hubs(tmp_path: Path) -> None:
    async with running_site(tmp_path) as site:
        opened(site)
        note_success(site.services.settings.data, site.clock())
        await site.services.store.write(Collection.JOURNAL, [Write("hub:kayes", REPORT)])
        figures = await read(site)
        assert figures["build_info", VERSION] == 1
        assert figures["clock_timestamp_seconds", ""] == site.clock().timestamp()
        channel, *_ = site.services.current_editions.channels
        number = site.services.current_editions.get(channel).edition.statement.number
        assert figures["edition_timestamp_seconds", channel] == number
        assert figures["backup_last_success_timestamp_seconds", ""] == site.clock().timestamp()
        assert figures["backup_failed", ""] == 0
        assert figures["hub_last_contact_timestamp_seconds", "kayes"] == site.clock().timestamp() - 2 * 3600
        assert figures["hub_pending_changes", "kayes"] == 7
        assert figures["hub_info", "kayes,0.2.0"] == 1
        assert figures["hub_disk_free_bytes", "kayes"] == 1234
        assert figures["disk_free_bytes", ""] > 0


async def test_it_tells_each_jobs_last_success_and_counts_failures(tmp_path: Path) -> None:
    async def work() -> float:
        return 60.0

    async def fail() -> float:
        raise KeyError("Aminata")

    async with running_site(tmp_path) as site:
        opened(site)
        jobs = [BackgroundJob("good", work, 60.0), BackgroundJob("bad", fail, 60.0)]
        async with site.services.supervisor.running(jobs):
            await site.services.supervisor.wait_for_first_turns(["good", "bad"])
            figures = await read(site)
        assert abs(figures["job_last_success_timestamp_seconds", "good"] - site.clock().timestamp()) < 60
        assert ("job_last_success_timestamp_seconds", "bad") not in figures
        assert figures["job_failures", "bad"] >= 1
        assert figures["ready", ""] == 0
        assert figures["problem", "job-failing"] == 1


async def test_it_counts_answers_with_errors_and_things_that_wait(tmp_path: Path) -> None:
    async with running_site(tmp_path) as site:
        opened(site)
        assert (await site.client.get("/nowhere")).status_code == 404
        await site.services.store.write(Collection.JOURNAL, [Write("hub:nioro", REPORT | {"contact": ""})])
        figures = await read(site)
        assert figures["error_answers_total", "address-unknown"] == 1
        assert figures["waiting", "hub"] == 1


async def test_no_log_line_and_no_figure_holds_the_token_or_an_address(tmp_path: Path) -> None:
    async with running_site(tmp_path) as site:
        opened(site)
        answer = await site.client.get("/metrics", headers=AUTHORIZED)
        assert TOKEN not in answer.text
        assert "127.0.0.1" not in answer.text


def test_a_hub_of_another_release_is_read_and_a_lying_one_is_cut_short() -> None:
    older = report_from_body("a", {key: REPORT[key] for key in ("when", "contact", "channels", "roads")})
    assert older
    assert (older.version, older.disk_free) == ("", None)
    lying = report_from_body("a", REPORT | {"version": "x" * 900, "disk_free": -1})
    assert lying
    assert (len(lying.version), lying.disk_free) == (40, None)
