"""Restore drills: a backup is restored in an empty place, examined, and the result reported where doctor sees it."""

from __future__ import annotations

import dataclasses
import json
from datetime import timedelta
from pathlib import Path

import anyio
import pytest

from server.maintenance.backup import back_up
from server.maintenance.drill import REPORT_FILE, read_report, run_drill
from sync.errors import KunnafoniError
from sync.store.contract import Collection, Write
from sync.store.copying import summarize
from sync.store.iteration import iterate_records
from sync.store.open_store import open_store
from tests.support.inbox_site import RUMOUR_ANSWERS, SITE, running_inbox_site
from tests.support.measured_figures import record_figure
from tests.support.phone_simulator import DAY, PhoneSimulator
from tests.support.server_process import run_command
from tests.support.small_site import Site, running_site

pytestmark = pytest.mark.anyio
PHRASE = "cinq mots sans aucun rapport"


async def save(site: Site, file: Path, keys: Path | None = None) -> None:
    await back_up(site.services.store, keys or site.services.settings.keys, file, PHRASE, site.clock())


async def test_a_whole_backup_passes_and_leaves_nothing_behind(tmp_path: Path) -> None:
    room = tmp_path / "room"
    room.mkdir()
    async with running_site(tmp_path) as site:
        await site.services.store.write(Collection.FEEDBACK, [Write(f"submission:{n}", {"text": "x"}) for n in "abc"])
        data = site.services.settings.data
        await save(site, tmp_path / "site.backup")
        report = await run_drill(tmp_path / "site.backup", PHRASE, site.clock(), data, open_store, room)
        assert (report.submissions, report.channels, report.error) == (3, 2, "")
        assert report.records > 10
        assert report.memory > 0
        assert read_report(data) == report
        assert (data / REPORT_FILE).stat().st_mode & 0o077 == 0
        assert list(room.iterdir()) == []
        assert not [finding for finding in await site.services.doctor.examine() if finding.code.startswith("drill")]


@pytest.mark.parametrize(
    ("harm", "code"),
    [
        ("passphrase", "backup-passphrase"),
        ("cut", "backup-damaged"),
        ("page missing", "drill-editions"),
        ("page changed", "drill-editions"),
        ("keys of another site", "drill-keys"),
    ],
)
async def test_a_backup_that_would_not_help_fails_and_doctor_says_so(tmp_path: Path, harm: str, code: str) -> None:
    async with running_site(tmp_path) as site:
        store, data, file = site.services.store, site.services.settings.data, tmp_path / "site.backup"
        page, *_ = [record async for record in iterate_records(store, Collection.EDITIONS, "page:")]
        if harm == "page missing":
            await store.write(Collection.EDITIONS, [Write(page.id, None, page.rev)])
        elif harm == "page changed":
            await store.write(Collection.EDITIONS, [Write(page.id, {**page.body, "body": "autre"}, page.rev)])
        empty = tmp_path / "no-keys"
        empty.mkdir()
        await save(site, file, empty if harm == "keys of another site" else None)
        if harm == "cut":
            file.write_bytes(file.read_bytes()[: -file.stat().st_size // 3])
        with pytest.raises(KunnafoniError) as failed:
            await run_drill(file, "autre" if harm == "passphrase" else PHRASE, site.clock(), data, open_store)
        assert failed.value.code == code
        [finding] = [each for each in await site.services.doctor.examine() if each.code == "drill-failed"]
        assert finding.values["reason"] == code


async def test_doctor_asks_for_a_drill_when_the_last_is_old(tmp_path: Path) -> None:
    async with running_site(tmp_path) as site:
        data = site.services.settings.data
        await save(site, tmp_path / "site.backup")
        report = await run_drill(tmp_path / "site.backup", PHRASE, site.clock(), data, open_store)
        old = dataclasses.replace(report, when=(site.clock() - timedelta(days=101)).isoformat())
        (data / REPORT_FILE).write_text(json.dumps(dataclasses.asdict(old)))
        assert "drill-old" in [finding.code for finding in await site.services.doctor.examine()]
        (data / REPORT_FILE).write_text("{")
        assert read_report(data) is None


@pytest.mark.soak
async def test_a_drill_of_twenty_thousand_submissions_fits_a_small_machine(tmp_path: Path) -> None:
    count, phrase, place = 20_000, tmp_path / "phrase", tmp_path / "spare"
    phrase.write_text(PHRASE)
    phrase.chmod(0o600)
    (place / "data").mkdir(parents=True)
    async with running_inbox_site(tmp_path / "site") as inbox_site:
        store, phone, form = inbox_site.site.services.store, PhoneSimulator(SITE), inbox_site.forms["rumeur"]
        for run in range(0, count, 500):
            filled = [phone.fill(form, RUMOUR_ANSWERS) for _ in range(500)]
            writes = [Write(f"submission:{run:06x}:{each.id}", {"text": each.text}) for each in filled]
            arrivals = [Write(f"received:{each.id}:hq", {"day": DAY, "road": "direct"}) for each in filled]
            await store.write(Collection.FEEDBACK, [*writes, *arrivals])
        contents = await back_up(
            store, inbox_site.site.services.settings.keys, tmp_path / "site.backup", PHRASE, inbox_site.site.clock()
        )
        summary = await summarize(store)
    assert contents.digest == summary.digest
    await anyio.to_thread.run_sync(
        run_command, place, "drill", str(tmp_path / "site.backup"), "--passphrase-file", str(phrase)
    )
    report = read_report(place / "data")
    assert report
    assert (report.submissions, report.records, report.error) == (count, len(summary.records), "")
    assert report.memory < 300
    record_figure(f"drill of {count} submissions: {report.records} records, {report.seconds} s, {report.memory} MiB")
