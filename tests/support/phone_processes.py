"""Runs the phones of pwa/test/support/many-phones.ts: bundled by esbuild, as many as asked, with one seed.

`python -m tests.support.phone_processes VERSION` freezes the phones of a release, whole in one file, for the releases
after it to be tested with.
"""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

PWA = Path(__file__).resolve().parents[2] / "pwa"
BUNDLE = PWA / "node_modules/.cache/phones/phones.mjs"
RELEASES = Path(__file__).parents[1] / "journeys/releases"


def bundle(to: Path = BUNDLE) -> Path:
    """The app's store and sync as they are now, with all they need, in one file for Node."""
    subprocess.run(
        [
            "node_modules/.bin/esbuild",
            "test/support/many-phones.ts",
            f"--outfile={to}",
            "--bundle",
            "--minify",
            "--format=esm",
            "--platform=node",
            "--log-level=warning",
            '--define:__VERSION__="test"',
            "--legal-comments=eof",
        ],
        cwd=PWA,
        check=True,
    )
    return to


def released() -> list[Path]:
    """The frozen phones, oldest first."""
    return sorted(RELEASES.glob("*.mjs"), key=lambda path: [int(part) for part in path.stem.split(".")])


class Phones:
    """A crowd on a bad road until `settle`."""

    def __init__(self, script: Path, url: str, seed: int, count: int) -> None:
        self._process = subprocess.Popen(
            ["node", str(script), url.rstrip("/"), str(seed), str(count)],
            cwd=PWA,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )

    def settle(self, patience: float) -> dict[str, Any]:
        """Give them a good road and wait for their report. Raises when they do not all end."""
        said, _ = self._process.communicate("settle\n", timeout=patience)
        report: dict[str, Any] = json.loads(said.splitlines()[-1])
        return report

    def kill(self) -> None:
        self._process.kill()
        self._process.wait()


if __name__ == "__main__":
    bundle(RELEASES / f"{sys.argv[1]}.mjs")
