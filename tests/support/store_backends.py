"""The backends of the contract suite, each as an empty store."""

from __future__ import annotations

import base64
import http.client
import json
import os
import secrets
import subprocess
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from sync.store.contract import Collection
from tests.support.local_ports import free_port

PEERS = Path(__file__).parents[1] / "peers"
POUCHDB = PEERS / "node_modules" / "pouchdb-server" / "bin" / "pouchdb-server"
REAL_COUCHDB = os.environ.get("KUNNAFONI_TEST_COUCHDB", "").rstrip(
    "/"
)  # http://user:password@host:port of a CouchDB made for tests
COUCHES = ("pouchdb", "couchdb") if REAL_COUCHDB else ("pouchdb",)
BACKENDS = ("sqlite", *COUCHES)


def fresh_prefix() -> str:
    return f"test-{secrets.token_hex(6)}"


def real_couchdb_address(prefix: str) -> str:
    return f"{REAL_COUCHDB.replace('http://', 'couchdb://', 1)}/{prefix}"


def drop_databases(prefix: str) -> None:
    """Delete the databases that a test made on the real CouchDB."""
    for room in Collection:
        assert ask_couchdb("DELETE", f"/{prefix}-{room.value}")[0] in (200, 202, 404)


def ask_couchdb(method: str, path: str, body: Any = None) -> tuple[int, Any]:
    parts = urlsplit(REAL_COUCHDB)
    token = base64.b64encode(f"{parts.username}:{parts.password}".encode()).decode()
    connection = http.client.HTTPConnection(parts.hostname or "", parts.port, timeout=20)
    try:
        headers = {"Authorization": f"Basic {token}", "Content-Type": "application/json"}
        connection.request(method, path, None if body is None else json.dumps(body), headers)
        answer = connection.getresponse()
        return answer.status, json.loads(answer.read())
    finally:
        connection.close()


@contextmanager
def pouchdb_server(folder: Path) -> Iterator[str]:
    """host:port of a pouchdb-server in memory, with the account `test:se/cr@t`. Fails if it is not installed."""
    assert POUCHDB.exists(), f"{POUCHDB} is missing: run `make setup`"
    port = free_port()
    config = {
        "admins": {"test": "se/cr@t"},
        "httpd": {"port": port, "bind_address": "127.0.0.1"},
        "log": {"level": "error"},
    }
    (folder / "config.json").write_text(json.dumps(config))
    command = ["node", str(POUCHDB), "--in-memory", "--no-stdout-logs", "--host", "127.0.0.1", "--port", str(port)]
    command += ["--config", "config.json"]
    with (folder / "out").open("wb") as out, subprocess.Popen(command, cwd=folder, stdout=out, stderr=out) as process:
        try:
            _until_it_answers(process, f"http://127.0.0.1:{port}/", folder / "out")
            yield f"127.0.0.1:{port}"
        finally:
            process.kill()


def _until_it_answers(process: subprocess.Popen[bytes], url: str, out: Path) -> None:
    for _ in range(300):
        try:
            with urllib.request.urlopen(url, timeout=2) as answer:
                answer.read()
                return
        except OSError:
            assert process.poll() is None, f"pouchdb-server ended: {out.read_text()}"
            time.sleep(0.1)
    raise AssertionError(f"pouchdb-server does not answer: {out.read_text()}")
