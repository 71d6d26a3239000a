"""A private sealing key's file: PEM, as the command line writes it, or that PEM locked with a passphrase in the age format, as the
console's page makes it.

Why age: backups use it too, and the `age` program opens it without this one.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pyrage

from sync.errors import Refused

_LOCKED = (b"-----BEGIN AGE ENCRYPTED FILE-----", b"age-encryption.org/")


def read_pem(file: Path, ask_passphrase: Callable[[], str]) -> bytes:
    """The PEM inside; `ask` is called for the passphrase of a locked file. Raises Refused when it does not open."""
    data = file.read_bytes()
    if not data.lstrip().startswith(_LOCKED):
        return data
    try:
        return bytes(pyrage.passphrase.decrypt(data, ask_passphrase()))
    except pyrage.DecryptError as error:
        raise Refused("key-passphrase", "Cette phrase n’ouvre pas cette clé.") from error
