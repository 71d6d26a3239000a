"""The repository's files as git lists them: tracked ones and new ones that are not ignored."""

from __future__ import annotations

import subprocess
from functools import cache
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]


@cache
def files() -> tuple[str, ...]:
    """Paths relative to the root, sorted; a file that was deleted and not yet committed is left out."""
    listed = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
        cwd=ROOT,
        check=True,
        capture_output=True,
        text=True,
    ).stdout.split("\0")
    return tuple(sorted({path for path in listed if path and (ROOT / path).is_file()}))


def under(*folders: str, ends: str | tuple[str, ...]) -> list[str]:
    """The paths inside `folders` whose name ends so."""
    return [
        path for path in files() if path.endswith(ends) and path.startswith(tuple(f"{folder}/" for folder in folders))
    ]


def text(path: str) -> str:
    return (ROOT / path).read_text("utf-8")
