"""The configuration of front servers, validated by Caddy, and the units, verified by systemd, where installed."""

from __future__ import annotations

import configparser
import os
import re
import shutil
import subprocess
from pathlib import Path

import pytest

from server.hubs import replications
from sync.store.contract import Collection
from tests.support import repository
from tests.support.caddy import CADDY
from tests.support.self_signed_certificate import write_certificate

NAMES = {
    "DOMAIN": "example.org",
    "CONSOLE_DOMAIN": "console.example.org",
    "COUCH_DOMAIN": "couch.example.org",
    "HUB_DOMAIN": "hub.example.org",
    "SERVERS": "server-1:8000 server-2:8000",
    "NODES": "couchdb-1:5984 couchdb-2:5984",
}
UNITS = repository.under("deploy", ends=(".service", ".timer"))


if CADDY:

    @pytest.mark.parametrize("path", ["deploy/Caddyfile", "deploy/Caddyfile.cluster", "deploy/hub/Caddyfile"])
    def test_caddy_takes_it(path: str, tmp_path: Path) -> None:
        write_certificate("hub.example.org", tmp_path)
        (tmp_path / "Caddyfile.one").write_text(repository.text("deploy/Caddyfile"))
        (tmp_path / "Caddyfile").write_text(repository.text(path).replace("/certificate/", f"{tmp_path}/"))
        command = [CADDY, "validate", "--adapter", "caddyfile", "--config", "Caddyfile"]
        settings = {"PATH": os.environ["PATH"], "HOME": str(tmp_path)} | NAMES
        result = subprocess.run(command, cwd=tmp_path, env=settings, capture_output=True, text=True, check=False)
        assert result.returncode == 0, result.stderr
        assert "Valid configuration" in result.stdout + result.stderr


def test_hubs_reach_the_databases_they_need_and_no_other() -> None:
    match = re.search(r"@hubs path (.+)", repository.text("deploy/Caddyfile"))
    assert match
    patterns = match[1].split()

    def passes(path: str) -> bool:
        return any(re.fullmatch(re.escape(pattern).replace(r"\*", ".*"), path) for pattern in patterns)

    for database in (
        replications.collection_database("kunnafoni", Collection.EDITIONS),
        replications.down_database("kunnafoni"),
        replications.up_database("kunnafoni", "kayes"),
    ):
        assert passes(f"/{database}")
        assert passes(f"/{database}/_changes")
    for collection in (Collection.PEOPLE, Collection.FEEDBACK, Collection.CONTENT, Collection.PUSH, Collection.JOURNAL):
        assert not passes(f"/{replications.collection_database('kunnafoni', collection)}/_all_docs")
    assert not passes("/_users/_all_docs")
    assert not passes("/_replicator")
    assert not passes("/_all_dbs")


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
    assert "/srv/kunnafoni/.venv/bin/kunnafoni" in service["ExecStart"]
    assert "StateDirectory" in service


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
