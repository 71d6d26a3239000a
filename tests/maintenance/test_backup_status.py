"""The state of backups, and what the doctor makes of it."""

from __future__ import annotations

import datetime
from pathlib import Path

import pytest

from server.maintenance.backup_status import FAILED, SUCCEEDED, note_success, read_backup_status
from server.services import utc_now
from tests.support.content_folder import GOOD, write
from tests.support.server_process import invoke_command
from tests.support.small_site import APP, running_site

NIGHT = datetime.datetime(2026, 11, 24, 2, 30, tzinfo=datetime.UTC)


def test_a_success_is_noted_and_ends_the_failures_before_it(tmp_path: Path) -> None:
    assert read_backup_status(tmp_path).succeeded is read_backup_status(tmp_path).failed is None
    (tmp_path / FAILED).write_text("2026-11-23T02:31:00Z\n")
    assert read_backup_status(tmp_path).failed == datetime.datetime(2026, 11, 23, 2, 31, tzinfo=datetime.UTC)
    note_success(tmp_path, NIGHT)
    assert read_backup_status(tmp_path).succeeded == NIGHT
    assert read_backup_status(tmp_path).failed is None


def test_a_mark_without_its_moment_is_of_the_moment_of_its_file(tmp_path: Path) -> None:
    (tmp_path / FAILED).write_text("")  # the disk was full
    assert read_backup_status(tmp_path).failed is not None


def test_the_command_notes_its_success_and_no_failure(tmp_path: Path) -> None:
    write(tmp_path / "content", GOOD)
    write(tmp_path / "app", APP)
    (tmp_path / "phrase").write_text("une longue phrase de passe")
    (tmp_path / "phrase").chmod(0o600)
    before = utc_now().replace(microsecond=0)
    backup = ("backup", str(tmp_path / "site.backup"), "--passphrase-file", str(tmp_path / "phrase"))
    invoke_command(tmp_path, *backup)
    first = read_backup_status(tmp_path / "data").succeeded
    assert first is not None
    assert first >= before
    (tmp_path / "phrase").unlink()
    with pytest.raises(AssertionError):
        invoke_command(tmp_path, *backup)
    assert read_backup_status(tmp_path / "data").succeeded == first


@pytest.mark.anyio
async def test_the_doctor_tells_a_failed_night_and_a_backup_long_past(tmp_path: Path) -> None:
    async with running_site(tmp_path) as site:
        data = site.services.settings.data

        async def codes() -> list[str]:
            return [one.code for one in await site.services.doctor.examine() if one.code.startswith("backup-")]

        assert await codes() == []
        note_success(data, site.clock.now)
        assert await codes() == []
        (data / FAILED).write_text(f"{site.clock.now + datetime.timedelta(days=1):%Y-%m-%dT%H:%M:%SZ}")
        assert await codes() == ["backup-failed"]
        site.clock.pass_time(days=2)
        note_success(data, site.clock.now)
        assert await codes() == []
        site.clock.pass_time(days=9)
        assert await codes() == ["backup-old"]
        assert (data / SUCCEEDED).stat().st_mode & 0o077 == 0
