"""Commit subjects: the hook and the check refuse long ones, and leave published history alone."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

from tests.support import repository
from tests.tools.commit_subjects import main

LONG = "A subject that goes on and on until nobody can read it in a list of commits any more"


def git(folder: Path, *command: str) -> subprocess.CompletedProcess[str]:
    identity = ("-c", "user.name=T", "-c", "user.email=t@example.org", "-c", "commit.gpgsign=false")
    return subprocess.run(["git", *identity, *command], cwd=folder, capture_output=True, text=True, check=False)


@pytest.fixture
def clone(tmp_path: Path) -> Path:
    """A clone with one published commit."""
    git(tmp_path, "init", "-q", "-b", "main", "origin")
    git(tmp_path / "origin", "commit", "-q", "--allow-empty", "-m", LONG)
    git(tmp_path, "clone", "-q", "origin", "clone")
    return tmp_path / "clone"


def test_the_hook_refuses_a_long_subject_and_takes_a_long_body(clone: Path) -> None:
    hook = clone / ".git/hooks/commit-msg"
    hook.parent.mkdir(exist_ok=True)
    hook.write_text(repository.text("tests/tools/commit-msg"), "utf-8")
    hook.chmod(0o755)
    assert git(clone, "commit", "-q", "--allow-empty", "-m", LONG).returncode != 0
    assert git(clone, "commit", "-q", "--allow-empty", "-m", "Short", "-m", LONG).returncode == 0
    assert git(clone, "commit", "-q", "--allow-empty", "-m", "é" * 72).returncode == 0


def test_a_long_subject_fails_the_check_until_it_is_published(clone: Path) -> None:
    assert main(clone) == 0
    git(clone, "commit", "-q", "--allow-empty", "-m", LONG)
    assert main(clone) == 1
    git(clone, "push", "-q", "origin", "HEAD:refs/heads/other")
    git(clone, "update-ref", "refs/remotes/origin/main", "HEAD")
    assert main(clone) == 0
