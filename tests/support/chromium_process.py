"""Chromium as a process that a test can kill without warning, as an empty battery does."""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path

from playwright.sync_api import Page, Playwright

from tests.support.chromium import FLAGS, chromium_path

PATIENCE = 30.0  # seconds until Chromium says where it listens


class ChromiumProcess:
    def __init__(self, process: subprocess.Popen[bytes], page: Page) -> None:
        self._process = process
        self.page = page

    def kill(self) -> None:
        with contextlib.suppress(ProcessLookupError):
            os.killpg(self._process.pid, signal.SIGKILL)
        self._process.wait()

    def close(self) -> None:
        """Close the browser in order, so that it writes its state to disk."""
        self.page.context.browser.close() if self.page.context.browser else None
        self._process.terminate()
        with contextlib.suppress(subprocess.TimeoutExpired):
            self._process.wait(10)
        self.kill()


@contextlib.contextmanager
def running_chromium(playwright: Playwright, profile: Path) -> Iterator[ChromiumProcess]:
    """Run Chromium with this profile and one page."""
    port_file = profile / "DevToolsActivePort"
    port_file.unlink(missing_ok=True)
    own = [
        "--headless=new",
        f"--user-data-dir={profile}",
        "--remote-debugging-port=0",
        "--lang=fr-FR",
        "--window-size=360,740",
    ]
    with (
        (profile.parent / "chromium.log").open("ab") as log,
        subprocess.Popen(
            [chromium_path(), *FLAGS, *own, "about:blank"], stdout=log, stderr=log, start_new_session=True
        ) as process,
    ):
        browser = playwright.chromium.connect_over_cdp(f"http://127.0.0.1:{_wait_for_port(port_file)}")
        context = browser.contexts[0]
        context.set_default_timeout(20_000)
        running = ChromiumProcess(process, context.pages[0] if context.pages else context.new_page())
        try:
            yield running
        finally:
            running.kill()
            with contextlib.suppress(Exception):
                browser.close()


def _wait_for_port(port_file: Path) -> int:
    until = time.monotonic() + PATIENCE
    while time.monotonic() < until:
        with contextlib.suppress(OSError, ValueError, IndexError):
            return int(port_file.read_text().splitlines()[0])
        time.sleep(0.05)
    raise RuntimeError("Chromium does not say where it listens")
