"""The command line in real processes, on a small site in a folder."""

from __future__ import annotations

import contextlib
import importlib
import os
import re
import resource
import signal
import subprocess
import sys
import threading
import time
import tomllib
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path

import click
from click.testing import CliRunner

from sync.errors import KunnafoniError
from tests.support import repository

PATIENCE = 120.0  # seconds for a start on a busy machine
COMMAND = (sys.executable, "-m", "server.commands.cli")


def environment(folder: Path) -> dict[str, str]:
    """The environment of a site with content/, app/ and data/ in the folder, in French."""
    inherited = {name: value for name, value in os.environ.items() if not name.startswith("KUNNAFONI_")}
    return inherited | {
        "KUNNAFONI_DATA": str(folder / "data"),
        "KUNNAFONI_CONTENT": str(folder / "content"),
        "KUNNAFONI_APP": str(folder / "app"),
        "LC_ALL": "C.UTF-8",
        "LANG": "fr_FR.UTF-8",
        "PYTHONUNBUFFERED": "1",
    }


def run_command(folder: Path, *arguments: str, code: int = 0) -> str:
    """Run a command; return both outputs. Fails on another exit code and on any traceback."""
    result = subprocess.run(
        [*COMMAND, *arguments], env=environment(folder), capture_output=True, text=True, timeout=PATIENCE, check=False
    )
    assert result.returncode == code, result.stdout + result.stderr
    assert "Traceback" not in result.stderr, result.stderr
    return result.stdout + result.stderr


def invoke_command(folder: Path, *arguments: str) -> str:
    """Run a command in this process, which saves its start; return its output. Fails on another exit code than 0.

    Raises the command's KunnafoniError.
    """
    result = CliRunner().invoke(command_group(), list(arguments), env=environment(folder))
    if isinstance(result.exception, KunnafoniError):
        raise result.exception
    assert result.exit_code == 0, f"{arguments}: {result.output} {result.exception!r}"
    return str(result.output)


def command_group() -> click.Group:
    """The commands, from the entry point that pyproject.toml names."""
    entry = tomllib.loads(repository.text("pyproject.toml"))["project"]["scripts"]["kunnafoni"]
    module = importlib.import_module(entry.partition(":")[0])
    groups = [value for value in vars(module).values() if isinstance(value, click.Group)]
    return max(groups, key=lambda group: len(group.commands))


class ServerProcess:
    """A running server; `kill` sends SIGKILL."""

    def __init__(self, folder: Path, *arguments: str, port: int = 0, descriptors: str = "", **settings: str) -> None:
        """`descriptors`: the most files it may open, if not this process's own limit. `settings`: further variables."""
        self.said = ""
        self._process = subprocess.Popen(
            [*COMMAND, "serve", "--port", str(port), *arguments],
            env=environment(folder) | settings,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            preexec_fn=partial(_limit_descriptors, int(descriptors)) if descriptors else None,
        )
        self.url = self._address()
        self.port = int(self.url.rstrip("/").rpartition(":")[2])

    def _address(self) -> str:
        assert self._process.stdout
        for line in self._process.stdout:
            self.said += line
            if match := re.search(r"Le site est ici : (\S+)", line):
                return match[1]
        raise AssertionError(self.said)

    def get(self, path: str) -> bytes:
        """The body at the path; waits for the server to listen."""
        end = time.monotonic() + PATIENCE
        while True:
            try:
                with urllib.request.urlopen(self.url + path, timeout=10) as answer:
                    return bytes(answer.read())
            except (ConnectionError, urllib.error.URLError):
                if time.monotonic() > end:
                    raise
                time.sleep(0.1)

    def drain(self) -> None:
        """Go on adding what the server says to `said`, so that it never waits for a reader."""

        def read() -> None:
            assert self._process.stdout
            with contextlib.suppress(ValueError):  # closed by `stop`
                for line in self._process.stdout:
                    self.said += line

        threading.Thread(target=read, daemon=True).start()

    def size(self) -> tuple[int, int]:
        """The process's memory in megabytes, and the number of its descriptors."""
        folder = Path(f"/proc/{self._process.pid}")
        status = re.search(r"VmRSS:\s+(\d+) kB", (folder / "status").read_text("utf-8"))
        return int(status[1]) // 1000 if status else 0, len(list((folder / "fd").iterdir()))

    @property
    def process_id(self) -> int:
        return self._process.pid

    def stop(self) -> None:
        self._end(signal.SIGTERM)

    def kill(self) -> None:
        self._end(signal.SIGKILL)

    def _end(self, how: signal.Signals) -> None:
        self._process.send_signal(how)
        self._process.wait(PATIENCE)
        assert self._process.stdout
        self._process.stdout.close()


def _limit_descriptors(count: int) -> None:
    resource.setrlimit(resource.RLIMIT_NOFILE, (count, count))


@contextmanager
def running_server(
    folder: Path, *arguments: str, port: int = 0, descriptors: str = "", **settings: str
) -> Iterator[ServerProcess]:
    server = ServerProcess(folder, *arguments, port=port, descriptors=descriptors, **settings)
    try:
        yield server
    finally:
        server.stop()
