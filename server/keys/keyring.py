"""The publishing node's key files, outside the store: `edition-EPOCH.pem` signs, `next-EPOCH.pem` is committed to and belongs offline.

Made on first start, readable by their owner alone. A directory or file that others can read is refused.
"""

from __future__ import annotations

import os
import re
import stat
from dataclasses import dataclass
from pathlib import Path

from sync.canonical import decode
from sync.editions.publishing import Keys
from sync.editions.signing import Signer, key_digest
from sync.errors import Refused

_EDITION = re.compile(r"edition-(\d+)\.pem")


@dataclass(frozen=True, slots=True)
class Keyring:
    """`keys` to publish with; `made` when they are new; `next_file`, the private half to carry offline, if it still lies here."""

    keys: Keys
    made: bool
    next_file: Path | None


def open_keyring(folder: Path, *, make: bool) -> Keyring | None:
    """The keys of a folder; with `make`, new ones when there are none. None: this node does not publish."""
    found = sorted(int(match[1]) for file in _files(folder) if (match := _EDITION.fullmatch(file.name)))
    if found:
        return _read(folder, found[-1], made=False)
    if not make:
        return None
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    folder.chmod(0o700)
    _begin(folder, 1, Signer.generate(), Signer.generate())
    return _read(folder, 1, made=True)


def rotate(folder: Path, next_pem: bytes) -> Keyring:
    """Begin the next epoch with the committed key. Raises Refused when it is not the committed one."""
    current = open_keyring(folder, make=False)
    if current is None:
        raise Refused("key-missing", "Cette machine n’a pas de clé : il n’y a rien à remplacer.")
    signer = Signer.from_pem(next_pem)
    if key_digest(signer.public) != current.keys.next_key_digest:
        raise Refused(
            "key-not-committed",
            "Cette clé n’est pas celle qui avait été annoncée.",
            "Prenez le fichier next-*.pem mis à l’abri.",
        )
    epoch = current.keys.epoch + 1
    _begin(folder, epoch, signer, Signer.generate())
    (folder / f"next-{epoch - 1}.pem").unlink(missing_ok=True)
    return _read(folder, epoch, made=True)


def _begin(folder: Path, epoch: int, signer: Signer, following: Signer) -> None:
    """The signing key's file comes last: only with it an epoch begins."""
    _write(folder / f"next-{epoch}.pem", following.pem())
    _write(folder / f"next-{epoch}.public", following.public.encode() + b"\n")
    _write(folder / f"edition-{epoch}.pem", signer.pem())


def _read(folder: Path, epoch: int, made: bool) -> Keyring:
    for file in (folder, *_files(folder)):
        if stat.S_IMODE(file.stat().st_mode) & 0o077:
            raise Refused(
                "key-readable-by-others",
                "D’autres personnes peuvent lire {path}.",
                "Lancez : chmod -R go= {path}",
                path=file,
            )
    try:
        signer = Signer.from_pem((folder / f"edition-{epoch}.pem").read_bytes())
        following = (folder / f"next-{epoch}.public").read_text("ascii").strip()
        decode(following)
    except (OSError, ValueError) as error:
        raise Refused("key-unreadable", "Les clés du dossier {path} ne peuvent pas être lues.", path=folder) from error
    offline = folder / f"next-{epoch}.pem"
    return Keyring(Keys(signer, epoch, key_digest(following)), made, offline if offline.exists() else None)


def _files(folder: Path) -> list[Path]:
    return sorted(folder.iterdir()) if folder.is_dir() else []


def _write(path: Path, data: bytes) -> None:
    """Durable, for its owner alone, and never over another key."""
    handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(handle, "wb") as file:
        file.write(data)
        file.flush()
        os.fsync(file.fileno())
