"""A backup's file: lines of JSON, packed and locked in parts with a passphrase, so that neither writing nor reading needs much memory.

    README.txt     how to open it without this program
    key.age        a key made for this file alone, locked with the passphrase
    00001.age …    each a gzip of lines, locked with that key; its first line says which part it is

Why age: its format is specified, and `age` and other programs open it. Why a key: locking with a passphrase takes a second on purpose.
"""

from __future__ import annotations

import gzip
import io
import json
import tarfile
from collections.abc import Iterator
from pathlib import Path
from typing import IO, Any

import pyrage

from sync.errors import NotProven, Refused

PART_BYTES = 8 * 1024 * 1024  # bytes of lines in a part
README = """This is a backup of a Kunnafoni site. `kunnafoni restore` reads it. By hand, with tar and age:

    tar xf THIS_FILE && age -d key.age > key && for part in 0*.age; do age -d -i key "$part" | gunzip; done
"""

ArchiveLine = dict[str, Any]


class ArchiveWriter:
    """Writes lines into a file. `close` ends it; what was not closed is no backup."""

    def __init__(self, file: IO[bytes], passphrase: str) -> None:
        identity = pyrage.x25519.Identity.generate()
        self._recipient = identity.to_public()
        self._tar = tarfile.open(fileobj=file, mode="w|")  # noqa: SIM115 -- closed by close
        self._add_member("README.txt", README.encode())
        self._add_member("key.age", pyrage.passphrase.encrypt(str(identity).encode(), passphrase))
        self._start_part(1)

    def write(self, line: ArchiveLine) -> None:
        raw = json.dumps(line, ensure_ascii=False, separators=(",", ":")).encode() + b"\n"
        if self._size and self._size + len(raw) > PART_BYTES:
            self._finish_part()
            self._start_part(self._part + 1)
        self._lines.append(raw)
        self._size += len(raw)

    def close(self, end_mark: ArchiveLine) -> None:
        """`last` is the end mark: a file without it is cut."""
        self.write(end_mark | {"end": True})
        self._finish_part()
        self._tar.close()

    def _start_part(self, part: int) -> None:
        self._part = part
        self._lines = [json.dumps({"part": part}).encode() + b"\n"]
        self._size = 0

    def _finish_part(self) -> None:
        packed = gzip.compress(b"".join(self._lines), 6, mtime=0)
        self._add_member(f"{self._part:05}.age", pyrage.encrypt(packed, [self._recipient]))

    def _add_member(self, name: str, data: bytes) -> None:
        member = tarfile.TarInfo(name)
        member.size, member.mode = len(data), 0o600
        self._tar.addfile(member, io.BytesIO(data))


def read_archive(path: Path, passphrase: str) -> Iterator[ArchiveLine]:
    """The lines, the end mark last. Raises Refused for another file or passphrase, NotProven for a damaged or cut one."""
    try:
        with tarfile.open(path, "r|") as tar:
            yield from _read_lines(tar, passphrase)
    except (tarfile.TarError, EOFError) as error:
        raise _damaged() from error
    except OSError as error:
        raise Refused("backup-unreadable", "Le fichier {path} ne peut pas être lu.", path=path) from error


def _read_lines(tar: tarfile.TarFile, passphrase: str) -> Iterator[ArchiveLine]:
    identity: Any = None
    part, ended = 0, False
    for member in tar:
        read = tar.extractfile(member)
        data = read.read() if read else b""
        if member.name == "key.age":
            identity = _decrypt_identity(data, passphrase)
        elif member.name.endswith(".age"):
            part += 1
            for line in _decrypt_part(data, identity, part):
                ended = bool(line.get("end"))
                yield line
    if identity is None:
        raise _not_a_backup()
    if not ended:
        raise _damaged()


def _decrypt_identity(data: bytes, passphrase: str) -> Any:
    try:
        return pyrage.x25519.Identity.from_str(pyrage.passphrase.decrypt(data, passphrase).decode())
    except (pyrage.DecryptError, pyrage.IdentityError, ValueError) as error:
        raise Refused("backup-passphrase", "Cette phrase n’ouvre pas la sauvegarde.") from error


def _decrypt_part(data: bytes, identity: Any, part: int) -> Iterator[ArchiveLine]:
    if identity is None:
        raise _not_a_backup()
    try:
        first, *lines = gzip.decompress(pyrage.decrypt(data, [identity])).splitlines()
        if json.loads(first) != {"part": part}:
            raise _damaged()
        yield from map(json.loads, lines)
    except (pyrage.DecryptError, OSError, EOFError, ValueError) as error:
        raise _damaged() from error


def _not_a_backup() -> Refused:
    return Refused("backup-foreign", "Ce fichier n’est pas une sauvegarde de Kunnafoni.")


def _damaged() -> NotProven:
    return NotProven("backup-damaged", "Cette sauvegarde est abîmée ou coupée.", "Prenez-en une autre.")
