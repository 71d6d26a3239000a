"""A real CouchDB's HTTP interface and its files on this machine."""

from __future__ import annotations

import base64
import http.client
import json
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit


class CouchOperator:
    def __init__(self, url: str) -> None:
        self._parts = urlsplit(url)

    def ask(self, method: str, path: str, body: Any = None) -> tuple[int, Any]:
        token = base64.b64encode(f"{self._parts.username}:{self._parts.password}".encode()).decode()
        connection = http.client.HTTPConnection(self._parts.hostname or "", self._parts.port, timeout=30)
        try:
            headers = {"Authorization": f"Basic {token}", "Content-Type": "application/json"}
            connection.request(method, path, None if body is None else json.dumps(body), headers)
            answer = connection.getresponse()
            return answer.status, json.loads(answer.read() or b"null")
        finally:
            connection.close()

    def files_holding(self, prefix: str, text: str) -> list[Path]:
        """The files that contain the text, of databases with this prefix, with indexes and files awaiting deletion."""
        folder = Path(self.ask("GET", "/_node/_local/_config/couchdb/database_dir")[1])
        assert folder.is_absolute(), f"database_dir is relative ({folder}): tests find no file. Name it from the root"
        files = [file for file in folder.rglob("*") if file.is_file() and prefix in file.as_posix()]
        assert files
        return [file for file in files if text.encode() in _bytes(file)]


def _bytes(file: Path) -> bytes:
    try:
        return file.read_bytes()
    except FileNotFoundError:  # CouchDB has just removed it
        return b""
