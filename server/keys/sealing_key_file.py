"""The file of a private sealing key: PEM, or PEM encrypted with a passphrase in the age format.

The command line writes plain PEM, the console's page the encrypted form. Why age: backups use it too, and the `age`
program decrypts it without Kunnafoni.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pyrage

from sync.errors import Refused

_AGE_HEADERS = (b"-----BEGIN AGE ENCRYPTED FILE-----", b"age-encryption.org/")


def read_pem(file: Path, ask_passphrase: Callable[[], str]) -> bytes:
    """The PEM of a key file; calls `ask_passphrase` for an encrypted one. Raises Refused for a wrong passphrase."""
    data = file.read_bytes()
    if not data.lstrip().startswith(_AGE_HEADERS):
        return data
    try:
        return bytes(pyrage.passphrase.decrypt(data, ask_passphrase()))
    except pyrage.DecryptError as error:
        raise Refused("key-passphrase", "Cette phrase n’ouvre pas cette clé.") from error
