"""Debian's Firefox as a phone, driven over WebDriver BiDi by a small program of tests/peers."""

from __future__ import annotations

import contextlib
import json
import shutil
import subprocess
from collections.abc import Iterator
from typing import Any

from tests.support import repository

PROGRAM = "tests/peers/firefox.mjs"
PATIENCE = 60  # seconds until Firefox has ended


class FirefoxPhone:
    """One page. Commands raise AssertionError with what Firefox or its driver said."""

    def __init__(self, process: subprocess.Popen[str]) -> None:
        self._process = process
        self.version = str(self._answer())

    def goto(self, address: str) -> int:
        """Open an address; return the status of the answer."""
        return int(self._ask("goto", address))

    def fill(self, selector: str, text: str) -> None:
        self._ask("fill", selector, text)

    def wait_for(self, selector: str, words: str = "") -> None:
        """Wait for an element with these words."""
        self._ask("find", selector, words, False)

    def tap(self, selector: str, words: str = "") -> None:
        self._ask("find", selector, words, True)

    def evaluate(self, script: str) -> Any:
        return self._ask("evaluate", script)

    def _ask(self, *command: str | bool) -> Any:
        assert self._process.stdin
        self._process.stdin.write(json.dumps(command) + "\n")
        self._process.stdin.flush()
        return self._answer(*command)

    def _answer(self, *command: str | bool) -> Any:
        assert self._process.stdout
        answer = json.loads(self._process.stdout.readline() or '{"error": "the driver ended"}')
        assert "error" not in answer, (command, answer["error"])
        return answer["result"]


@contextlib.contextmanager
def running_firefox() -> Iterator[FirefoxPhone]:
    """Run Firefox with a new profile."""
    path = shutil.which("firefox-esr") or shutil.which("firefox")
    assert path, "Firefox is missing: run tests/tools/firefox.sh"
    command = ["node", PROGRAM, path]
    with subprocess.Popen(
        command, cwd=repository.ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as process:
        try:
            yield FirefoxPhone(process)
        finally:
            assert process.stdin
            process.stdin.close()
            try:
                process.wait(PATIENCE)
            except subprocess.TimeoutExpired:
                process.kill()
