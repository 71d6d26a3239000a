"""PDF files of pages, printed by the system's Chromium in a process of its own, one at a time.

The page comes as a file, runs no script and reaches no network. Without Chromium people print from their own browser.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import TemporaryDirectory

import anyio

from server.web.app_state import HasApp
from sync.errors import Unavailable

PROGRAM_NAMES = ("chromium", "chromium-browser", "google-chrome-stable", "google-chrome")
TIMEOUT = 60.0  # seconds
_PAGE = re.compile(rb"/Type\s*/Page\b")
_OPTIONS = (
    "--headless=new",
    "--disable-gpu",
    "--disable-extensions",
    "--disable-background-networking",
    "--disable-component-update",
    "--no-first-run",
    "--no-pdf-header-footer",
    "--host-resolver-rules=MAP * ~NOTFOUND",
)


@dataclass
class PdfPrinter:
    """`program`: the path of Chromium, None on a machine without one."""

    program: str | None = field(default_factory=lambda: next(filter(None, map(shutil.which, PROGRAM_NAMES)), None))
    _limiter: anyio.CapacityLimiter | None = None

    async def print(self, html: str) -> bytes:
        """The page as PDF, by its styles for print. Raises Unavailable without Chromium, or if it fails."""
        if self.program is None:
            raise _failed()
        if self._limiter is None:  # must be created inside the event loop
            self._limiter = anyio.CapacityLimiter(1)
        async with self._limiter:
            with TemporaryDirectory(prefix="kunnafoni-pdf-") as folder:
                page, output = anyio.Path(folder, "page.html"), anyio.Path(folder, "page.pdf")
                await page.write_text(html, "utf-8")
                await self._run(self.program, Path(folder), page, output)
                if not await output.exists():
                    raise _failed()
                return await output.read_bytes()

    @staticmethod
    async def _run(program: str, folder: Path, page: anyio.Path, output: anyio.Path) -> None:
        # Chromium starts as root only without its sandbox; a server does not run as root.
        own = ["--no-sandbox"] if os.geteuid() == 0 else []
        files = [f"--user-data-dir={folder / 'profile'}", f"--print-to-pdf={output}", page.as_uri()]
        environment = {"PATH": os.defpath, "HOME": str(folder)}
        try:
            with anyio.fail_after(TIMEOUT):
                await anyio.run_process(
                    [program, *_OPTIONS, *own, *files],
                    check=False,
                    env=environment,
                    stdout=subprocess.DEVNULL,
                    stderr=subprocess.DEVNULL,
                )
        except TimeoutError:
            raise _failed() from None


def count_pages(pdf: bytes) -> int:
    """The number of pages of a PDF that Chromium wrote."""
    return len(_PAGE.findall(pdf))


def pdf_printer_of(request: HasApp) -> PdfPrinter:
    printer: PdfPrinter = request.app.state.pdf_printer
    return printer


def _failed() -> Unavailable:
    return Unavailable(
        "pdf-failed", "Ce serveur ne peut pas faire de PDF.", "Imprimez la page : le navigateur sait en faire un PDF."
    )
