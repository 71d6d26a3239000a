"""The health checks of the containers, run against a healthy and a dead server."""

from __future__ import annotations

import json
import re
import socket
import subprocess
import sys
from pathlib import Path

import yaml

from tests.support import repository
from tests.support.content_folder import GOOD, write
from tests.support.server_process import running_server
from tests.support.small_site import APP
from tests.support.store_backends import REAL_COUCHDB

PYTHON = "/srv/kunnafoni/.venv/bin/python"
PORT = ":8000/"


def of_the_image(port: int) -> list[str]:
    """The image's health check with this interpreter and a test's port."""
    match = re.search(r"^HEALTHCHECK .*\\\n\s+CMD (\[.*\])$", repository.text("deploy/Dockerfile"), re.MULTILINE)
    assert match
    command: list[str] = json.loads(match[1])
    assert command[0] == PYTHON
    assert PORT in command[-1]
    return [sys.executable, *command[1:-1], command[-1].replace(PORT, f":{port}/")]


def ends(command: list[str]) -> int:
    return subprocess.run(command, capture_output=True, timeout=60, check=False).returncode


def test_the_image_is_well_while_its_server_answers_and_no_longer(tmp_path: Path) -> None:
    write(tmp_path / "content", GOOD)
    write(tmp_path / "app", APP)
    with running_server(tmp_path) as server:
        server.get("healthz")
        assert ends(of_the_image(server.port)) == 0
    assert ends(of_the_image(server.port)) != 0


def test_what_the_image_starts_is_what_a_person_would_type() -> None:
    lines = repository.text("deploy/Dockerfile").splitlines()
    start = [json.loads(line.partition(" ")[2]) for line in lines if line.startswith(("ENTRYPOINT ", "CMD "))]
    assert start == [["/srv/kunnafoni/.venv/bin/kunnafoni"], ["serve"]]
    assert "KUNNAFONI_HOST=0.0.0.0" in repository.text(
        "deploy/Dockerfile"
    )  # the front server reaches it from its own container


if REAL_COUCHDB:

    def test_couchdbs_own_judgement_holds_for_a_real_one() -> None:
        checks = [
            service["healthcheck"]["test"]
            for path in repository.under("deploy", ends=".yaml")
            for service in yaml.safe_load(repository.text(path))["services"].values()
            if "healthcheck" in service
        ]
        host, _, port = REAL_COUCHDB.rpartition("@")[2].partition(":")
        script = str(repository.ROOT / "deploy/couchdb/node.sh")
        with socket.create_server(("127.0.0.1", 0)) as listener:
            nobody = str(listener.getsockname()[1])
        assert checks
        for check in checks:
            assert check == ["CMD", "bash", "/node.sh", "up"]
            assert ends(["bash", script, "up", host, port]) == 0
            assert ends(["bash", script, "up", "127.0.0.1", nobody]) != 0
