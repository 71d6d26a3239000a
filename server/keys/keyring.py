"""The publishing node's key files, outside the store: `edition-EPOCH.pem` signs, `next-EPOCH.pem` is committed to and belongs offline.

Made on first start, readable by their owner alone. A directory or file that others can read is refused.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

from server.keys.private_file import check_private, write_private
from sync.canonical import base64url_decode
from sync.editions.publishing import SigningKeys
from sync.editions.signing import Signer, key_digest
from sync.errors import Refused

_EDITION_FILE = re.compile(r"edition-(\d+)\.pem")


@dataclass(frozen=True, slots=True)
class Keyring:
    """`keys` to publish with; `made` when they are new; `next_file`, the private half to carry offline, if it still lies here."""

    keys: SigningKeys
    is_new: bool
    next_file: Path | None


def open_keyring(folder: Path, *, create: bool) -> Keyring | None:
    """The keys of a folder; with `make`, new ones when there are none. None: this node does not publish."""
    found = sorted(int(match[1]) for file in _list_files(folder) if (match := _EDITION_FILE.fullmatch(file.name)))
    if found:
        return _read(folder, found[-1], made=False)
    if not create:
        return None
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    folder.chmod(0o700)
    _write_epoch(folder, 1, Signer.generate(), Signer.generate())
    return _read(folder, 1, made=True)


def rotate(folder: Path, next_pem: bytes) -> Keyring:
    """Begin the next epoch with the committed key. Raises Refused when it is not the committed one."""
    current = open_keyring(folder, create=False)
    if current is None:
        raise Refused("key-missing", "Cette machine n’a pas de clé : il n’y a rien à remplacer.")
    signer = Signer.from_pem(next_pem)
    if key_digest(signer.public_key) != current.keys.next_key_digest:
        raise Refused(
            "key-not-committed",
            "Cette clé n’est pas celle qui avait été annoncée.",
            "Prenez le fichier next-*.pem mis à l’abri.",
        )
    epoch = current.keys.epoch + 1
    _write_epoch(folder, epoch, signer, Signer.generate())
    (folder / f"next-{epoch - 1}.pem").unlink(missing_ok=True)
    return _read(folder, epoch, made=True)


def _write_epoch(folder: Path, epoch: int, signer: Signer, following: Signer) -> None:
    """The signing key's file comes last: only with it an epoch begins."""
    write_private(folder / f"next-{epoch}.pem", following.pem(), replace=False)
    write_private(folder / f"next-{epoch}.public", following.public_key.encode() + b"\n", replace=False)
    write_private(folder / f"edition-{epoch}.pem", signer.pem(), replace=False)


def _read(folder: Path, epoch: int, made: bool) -> Keyring:
    for file in (folder, *_list_files(folder)):
        check_private(file)
    try:
        signer = Signer.from_pem((folder / f"edition-{epoch}.pem").read_bytes())
        following = (folder / f"next-{epoch}.public").read_text("ascii").strip()
        base64url_decode(following)
    except (OSError, ValueError) as error:
        raise Refused("key-unreadable", "Les clés du dossier {path} ne peuvent pas être lues.", path=folder) from error
    offline = folder / f"next-{epoch}.pem"
    return Keyring(SigningKeys(signer, epoch, key_digest(following)), made, offline if offline.exists() else None)


def _list_files(folder: Path) -> list[Path]:
    return sorted(folder.iterdir()) if folder.is_dir() else []
