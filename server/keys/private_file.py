"""Atomic, durable writes of private files: mode 0600 from creation, under the final name only once complete."""

from __future__ import annotations

import errno
import os
import secrets
import stat
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO

from sync.errors import Refused

_WITHOUT_LINKS = (errno.EPERM, errno.ENOTSUP, errno.EOPNOTSUPP, errno.ENOSYS)  # FAT, as on most USB sticks
_WITHOUT_SYNC = (errno.EACCES, errno.EINVAL, errno.ENOTSUP)


def write_private(path: Path, data: bytes, *, replace: bool) -> None:
    """Write a private file at once. Without `replace`, raises FileExistsError and keeps a file that exists."""
    part = path.with_name(f".{path.name}.{secrets.token_hex(4)}.part")
    with private_file(path, part, replace=replace) as file:
        file.write(data)


@contextmanager
def private_file(path: Path, part: Path, *, replace: bool) -> Iterator[BinaryIO]:
    """Write to `part`, in the same folder, and rename it to `path` if the block ends without error."""
    part.unlink(missing_ok=True)  # left by a crash; O_EXCL below refuses a foreign file or link
    try:
        with os.fdopen(os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
            yield file
            file.flush()
            os.fsync(file.fileno())
        if replace:
            part.replace(path)
        else:
            _rename_exclusive(part, path)
    finally:
        part.unlink(missing_ok=True)
    _sync(path.parent)


def check_private(path: Path) -> None:
    """Raises Refused if anybody but its owner can read, write or open the file or folder."""
    if stat.S_IMODE(path.stat().st_mode) & 0o077:
        raise Refused(
            "key-readable-by-others",
            "D’autres personnes peuvent lire {path}.",
            "Lancez : chmod -R go= {path}",
            path=path,
        )


def _rename_exclusive(part: Path, path: Path) -> None:
    """Rename `part` to `path`. Raises FileExistsError if `path` exists."""
    try:
        os.link(part, path)
    except OSError as error:
        if error.errno not in _WITHOUT_LINKS:
            raise
        os.close(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600))
        try:
            part.replace(path)
        except OSError:
            path.unlink()
            raise


def _sync(folder: Path) -> None:
    """Make the rename durable, where the file system and the folder's permissions allow it."""
    try:
        descriptor = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)
    except OSError as error:
        if error.errno not in _WITHOUT_SYNC:
            raise
