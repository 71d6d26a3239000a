"""Compose files: valid by schema; closed networks, no root user, read-only except data, existing paths."""

from __future__ import annotations

import json
import re
from dataclasses import fields
from importlib.resources import files
from typing import Any

import pytest
import yaml
from jsonschema import Draft7Validator

from server.settings import PREFIX, Settings
from sync.store.limits import MAX_BODY_BYTES
from tests.support import repository

COMPOSE = tuple(path for path in repository.under("deploy", ends=".yaml") if "compose" in path)
COUCHDB = "couchdb:3.5"
VARIABLE = re.compile(r"\$\{(\w+)")


def read(path: str) -> dict[str, Any]:
    document: dict[str, Any] = yaml.safe_load(repository.text(path))
    return document


def services(path: str) -> dict[str, dict[str, Any]]:
    by_name: dict[str, dict[str, Any]] = read(path)["services"]
    return by_name


def environment(service: dict[str, Any]) -> dict[str, str]:
    return {str(name): str(value) for name, value in service.get("environment", {}).items()}


def test_there_are_three_of_them() -> None:
    assert set(COMPOSE) == {"deploy/compose.yaml", "deploy/compose.cluster.yaml", "deploy/hub/compose.yaml"}


@pytest.mark.parametrize("path", COMPOSE)
def test_the_schema_of_compose_takes_it(path: str) -> None:
    schema = json.loads(
        (files("check_jsonschema") / "builtin_schemas" / "vendor" / "compose-spec.json").read_text("utf-8")
    )
    assert [error.message for error in Draft7Validator(schema).iter_errors(read(path))] == []


@pytest.mark.parametrize("path", COMPOSE)
def test_every_variable_is_explained_and_none_is_left_over(path: str) -> None:
    explained = set(re.findall(r"^(\w+)=", repository.text("deploy/compose.env.example"), re.MULTILINE))
    assert set(VARIABLE.findall(repository.text(path))) <= explained
    used = {name for file in COMPOSE for name in VARIABLE.findall(repository.text(file))}
    assert explained == used


@pytest.mark.parametrize("path", COMPOSE)
def test_every_setting_exists_in_the_program(path: str) -> None:
    settings = {f"{PREFIX}{field.name.upper()}" for field in fields(Settings)}
    named = {name for service in services(path).values() for name in environment(service) if name.startswith(PREFIX)}
    assert named <= settings
    assert f"{PREFIX}STORE" in named


@pytest.mark.parametrize("path", COMPOSE)
def test_files_and_volumes_that_are_mounted_exist(path: str) -> None:
    folder = (repository.ROOT / path).parent
    volumes = set(read(path)["volumes"])
    for service in services(path).values():
        for mounted in service.get("volumes", []):
            source = mounted.split(":")[0]
            if source.startswith("."):
                assert (folder / source).exists() or source == "./certificate", (
                    source
                )  # the operator brings the certificate
            else:
                assert source in volumes
        if "build" in service:
            assert ((folder / service["build"]["context"]).resolve() / service["build"]["dockerfile"]).is_file()


@pytest.mark.parametrize("path", COMPOSE)
def test_only_the_front_server_is_reached_from_outside(path: str) -> None:
    for name, service in services(path).items():
        assert ("ports" in service) == (name == "caddy")
    assert read(path)["networks"]["back"] == {"internal": True}


@pytest.mark.parametrize("path", COMPOSE)
def test_every_service_runs_without_rights_and_where_it_can_on_a_root_that_cannot_be_written(path: str) -> None:
    for name, service in services(path).items():
        if service.get("image") != COUCHDB:  # its entrypoint writes beside its program
            assert service["read_only"] is True, name
        assert service["cap_drop"] == ["ALL"]
        assert service["security_opt"] == ["no-new-privileges:true"]


@pytest.mark.parametrize("path", COMPOSE)
def test_no_secret_has_a_default(path: str) -> None:
    text = repository.text(path)
    assert re.findall(r"\$\{\w+(?!:\?)[^}\w]", text) == []
    assert "latest" not in text


def test_exactly_one_server_of_a_cluster_publishes_and_a_hub_does_not() -> None:
    def publishers(path: str) -> list[str]:
        return [
            name
            for name, service in services(path).items()
            if "build" in service and environment(service).get("KUNNAFONI_PUBLISHER", "1") != "0"
        ]

    assert publishers("deploy/compose.cluster.yaml") == ["server-1"]
    assert publishers("deploy/compose.yaml") == ["server"]
    assert publishers("deploy/hub/compose.yaml") == []


def test_the_image_is_of_two_stages_and_serves_as_nobody_in_particular() -> None:
    lines = repository.text("deploy/Dockerfile").splitlines()
    assert sum(line.startswith("FROM ") for line in lines) == 2
    last = lines[max(index for index, line in enumerate(lines) if line.startswith("FROM ")) :]
    assert "USER 10001:10001" in last
    assert any(line.startswith("HEALTHCHECK") for line in last)
    assert not any(re.search(r"apt-get|pip|npm|make", line) for line in last if not line.startswith("#"))


def test_what_the_image_copies_exists_and_is_let_through() -> None:
    text = repository.text("deploy/Dockerfile")
    ignored = repository.text("deploy/Dockerfile.dockerignore").split()
    let_in = [pattern[1:] for pattern in ignored if pattern.startswith("!")]
    assert [pattern for pattern in let_in if not list(repository.ROOT.glob(pattern))] == []
    built = {".venv", "pwa/dist", "NOTICES.txt"}
    copied = set(re.findall(r"--from=build /srv/kunnafoni/(\S+)", text)) - built
    assert all(any(path == entry or path.startswith(entry + "/") for entry in let_in) for path in copied)
    used = re.findall(r"deploy/setup/\w+\.sh", text)
    assert used
    assert all((repository.ROOT / path).is_file() for path in used)


@pytest.mark.parametrize("path", ["deploy/couchdb/one.ini", "deploy/couchdb/cluster.ini"])
def test_couchdb_takes_the_largest_record(path: str) -> None:
    match = re.search(r"^max_document_size = (\d+)", repository.text(path), re.MULTILINE)
    assert match
    assert int(match[1]) >= MAX_BODY_BYTES
