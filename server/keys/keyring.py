"""The publishing node's signing keys, in files outside the store.

`edition-EPOCH.pem` signs editions. `next-EPOCH.pem`, the committed key of the next epoch, belongs offline. Both are
generated on the first start. A folder or file that other users can read is refused.
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

_EDITION_FILE = re.compile(r"edition-([0-9]+)\.pem")


@dataclass(frozen=True, slots=True)
class Keyring:
    """The keys of the current epoch; `next_file`: the private key to move offline, None once it is gone."""

    keys: SigningKeys
    is_new: bool
    next_file: Path | None


def open_keyring(folder: Path, *, create: bool) -> Keyring | None:
    """The newest keys of a folder; with `create`, new ones if it has none. None: this node does not publish.

    Raises Refused for keys that are unreadable, or readable by other users.
    """
    epochs = sorted(int(match[1]) for file in _list_files(folder) if (match := _EDITION_FILE.fullmatch(file.name)))
    if epochs:
        return _read(folder, epochs[-1], is_new=False)
    if not create:
        return None
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    folder.chmod(0o700)
    _write_epoch(folder, 1, Signer.generate(), Signer.generate())
    return _read(folder, 1, is_new=True)


def rotate(folder: Path, next_pem: bytes) -> Keyring:
    """Begin the next epoch with the committed key. Raises Refused for any other key, or without a current one."""
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
    return _read(folder, epoch, is_new=True)


def _write_epoch(folder: Path, epoch: int, signer: Signer, next_signer: Signer) -> None:
    """Write the key files; the signing key's file last, because it begins the epoch."""
    write_private(folder / f"next-{epoch}.pem", next_signer.pem(), replace=False)
    write_private(folder / f"next-{epoch}.public", next_signer.public_key.encode() + b"\n", replace=False)
    write_private(folder / f"edition-{epoch}.pem", signer.pem(), replace=False)


def _read(folder: Path, epoch: int, is_new: bool) -> Keyring:
    for file in (folder, *_list_files(folder)):
        check_private(file)
    try:
        signer = Signer.from_pem((folder / f"edition-{epoch}.pem").read_bytes())
        next_public_key = (folder / f"next-{epoch}.public").read_text("ascii").strip()
        base64url_decode(next_public_key)
    except (OSError, ValueError) as error:
        raise Refused("key-unreadable", "Les clés du dossier {path} ne peuvent pas être lues.", path=folder) from error
    offline = folder / f"next-{epoch}.pem"
    return Keyring(
        SigningKeys(signer, epoch, key_digest(next_public_key)), is_new, offline if offline.exists() else None
    )


def _list_files(folder: Path) -> list[Path]:
    return sorted(folder.iterdir()) if folder.is_dir() else []
