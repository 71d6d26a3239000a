"""The file format of backups: a tar of JSON lines in gzip parts, encrypted with age under a passphrase.

    README.txt     how to open it without this program
    key.age        a key generated for this file, encrypted with the passphrase
    00001.age …    gzip of lines, encrypted with that key; the first line is the number of the part

Parts bound the memory of writing and reading. Why age: its format is specified, and other programs decrypt it. Why a
key: encryption with a passphrase takes a second on purpose, too long for each part. Used by `backup`.
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

from server.keys.age_passphrase import WrongPassphrase, decrypt_with_passphrase, encrypt_with_passphrase
from sync.errors import NotProven, Refused

PART_BYTES = 8 * 1024 * 1024  # uncompressed bytes of lines per part
README = """This is a backup of a Kunnafoni site. `kunnafoni restore` reads it. By hand, with tar and age:

    tar xf THIS_FILE && age -d key.age > key && for part in 0*.age; do age -d -i key "$part" | gunzip; done
"""

ArchiveLine = dict[str, Any]


class ArchiveWriter:
    """Writes lines to a file; without `close` the file is incomplete and does not verify."""

    def __init__(self, file: IO[bytes], passphrase: str) -> None:
        identity = pyrage.x25519.Identity.generate()
        self._recipient = identity.to_public()
        self._tar = tarfile.open(fileobj=file, mode="w|")  # noqa: SIM115 -- closed by close
        self._add_member("README.txt", README.encode())
        self._add_member("key.age", encrypt_with_passphrase(str(identity).encode(), passphrase))
        self._start_part(1)

    def write(self, line: ArchiveLine) -> None:
        raw = json.dumps(line, ensure_ascii=False, separators=(",", ":")).encode() + b"\n"
        if self._size and self._size + len(raw) > PART_BYTES:
            self._finish_part()
            self._start_part(self._part + 1)
        self._lines.append(raw)
        self._size += len(raw)

    def close(self, end_mark: ArchiveLine) -> None:
        """Write `end_mark` as the last line, by which a reader detects truncation, and close the archive."""
        self.write(end_mark | {"end": True})
        self._finish_part()
        self._tar.close()

    def _start_part(self, part: int) -> None:
        self._part = part
        self._lines = [json.dumps({"part": part}).encode() + b"\n"]
        self._size = 0

    def _finish_part(self) -> None:
        compressed = gzip.compress(b"".join(self._lines), 6, mtime=0)
        self._add_member(f"{self._part:05}.age", pyrage.encrypt(compressed, [self._recipient]))

    def _add_member(self, name: str, data: bytes) -> None:
        member = tarfile.TarInfo(name)
        member.size, member.mode = len(data), 0o600
        self._tar.addfile(member, io.BytesIO(data))


class ArchiveReader:
    """Reads a file, as often as needed: its key costs a scrypt once.

    Raises Refused for a foreign file, a wrong passphrase, or too little memory; NotProven for a damaged or cut file.
    """

    def __init__(self, path: Path, passphrase: str) -> None:
        self._path = path
        self._passphrase = passphrase
        self._identity: Any = None

    def read(self) -> Iterator[ArchiveLine]:
        """The lines, the end mark last."""
        try:
            with tarfile.open(self._path, "r|") as tar:
                yield from self._read_lines(tar)
        except (tarfile.TarError, EOFError) as error:
            raise _damaged() from error
        except OSError as error:
            raise Refused(
                "backup-unreadable",
                "Le fichier {path} ne peut pas être lu.",
                "Vérifiez le nom et les droits du fichier.",
                path=self._path,
            ) from error

    def _read_lines(self, tar: tarfile.TarFile) -> Iterator[ArchiveLine]:
        part, has_ended = 0, False
        for member in tar:
            file = tar.extractfile(member)
            data = file.read() if file else b""
            if member.name == "key.age":
                self._identity = self._identity or _decrypt_identity(data, self._passphrase)
            elif member.name.endswith(".age"):
                part += 1
                for line in _decrypt_part(data, self._identity, part):
                    has_ended = bool(line.get("end"))
                    yield line
        if self._identity is None:
            raise _not_a_backup()
        if not has_ended:
            raise _damaged()


def _decrypt_identity(data: bytes, passphrase: str) -> Any:
    try:
        return pyrage.x25519.Identity.from_str(decrypt_with_passphrase(data, passphrase).decode())
    except WrongPassphrase as error:
        raise Refused(
            "backup-passphrase", "Cette phrase n’ouvre pas la sauvegarde.", "Réessayez, mot pour mot."
        ) from error
    except (NotProven, pyrage.IdentityError, ValueError) as error:
        raise _damaged() from error


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
    return Refused(
        "backup-foreign",
        "Ce fichier n’est pas une sauvegarde de Kunnafoni.",
        "Choisissez le fichier que « kunnafoni backup » a écrit.",
    )


def _damaged() -> NotProven:
    return NotProven("backup-damaged", "Cette sauvegarde est abîmée ou coupée.", "Prenez-en une autre.")
