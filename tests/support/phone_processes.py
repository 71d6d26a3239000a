"""Runs the phones of pwa/test/support/many-phones.ts, bundled by esbuild, with one seed. Used by the journeys.

`python -m tests.support.phone_processes VERSION` freezes the phones of a release, whole in one file, for the releases
after it to be tested with.
"""

from __future__ import annotations

import json
import random
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import anyio

from sync.editions.archive import Archive
from sync.editions.edition_statement import Statement, parse_statement
from sync.store.open_store import open_store
from tests.support.server_process import ServerProcess

PATIENCE = 600.0

PWA = Path(__file__).resolve().parents[2] / "pwa"
BUNDLE = PWA / "node_modules/.cache/phones/phones.mjs"
RELEASES = Path(__file__).parents[1] / "journeys/releases"


def build_bundle(to: Path = BUNDLE) -> Path:
    """Bundle the app's store and sync with all dependencies into one file for Node."""
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


def released_bundles() -> list[Path]:
    """The bundles of earlier releases, oldest first."""
    return sorted(RELEASES.glob("*.mjs"), key=lambda path: [int(part) for part in path.stem.split(".")])


class PhoneProcess:
    """Many phones in a Node process, on a bad link until `settle`."""

    def __init__(self, script: Path, url: str, seed: int, count: int) -> None:
        self._process = subprocess.Popen(
            ["node", str(script), url.rstrip("/"), str(seed), str(count)],
            cwd=PWA,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )

    def settle(self, patience: float) -> dict[str, Any]:
        """Restore the link and wait for the phones' report. Raises TimeoutExpired if they do not all finish."""
        output, _ = self._process.communicate("settle\n", timeout=patience)
        report: dict[str, Any] = json.loads(output.splitlines()[-1])
        return report

    def kill(self) -> None:
        self._process.kill()
        self._process.wait()


if __name__ == "__main__":
    build_bundle(RELEASES / f"{sys.argv[1]}.mjs")


def random_guides(numbers: random.Random, day: int) -> dict[str, str]:
    """Random edits of two guides, sometimes a new one."""
    names = numbers.sample(["argent", "compte-deux", "partage", "photo", "vote", f"neuf-{day}"], 2)
    words = " ".join(numbers.choice(["téléphone", "code", "kɛnɛ", "réseau", "lien", "preuve"]) for _ in range(300))
    essential = numbers.choice(["true", "false"])
    return {
        f"guides/{name}/fr.md": f"---\ntitle: {name} {day}\nessential: {essential}\n---\n{words}\n" for name in names
    }


def wait_for_head(folder: Path, server: ServerProcess) -> Statement:
    """Wait until the server hands out the last published edition; return its statement."""
    published = read_stored_head(folder / "data/kunnafoni.db")
    end = time.monotonic() + PATIENCE
    while (head := parse_statement(json.loads(server.get("feed/fr-ML/manifest"))["statement"])).id != published:
        assert time.monotonic() < end
        time.sleep(0.2)
    return head


def read_stored_head(path: Path) -> str:
    """The id of the head edition in the store."""

    async def read() -> str:
        store = open_store(f"sqlite:///{path}")
        try:
            edition = await Archive(store).head("fr-ML")
            assert edition
            return edition.id
        finally:
            await store.close()

    return anyio.run(read)
