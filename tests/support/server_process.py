"""The command line in real processes, on a small site in a folder."""

from __future__ import annotations

import contextlib
import os
import re
import signal
import tempfile
import threading
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import click
from click.testing import CliRunner

from server.commands.cli import commands
from sync.errors import KunnafoniError
from tests.support.forked_process import ForkedProcess

PATIENCE = 120.0  # seconds for a start on a busy machine


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
    """Run a command in a process; return both outputs. Fails on another exit code and on any traceback."""
    with tempfile.TemporaryFile("w+", encoding="utf-8") as said:
        process = ForkedProcess(arguments, environment(folder), said.fileno(), said.fileno())
        ended = process.wait(PATIENCE)
        said.seek(0)
        output = said.read()
    assert ended == code, output
    assert "Traceback" not in output, output
    return output


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
    """The commands of the program."""
    return commands


class ServerProcess:
    """A running server; `kill` sends SIGKILL."""

    def __init__(self, folder: Path, *arguments: str, port: int = 0, descriptors: str = "", **settings: str) -> None:
        """`descriptors`: the most files it may open, if not this process's own limit. `settings`: further variables."""
        self.said = ""
        reading, writing = os.pipe()
        self._output = os.fdopen(reading, encoding="utf-8")  # closed at the server's end
        try:
            self._process = ForkedProcess(
                ["serve", "--port", str(port), *arguments],
                environment(folder) | settings,
                writing,
                writing,
                descriptors=int(descriptors or 0),
            )
        finally:
            os.close(writing)
        self.url = self._address()
        self.port = int(self.url.rstrip("/").rpartition(":")[2])

    def _address(self) -> str:
        for line in self._output:
            self.said += line
            if match := re.search(r"Le site est ici : (\S+)", line):
                return match[1]
        self._output.close()
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
            with contextlib.suppress(ValueError):  # closed by `stop`
                for line in self._output:
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
        self._output.close()


@contextmanager
def running_server(
    folder: Path, *arguments: str, port: int = 0, descriptors: str = "", **settings: str
) -> Iterator[ServerProcess]:
    server = ServerProcess(folder, *arguments, port=port, descriptors=descriptors, **settings)
    try:
        yield server
    finally:
        server.stop()
