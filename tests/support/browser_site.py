"""The server as an operator starts it, on a free port. Used by the browser tests and the bench."""

from __future__ import annotations

import contextlib
import json
import os
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from pathlib import Path

from tests.support.local_ports import free_port

PATIENCE = 120  # seconds until the first edition is published, on a busy machine


@contextlib.contextmanager
def running_site_server(data: Path, root: Path, content: Path | None = None) -> Iterator[str]:
    """Run a server on `data` with the repository's content or another folder; yield its address."""
    port = free_port()
    command = [sys.executable, "-m", "server.commands.cli", "serve", "--port", str(port), "--data", str(data)]
    environ = os.environ | {"KUNNAFONI_PUSH_CONTACT": "mailto:alertes@exemple.ml", "KUNNAFONI_HOSTS": "kunnafoni.test"}
    environ |= {"KUNNAFONI_CONTENT": str(content)} if content else {}
    with (
        (data.parent / "serve.log").open("w") as log,
        subprocess.Popen(command, cwd=root, env=environ, stdout=log, stderr=log) as process,
    ):
        try:
            url = f"http://127.0.0.1:{port}"
            _wait_for_server(url, process, data.parent / "serve.log")
            yield url
        finally:
            process.terminate()
            process.wait(timeout=30)


def first_link(url: str, data: Path) -> str:
    """The link for the first administrator, which a server without a terminal leaves in a file."""
    link = (data / "first-account-link.txt").read_text("utf-8").strip()
    return url + link[link.index("/console/welcome/") :]


def page_paths(url: str, channel: str = "fr-ML") -> list[str]:
    """The paths of a channel's pages, by its manifest."""
    with urllib.request.urlopen(f"{url}/feed/{channel}/manifest") as answer:
        first, rest = json.loads(answer.read())["manifest"]
    return [line.split(" ")[0] for line in (first + rest).splitlines() if not line.startswith("_")]


def page_address(channel: str, path: str) -> str:
    return f"/{channel}/" + ("" if path == "index" else path)


def _wait_for_server(url: str, process: subprocess.Popen[bytes], log: Path) -> None:
    for _ in range(PATIENCE * 4):
        if process.poll() is not None:
            raise RuntimeError(log.read_text())
        try:
            with urllib.request.urlopen(f"{url}/healthz", timeout=5):
                return
        except OSError:
            time.sleep(0.25)
    raise RuntimeError(f"the server did not start: {log.read_text()}")
