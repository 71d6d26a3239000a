"""Commit subjects of at most 72 characters: `python -m tests.tools.commit_subjects`, part of `make check`.

A long subject fails the check while its commit is not on the remote's main, and is printed once it is: history stays as
it is.
"""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

LONGEST = 72
REMOTE = "origin/main"


def git(folder: Path, *command: str) -> str:
    """Output of a git command; "" when git refuses it."""
    return subprocess.run(["git", *command], cwd=folder, capture_output=True, text=True, check=False).stdout


def long_subjects(folder: Path, commits: str) -> list[str]:
    """Subjects over the limit in a range of commits, newest first, each with its abbreviated digest."""
    lines = git(folder, "log", "--format=%h %s", commits).splitlines()
    return [line for line in lines if len(line.partition(" ")[2]) > LONGEST]


def main(folder: Path) -> int:
    """Exit code 1 for a long subject that can still be changed."""
    published = git(folder, "rev-parse", "--verify", "--quiet", REMOTE).strip()
    if not published:
        print(
            f"Commit subjects: {len(long_subjects(folder, 'HEAD'))} long ones, all taken as published: no {REMOTE} here"
        )
        return 0
    print(f"Commit subjects: {len(long_subjects(folder, REMOTE))} long ones are published")
    changeable = long_subjects(folder, f"{REMOTE}..HEAD")
    for line in changeable:
        print(f"More than {LONGEST} characters: {line}")
    return 1 if changeable else 0


if __name__ == "__main__":
    sys.exit(main(Path.cwd()))
