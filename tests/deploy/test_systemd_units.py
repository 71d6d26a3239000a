"""The units of systemd: what they name exists, the server's restrictions hold for all, and systemd takes them."""

from __future__ import annotations

import configparser
import datetime
import re
import shutil
import subprocess
from pathlib import Path

import pytest

from server.maintenance.backup_status import read_backup_status
from server.services import utc_now
from tests.support import repository

FAILED_BACKUP = "deploy/systemd/kunnafoni-backup-failed.service"
UNITS = repository.under("deploy", ends=(".service", ".timer"))


@pytest.mark.parametrize("path", UNITS)
def test_a_unit_names_what_exists(path: str) -> None:
    unit = configparser.ConfigParser(strict=False, interpolation=None)
    unit.optionxform = str  # type: ignore[assignment, method-assign]
    unit.read_string(repository.text(path))
    assert "Description" in unit["Unit"]
    if path.endswith(".timer"):
        assert path.replace(".timer", ".service") in UNITS
        return
    service = unit["Service"]
    assert (service["User"], service["NoNewPrivileges"], service["ProtectSystem"]) == ("kunnafoni", "true", "strict")
    assert "/srv/kunnafoni/.venv/bin/kunnafoni" in service["ExecStart"] or path.endswith("-failed.service")
    assert "StateDirectory" in service
    if failure := unit["Unit"].get("OnFailure"):
        assert f"deploy/systemd/{failure}" in UNITS


def restrictions(path: str) -> set[str]:
    lines = repository.text(path).splitlines()
    names = r"(Protect|Private|Restrict|No|Lock|Capability|SystemCall|RemoveIPC|UMask|StateDirectoryMode)\w*="
    return {line for line in lines if re.match(names, line)}


def test_every_unit_has_the_servers_restrictions() -> None:
    services = [path for path in UNITS if path.endswith(".service")]
    server = restrictions("deploy/systemd/kunnafoni.service")
    assert len(server) > 15
    addresses = "RestrictAddressFamilies=AF_INET AF_INET6 AF_UNIX"
    for path in services:
        assert restrictions(path) >= server - {addresses}
        assert {addresses, "PrivateNetwork=true"} & restrictions(path)


def test_a_failed_backup_leaves_the_file_that_the_doctor_reads(tmp_path: Path) -> None:
    [command] = re.findall(r"^ExecStart=/bin/sh -c '(.+)'$", repository.text(FAILED_BACKUP), re.MULTILINE)
    command = command.replace("%%", "%").replace("/var/lib/kunnafoni", str(tmp_path))
    subprocess.run(["/bin/sh", "-c", command], check=True)
    backups = read_backup_status(tmp_path)
    assert backups.failed is not None
    assert abs(backups.failed - utc_now()) < datetime.timedelta(minutes=5)
    assert "OnFailure=kunnafoni-backup-failed.service" in repository.text("deploy/systemd/kunnafoni-backup.service")


def test_systemd_takes_the_units(tmp_path: Path) -> None:
    analyze = shutil.which("systemd-analyze")
    if analyze is None:
        return  # the tests above check the units without systemd
    for path in UNITS:
        text = repository.text(path).replace("/srv/kunnafoni/.venv/bin/kunnafoni", "/bin/true")
        text = re.sub(r"file:///srv\S+", "https://example.org", text).replace("User=kunnafoni", "User=root")
        (tmp_path / Path(path).name).write_text(text)
    units = [str(tmp_path / Path(path).name) for path in UNITS]
    result = subprocess.run([analyze, "verify", *units], capture_output=True, text=True, check=False)
    complaints = [line for line in result.stderr.splitlines() if str(tmp_path) in line]
    assert complaints == []
