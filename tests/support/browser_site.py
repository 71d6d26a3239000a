"""The server as an operator starts it, on a free port. Used by the browser tests and the bench."""

from __future__ import annotations

import contextlib
import json
import os
import tempfile
import time
import urllib.request
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from tests.support.forked_process import ForkedProcess
from tests.support.local_ports import free_port

PATIENCE = 120  # seconds until the first edition is published, on a busy machine


@dataclass(frozen=True)
class BrowserSite:
    """A running site: its address, its data folder, its content; None for the repository's."""

    url: str
    data: Path
    content: Path | None


@contextlib.contextmanager
def running_site_server(data: Path, root: Path, content: Path | None = None, app: Path | None = None) -> Iterator[str]:
    """Run a server on `data` with the repository's content and app or other folders; yield its address."""
    port = free_port()
    environ = os.environ | {"KUNNAFONI_PUSH_CONTACT": "mailto:alertes@exemple.ml", "KUNNAFONI_HOSTS": "kunnafoni.test"}
    environ |= {"KUNNAFONI_CONTENT": str(content)} if content else {}
    environ |= {"KUNNAFONI_APP": str(app)} if app else {}
    arguments = ["serve", "--port", str(port), "--data", str(data)]
    log = data.parent / "serve.log"
    with log.open("w") as said, ForkedProcess(arguments, environ, said.fileno(), said.fileno(), root) as process:
        url = f"http://127.0.0.1:{port}"
        _wait_for_server(url, process, log)
        yield url


@contextlib.contextmanager
def running_site(data: Path, root: Path, content: Path | None = None) -> Iterator[BrowserSite]:
    """Run a server as `running_site_server` does; yield the site."""
    with running_site_server(data, root, content) as url:
        yield BrowserSite(url, data, content)


def run_site_command(data: Path, root: Path, *arguments: str, content: Path | None = None) -> str:
    """Run a command on the site's data; return its output. Fails on an exit code."""
    environ = os.environ | ({"KUNNAFONI_CONTENT": str(content)} if content else {})
    with tempfile.TemporaryFile("w+", encoding="utf-8") as said:
        ended = ForkedProcess([*arguments, "--data", str(data)], environ, said.fileno(), said.fileno(), root).wait(
            PATIENCE
        )
        said.seek(0)
        output = said.read()
    assert ended == 0, output
    return output


def first_link(url: str, data: Path) -> str:
    """The link for the first administrator, which a server without a terminal leaves in a file."""
    link = (data / "first-account-link.txt").read_text("utf-8").strip()
    return url + link[link.index("/console/welcome/") :]


def page_paths(url: str, channel: str = "fr-ML") -> list[str]:
    """The paths of a channel's pages, by its manifest."""
    with urllib.request.urlopen(f"{url}/feed/{channel}/manifest") as answer:
        first, rest = json.loads(answer.read())["manifest"]
    return [line.split(" ")[0] for line in (first + rest).splitlines() if not line.startswith("_")]


def one_of_each_kind(paths: Sequence[str]) -> list[str]:
    """The first path of each kind: pages of one kind have one frame, and the same parts of the app at work."""
    return list({(path.partition("/")[0], path.count("/")): path for path in reversed(paths)}.values())


def page_address(channel: str, path: str) -> str:
    return f"/{channel}/" + ("" if path == "index" else path)


def _wait_for_server(url: str, process: ForkedProcess, log: Path) -> None:
    for _ in range(PATIENCE * 10):
        if process.poll() is not None:
            raise RuntimeError(log.read_text())
        try:
            with urllib.request.urlopen(f"{url}/healthz", timeout=5):
                return
        except OSError:
            time.sleep(0.1)
    raise RuntimeError(f"the server did not start: {log.read_text()}")
