"""Private files: for their owner alone from the first moment, durable, and under their name only when they are whole."""

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
    """Write a whole private file. Without `replace`, raises FileExistsError where a file of that name is, and leaves that one as it is."""
    part = path.with_name(f".{path.name}.{secrets.token_hex(4)}.part")
    with private_file(path, part, replace=replace) as file:
        file.write(data)


@contextmanager
def private_file(path: Path, part: Path, *, replace: bool) -> Iterator[BinaryIO]:
    """Write a private file bit by bit. It lies under `part`, in the same folder, until the block ends; an error there removes it."""
    part.unlink(missing_ok=True)  # left by a crash; opened anew, so that it is nobody else's and no link
    try:
        with os.fdopen(os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
            yield file
            file.flush()
            os.fsync(file.fileno())
        if replace:
            part.replace(path)
        else:
            _name(part, path)
    finally:
        part.unlink(missing_ok=True)
    _sync(path.parent)


def check_private(path: Path) -> None:
    """Raise Refused when others than its owner can read the file or folder."""
    if stat.S_IMODE(path.stat().st_mode) & 0o077:
        raise Refused(
            "key-readable-by-others",
            "D’autres personnes peuvent lire {path}.",
            "Lancez : chmod -R go= {path}",
            path=path,
        )


def _name(part: Path, path: Path) -> None:
    """Give the file its name unless another has it."""
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
    """Make the name itself survive a power cut, where the file system and the folder's rights allow it."""
    try:
        handle = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)
    except OSError as error:
        if error.errno not in _WITHOUT_SYNC:
            raise
