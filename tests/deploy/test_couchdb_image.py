"""Compose files against the rules of CouchDB's official image, which ends without a word where one is broken.

The rules are those of apache/couchdb-docker, 3.5.0 and 3.5.1: docker-entrypoint.sh and Dockerfile.
"""

from __future__ import annotations

import base64
import configparser
import os
import re
import shutil
import subprocess
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.support import repository
from tests.support.local_ports import free_port

IMAGE = "couchdb:3.5"
OWNER = "5984:5984"  # user and group of the image's files
SETTINGS_FOLDER = "/opt/couchdb/etc/local.d/"
WRITTEN_BY_THE_IMAGE = "docker.ini"  # the entrypoint appends the administrator, CouchDB the hash of its password
COMMANDS = ("bash", "base64")  # of the image those that node.sh uses; curl and wget are not in it
SCRIPT = repository.ROOT / "deploy/couchdb/node.sh"
COMPOSE = tuple(path for path in repository.under("deploy", ends=".yaml") if "compose" in path)
PASSWORD = "geheim"


def couchdb_services(path: str) -> dict[str, dict[str, Any]]:
    by_name: dict[str, dict[str, Any]] = yaml.safe_load(repository.text(path))["services"]
    return {name: service for name, service in by_name.items() if service.get("image") == IMAGE}


def nodes(path: str) -> dict[str, dict[str, Any]]:
    """The services that run CouchDB, not a script of ours, in its image."""
    return {name: service for name, service in couchdb_services(path).items() if "entrypoint" not in service}


def mounts(service: dict[str, Any]) -> list[list[str]]:
    return [volume.split(":") for volume in service["volumes"]]


@pytest.mark.parametrize("path", COMPOSE)
def test_the_entrypoint_has_no_file_to_take_over(path: str) -> None:
    """The entrypoint, as root, runs chown over /opt/couchdb, and exits 1 at a file that is mounted read-only."""
    assert nodes(path)
    for service in couchdb_services(path).values():
        assert service["user"] == OWNER
        assert all(mode == ["ro"] for source, _, *mode in mounts(service) if source.startswith("."))


@pytest.mark.parametrize("path", COMPOSE)
def test_data_lie_in_a_volume_that_gets_its_owner_from_the_image(path: str) -> None:
    for service in nodes(path).values():
        [data] = [source for source, target, *_ in mounts(service) if target == "/opt/couchdb/data"]
        assert data in yaml.safe_load(repository.text(path))["volumes"]


def test_the_runbook_lets_containers_read_what_is_mounted() -> None:
    """They run as other users than the owner of the checkout, and without the right to pass over its modes."""
    opened = re.search(r"^chmod a\+r (.+?) *(#.*)?$", repository.text("deploy/RUNBOOK.md"), re.MULTILINE)
    assert opened
    readable = {path for pattern in opened[1].split() for path in repository.ROOT.glob(pattern)}
    for path in COMPOSE:
        for service in yaml.safe_load(repository.text(path))["services"].values():
            for source, *_ in mounts(service) if "volumes" in service else ():
                if source.startswith(".") and source != "./certificate":
                    assert ((repository.ROOT / path).parent / source).resolve() in readable


@pytest.mark.parametrize("path", COMPOSE)
def test_couchdb_writes_into_its_own_file_and_not_into_ours(path: str) -> None:
    """CouchDB writes to the last of the folder's files; the entrypoint looks for sections in all of them."""
    for service in nodes(path).values():
        [(source, target, _)] = [mount for mount in mounts(service) if mount[1].startswith("/opt/couchdb/etc")]
        name = target.removeprefix(SETTINGS_FOLDER)
        assert name.endswith(".ini")
        assert "/" not in name
        assert name < WRITTEN_BY_THE_IMAGE
        settings = read_settings((repository.ROOT / path).parent / source)
        assert not settings.has_section("admins")
        assert not settings.has_option("chttpd_auth", "secret")


def read_settings(path: Path) -> configparser.ConfigParser:
    settings = configparser.ConfigParser(inline_comment_prefixes=(" ;",), interpolation=None)
    settings.read_string(path.read_text("utf-8"))
    return settings


@pytest.mark.parametrize("path", COMPOSE)
def test_a_node_has_an_administrator_and_a_secret(path: str) -> None:
    for service in nodes(path).values():
        assert {"COUCHDB_USER", "COUCHDB_PASSWORD", "COUCHDB_SECRET"} <= service["environment"].keys()


