"""Private files: never readable by others, never overwritten unasked, complete once named."""

from __future__ import annotations

import errno
import os
import stat
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from server.keys.private_file import check_private, private_file, write_private
from sync.errors import Refused
from tests.support import repository

CRASH = """
import os, sys
from pathlib import Path
from server.keys.private_file import private_file

path = Path(sys.argv[1])
with private_file(path, path.with_name("key.part"), replace=sys.argv[2] == "replace") as file:
    file.write(b"half")
    file.flush()
    os._exit(9)
"""


@pytest.fixture
def _open_to_all() -> Iterator[None]:
    """Set a umask that makes new files readable by all."""
    before = os.umask(0)
    yield
    os.umask(before)


@pytest.mark.usefixtures("_open_to_all")
@pytest.mark.parametrize("replace", [True, False])
def test_only_the_owner_may_read_from_the_first_moment(tmp_path: Path, replace: bool) -> None:
    path, part = tmp_path / "key", tmp_path / "key.part"
    with private_file(path, part, replace=replace) as file:
        assert stat.S_IMODE(part.stat().st_mode) == 0o600
        assert not path.exists()
        file.write(b"secret")
    assert (stat.S_IMODE(path.stat().st_mode), path.read_bytes()) == (0o600, b"secret")
    assert list(tmp_path.iterdir()) == [path]


def test_no_file_is_overwritten_unasked(tmp_path: Path) -> None:
    path = tmp_path / "key"
    write_private(path, b"first", replace=False)
    with pytest.raises(FileExistsError):
        write_private(path, b"second", replace=False)
    assert path.read_bytes() == b"first"
    assert list(tmp_path.iterdir()) == [path]


def test_a_replaced_file_becomes_private(tmp_path: Path) -> None:
    path = tmp_path / "key"
    path.write_bytes(b"first")
    path.chmod(0o644)
    write_private(path, b"second", replace=True)
    assert (stat.S_IMODE(path.stat().st_mode), path.read_bytes()) == (0o600, b"second")
    assert list(tmp_path.iterdir()) == [path]


@pytest.mark.parametrize("leftover", ["readable", "link"])
def test_a_part_that_was_left_or_laid_is_not_written_into(tmp_path: Path, leftover: str) -> None:
    path, part, elsewhere = tmp_path / "key", tmp_path / "key.part", tmp_path / "elsewhere"
    elsewhere.write_bytes(b"theirs")
    if leftover == "link":
        part.symlink_to(elsewhere)
    else:
        part.write_bytes(b"old")
        part.chmod(0o644)
    with private_file(path, part, replace=True) as file:
        file.write(b"secret")
    assert (stat.S_IMODE(path.lstat().st_mode), path.read_bytes()) == (0o600, b"secret")
    assert elsewhere.read_bytes() == b"theirs"


@pytest.mark.parametrize("before", [None, b"before"])
def test_a_crash_leaves_under_the_name_what_was_there(tmp_path: Path, before: bytes | None) -> None:
    path = tmp_path / "key"
    if before is not None:
        write_private(path, before, replace=False)
    mode = "keep" if before is None else "replace"
    assert subprocess.run([sys.executable, "-c", CRASH, str(path), mode], cwd=repository.ROOT).returncode == 9
    assert (path.read_bytes() if path.exists() else None) == before
    with private_file(path, tmp_path / "key.part", replace=True) as file:
        file.write(b"after")
    assert path.read_bytes() == b"after"
    assert list(tmp_path.iterdir()) == [path]


def test_an_error_leaves_no_part(tmp_path: Path) -> None:
    def write() -> None:
        with private_file(tmp_path / "key", tmp_path / "key.part", replace=True) as file:
            file.write(b"half")
            raise OSError(errno.ENOSPC, "full")

    with pytest.raises(OSError, match="full"):
        write()
    assert list(tmp_path.iterdir()) == []


def test_bytes_and_name_are_synced(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    synced: list[str] = []

    def fsync(handle: int) -> None:
        synced.append("folder" if stat.S_ISDIR(os.fstat(handle).st_mode) else f"{os.fstat(handle).st_size} bytes")

    monkeypatch.setattr("os.fsync", fsync)
    write_private(tmp_path / "key", b"secret", replace=False)
    assert synced == ["6 bytes", "folder"]


def _no_links(source: Path, target: Path) -> None:
    raise PermissionError(errno.EPERM, "no links here")


def test_a_file_system_without_links_keeps_the_promise(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("os.link", _no_links)
    path = tmp_path / "key"
    write_private(path, b"first", replace=False)
    with pytest.raises(FileExistsError):
        write_private(path, b"second", replace=False)
    assert (stat.S_IMODE(path.stat().st_mode), path.read_bytes()) == (0o600, b"first")
    assert list(tmp_path.iterdir()) == [path]


@pytest.mark.parametrize(("mode", "is_private"), [(0o600, True), (0o400, True), (0o640, False), (0o604, False)])
def test_what_others_can_read_is_refused(tmp_path: Path, mode: int, is_private: bool) -> None:
    path = tmp_path / "key"
    path.write_bytes(b"secret")
    path.chmod(mode)
    if is_private:
        check_private(path)
    else:
        with pytest.raises(Refused, match="key-readable-by-others"):
            check_private(path)
