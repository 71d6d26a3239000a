"""The doctor asks the server that runs on this machine, and believes only one of its own store."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from typing import Any

import pytest

from server.maintenance.server_check import ServerState, ask_server
from server.settings import Settings

pytestmark = pytest.mark.anyio
FAILING = {"code": "job-failing", "job": "receipts", "failures": 3, "seconds": 9}


@contextmanager
def answering(status: int, body: bytes) -> Iterator[Settings]:
    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            assert self.path == "/readyz"
            self.send_response(status)
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, format: str, *args: Any) -> None:
            pass

    with HTTPServer(("127.0.0.1", 0), Handler) as server:
        threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
        yield Settings(host="0.0.0.0", port=server.server_port)  # noqa: S104 -- what a server listens on
        server.shutdown()


async def test_problems_become_findings_in_words() -> None:
    problems = [FAILING, {"code": "store-full"}, {"code": "nothing-published"}]
    body = {"ready": False, "channels": [], "store": "abcdef", "code": "job-failing", "problems": problems}
    with answering(503, json.dumps(body).encode()) as settings:
        state = await ask_server(settings)
    assert state
    assert state.is_of("abcdef0123")
    assert not state.is_of("0123abcdef")
    findings = state.findings()
    assert [finding.code for finding in findings] == ["job-failing", "store-full"]
    assert all(finding.is_problem for finding in findings)
    assert "« receipts »" in findings[0].sentence.format_map(findings[0].values)
    assert "store-full" in findings[1].sentence.format_map(findings[1].values)


async def test_a_server_that_is_well_has_no_finding() -> None:
    with answering(200, b'{"ready":true,"channels":["fr-ML"],"store":"abcdef"}') as settings:
        state = await ask_server(settings)
    assert state == ServerState("abcdef", ())


@pytest.mark.parametrize(
    "body", [b"", b"<html>", b"[]", b"{}", b'{"store":"a","problems":[{}]}', b'{"store":"a","problems":5}']
)
async def test_another_program_at_the_port_says_nothing(body: bytes) -> None:
    with answering(200, body) as settings:
        assert await ask_server(settings) is None


async def test_no_server_says_nothing(tmp_path: Path) -> None:
    with answering(200, b"") as settings:
        closed = settings
    assert await ask_server(closed) is None


def test_a_store_without_identity_is_nobodys() -> None:
    assert not ServerState("", ()).is_of("")
    assert not ServerState("", ()).is_of("abcdef")