def test_nodes_of_a_cluster_find_each_other_by_names_with_a_dot() -> None:
    """The entrypoint starts Erlang with -name, which refuses a host without a dot."""
    cluster = nodes("deploy/compose.cluster.yaml")
    names = []
    for service in cluster.values():
        name = service["environment"]["NODENAME"]
        assert "." in name
        assert service["networks"] == {"back": {"aliases": [name]}}
        names.append(f"couchdb@{name}")
    settings = read_settings(repository.ROOT / "deploy/couchdb/cluster.ini")
    assert settings["cluster"]["seedlist"].split(",") == names
    assert len(set(names)) == int(settings["cluster"]["n"]) == 3
    for shared in ("COUCHDB_SECRET", "COUCHDB_ERLANG_COOKIE"):
        assert len({service["environment"][shared] for service in cluster.values()}) == 1


@pytest.mark.parametrize("path", COMPOSE)
def test_what_runs_in_the_image_is_in_the_image(path: str) -> None:
    for name, service in couchdb_services(path).items():
        target = {target: source for source, target, *_ in mounts(service)}
        command = service.get("entrypoint") or service["healthcheck"]["test"][1:]
        assert command[:2] == ["bash", "/node.sh"], name
        assert ((repository.ROOT / path).parent / target["/node.sh"]).resolve() == SCRIPT


def run_script(folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    """Run node.sh where no other command can be found than those of the image that it uses."""
    commands = folder / "bin"
    commands.mkdir(exist_ok=True)
    for name in COMMANDS:
        if not (commands / name).exists():
            (commands / name).symlink_to(shutil.which(name) or "")
    environment = {"PATH": str(commands), "COUCHDB_PASSWORD": PASSWORD}
    command = [str(commands / "bash"), str(SCRIPT), *arguments]
    return subprocess.run(command, env=environment, capture_output=True, text=True, timeout=60, check=False)


@contextmanager
def fake_node(answers: dict[str, int]) -> Iterator[tuple[int, list[tuple[str, str, str]]]]:
    """A server that answers paths with a status; its port, and what it was asked: method, path, authorization."""
    asked: list[tuple[str, str, str]] = []

    class Handler(BaseHTTPRequestHandler):
        def handle_any(self) -> None:
            asked.append((self.command, self.path, self.headers.get("Authorization", "")))
            self.send_response(answers[self.path])
            self.send_header("Content-Length", "0")
            self.end_headers()

        do_GET = do_PUT = handle_any  # noqa: N815

        def log_message(self, *_: object) -> None:
            pass

    with HTTPServer(("127.0.0.1", 0), Handler) as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        try:
            yield server.server_port, asked
        finally:
            server.shutdown()
            thread.join()


def test_a_node_is_up_while_it_says_so(tmp_path: Path) -> None:
    for status, code in ((200, 0), (404, 1)):
        with fake_node({"/_up": status}) as (port, asked):
            assert run_script(tmp_path, "up", "127.0.0.1", str(port)).returncode == code
        assert asked == [("GET", "/_up", "")]
    assert run_script(tmp_path, "up", "127.0.0.1", str(free_port())).returncode != 0


def test_a_cluster_gets_its_databases_once(tmp_path: Path) -> None:
    account = "Basic " + base64.b64encode(f"kunnafoni:{PASSWORD}".encode()).decode()
    for status in (201, 202, 412):
        with fake_node({"/_users": status, "/_replicator": status}) as (port, asked):
            assert run_script(tmp_path, "join", "127.0.0.1", str(port)).returncode == 0
        assert asked == [("PUT", path, account) for path in ("/_users", "/_replicator")]


def test_a_cluster_that_refuses_is_told(tmp_path: Path) -> None:
    with fake_node({"/_users": 201, "/_replicator": 401}) as (port, _):
        result = run_script(tmp_path, "join", "127.0.0.1", str(port))
    assert result.returncode != 0
    assert "401 for _replicator" in result.stderr
    assert run_script(tmp_path, "leave").returncode != 0


def test_the_script_is_what_bash_takes() -> None:
    environment = {"PATH": os.environ["PATH"]}
    assert subprocess.run(["bash", "-n", str(SCRIPT)], env=environment, check=False).returncode == 0
