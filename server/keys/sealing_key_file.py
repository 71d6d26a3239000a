"""The file of a private sealing key: PEM, or PEM encrypted with a passphrase in the age format.

The command line writes plain PEM, the console's page the encrypted form. Why age: backups use it too, and the `age`
program decrypts it without Kunnafoni.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from server.keys.age_passphrase import WrongPassphrase, decrypt_with_passphrase, is_age_file
from sync.errors import Refused


def read_pem(file: Path, ask_passphrase: Callable[[], str]) -> bytes:
    """The PEM of a key file; calls `ask_passphrase` for an encrypted one.

    Raises Refused for a wrong passphrase or a costly file, NotProven for a damaged one.
    """
    data = file.read_bytes()
    if not is_age_file(data):
        return data
    try:
        return decrypt_with_passphrase(data, ask_passphrase())
    except WrongPassphrase as error:
        raise Refused("key-passphrase", "Cette phrase n’ouvre pas cette clé.", "Réessayez, mot pour mot.") from error
