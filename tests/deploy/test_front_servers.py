"""The configuration of front servers: the server's own limits, and validation by Caddy where it is installed."""

from __future__ import annotations

import os
import re
import subprocess
from pathlib import Path

import pytest

from server.commands.serve import connection_limits
from server.console.access import FORM_LIMIT
from server.console.feedback.routes import UPLOAD_LIMIT
from server.console.media.views import MAX_IMAGE_BYTES, MAX_SOUND_BYTES
from server.hubs import replications
from server.settings import Settings
from server.web.connection_limits import ConnectionLimits
from sync.store.contract import Collection
from sync.store.limits import MAX_BLOB_BYTES, MAX_BODY_BYTES
from sync.submissions.body_lines import MAX_SENT_BYTES
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
FRONT_SERVERS = ("deploy/Caddyfile", "deploy/hub/Caddyfile")


if CADDY:

    @pytest.mark.parametrize("path", [*FRONT_SERVERS, "deploy/Caddyfile.cluster"])
    def test_caddy_takes_it(path: str, tmp_path: Path) -> None:
        write_certificate("hub.example.org", tmp_path)
        (tmp_path / "Caddyfile.one").write_text(repository.text("deploy/Caddyfile"))
        (tmp_path / "Caddyfile").write_text(repository.text(path).replace("/certificate/", f"{tmp_path}/"))
        command = [CADDY, "validate", "--adapter", "caddyfile", "--config", "Caddyfile"]
        settings = {"PATH": os.environ["PATH"], "HOME": str(tmp_path)} | NAMES
        result = subprocess.run(command, cwd=tmp_path, env=settings, capture_output=True, text=True, check=False)
        assert result.returncode == 0, result.stderr
        assert "Valid configuration" in result.stdout + result.stderr


@pytest.mark.parametrize("path", [*FRONT_SERVERS, "deploy/Caddyfile.cluster"])
def test_a_front_server_writes_no_access_log(path: str) -> None:
    assert re.findall(r"^\s*(?:log|access_log)\b.*", repository.text(path), re.MULTILINE) == []


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


def seconds(text: str) -> int:
    return int(text[:-1]) * {"s": 1, "m": 60, "h": 3600}[text[-1]]


def sizes(path: str) -> list[int]:
    """The limits of bodies in a front server's file, in their order."""
    return [int(size) * 1024**2 for size in re.findall(r"max_size (\d+)MiB", repository.text(path))]


@pytest.mark.parametrize("path", FRONT_SERVERS)
def test_a_front_server_says_the_limits_of_the_server_behind_it(path: str) -> None:
    values = dict(
        re.findall(r"^\t*(max_header_size|read_header|read_body|idle|keepalive) (\S+)", repository.text(path), re.M)
    )
    limits, settings = ConnectionLimits(), Settings()
    assert limits == connection_limits(settings)
    assert int(values["max_header_size"].removesuffix("KiB")) * 1024 == limits.header_bytes
    assert seconds(values["read_header"]) == limits.headers
    assert seconds(values["read_body"]) >= MAX_SENT_BYTES / limits.rate
    assert seconds(values["idle"]) <= limits.keep_alive
    assert seconds(values["keepalive"]) < limits.keep_alive  # it closes first: no request meets a closing connection
    assert repository.text(path).count("keepalive") == repository.text(path).count("transport http")


def test_a_front_server_takes_the_largest_bodies_of_the_server_and_no_larger() -> None:
    largest_form = max(FORM_LIMIT, UPLOAD_LIMIT, MAX_IMAGE_BYTES, MAX_SOUND_BYTES)
    readers, console, own_console, replication = sizes("deploy/Caddyfile")
    assert (readers, console, own_console) == (MAX_SENT_BYTES, largest_form, largest_form)
    assert replication >= max(MAX_BLOB_BYTES * 4 / 3, 2 * MAX_BODY_BYTES)  # base64
    assert sizes("deploy/hub/Caddyfile") == [MAX_SENT_BYTES]


def test_a_stop_ends_before_whoever_asked_for_it_kills() -> None:
    texts = {path: repository.text(path) for path in repository.under("deploy", ends=(".service", ".yaml"))}
    stop = re.compile(r"(?:TimeoutStopSec=|stop_grace_period: )(\d+)")
    patience = [int(number) for text in texts.values() for number in stop.findall(text)]
    assert len(patience) >= 4
    assert min(patience) >= 2 * Settings().stop_seconds
