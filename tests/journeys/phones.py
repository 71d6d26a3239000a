"""Runs the phones of pwa/test/phones.ts: bundled by esbuild, as many as asked, with one seed."""
from __future__ import annotations

import json
import subprocess
from pathlib import Path
from typing import Any

PWA = Path(__file__).resolve().parents[2] / "pwa"
BUNDLE = PWA / "node_modules/.cache/phones/phones.mjs"  # inside, so that Node finds the packages


def bundle() -> Path:
    subprocess.run(
        [
            "node_modules/.bin/esbuild", "test/phones.ts", f"--outfile={BUNDLE}", "--bundle", "--format=esm", "--platform=node",
            "--packages=external", "--log-level=warning", '--define:__VERSION__="test"',
        ],
        cwd=PWA, check=True,
    )  # fmt: skip
    return BUNDLE


class Phones:
    """A crowd on a bad road until `settle`."""

    def __init__(self, script: Path, url: str, seed: int, count: int) -> None:
        self._process = subprocess.Popen(
            ["node", str(script), url.rstrip("/"), str(seed), str(count)], cwd=PWA, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        )

    def settle(self, patience: float) -> dict[str, Any]:
        """Give them a good road and wait for their report. Raises when they do not all end."""
        said, _ = self._process.communicate("settle\n", timeout=patience)
        report: dict[str, Any] = json.loads(said.splitlines()[-1])
        return report

    def kill(self) -> None:
        self._process.kill()
        self._process.wait()
