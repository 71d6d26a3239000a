"""Sources of advisories on this machine: OSV's query and npm's bulk question, each knowing what a test gives it.

With `is_silent` they answer as a mirror of packages does that has no list of weaknesses.
"""

from __future__ import annotations

import gzip
import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import Any


@dataclass
class AdvisorySources:
    url: str = ""
    is_silent: bool = False
    refuses: bool = False  # 405 to every question
    python: dict[str, list[dict[str, Any]]] = field(default_factory=dict)  # OSV's records by "name version"
    npm: dict[str, list[dict[str, Any]]] = field(default_factory=dict)  # npm's advisories by name

    def answer(self, path: str, question: dict[str, Any]) -> dict[str, Any]:
        if self.is_silent:
            return {}
        if path == "/v1/query":
            records = self.python.get(f"{question['package']['name']} {question['version']}")
            return {"vulns": records} if records else {}
        return {name: self.npm[name] for name in question if name in self.npm}


def osv_record(name: str, advisory: str, fixed: str) -> dict[str, Any]:
    """A weakness of a Python package in OSV's form."""
    events = [{"introduced": "0"}, {"fixed": fixed}]
    affected = {"package": {"name": name, "ecosystem": "PyPI"}, "ranges": [{"type": "ECOSYSTEM", "events": events}]}
    return {
        "id": advisory,
        "aliases": [advisory.replace("GHSA", "CVE")],
        "summary": "a test's",
        "affected": [affected],
        "published": "2026-01-01T00:00:00Z",
    }


def npm_advisory(number: int, advisory: str, versions: str) -> dict[str, Any]:
    """A weakness of an npm package in the form of the registry's bulk answer."""
    return {
        "id": number,
        "url": f"https://advisories.example/{advisory}",
        "title": "a test's",
        "severity": "high",
        "vulnerable_versions": versions,
        "cwe": [],
        "cvss": {"score": 0, "vectorString": None},
    }


@contextmanager
def advisory_sources() -> Iterator[AdvisorySources]:
    sources = AdvisorySources()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            if self.headers.get("Content-Encoding") == "gzip":
                body = gzip.decompress(body)
            answer = b"" if sources.refuses else json.dumps(sources.answer(self.path, json.loads(body))).encode()
            self.send_response(405 if sources.refuses else 200)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(answer)))
            self.end_headers()
            self.wfile.write(answer)

        def do_GET(self) -> None:
            self.send_error(404)

        def log_message(self, format: str, *arguments: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    sources.url = f"http://127.0.0.1:{server.server_port}"
    Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield sources
    finally:
        server.shutdown()
        server.server_close()
