"""Files encrypted with a passphrase in the age format (age-encryption.org/v1), at a cost that is fixed.

pyrage chooses the cost by the speed of the machine that writes, up to a gigabyte of memory, and refuses to read what
was costly on another machine: a backup has to open on the slowest spare laptop. Other age programs open these files.
Used by backups and by the files of sealing keys; only the stanza `scrypt` is read.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
import os
import re
from dataclasses import dataclass

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import ChaCha20Poly1305
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from sync.errors import NotProven, Refused

LOG_COST = 16  # scrypt's N is 2^16: 64 MiB of memory; a second on a small board
MAX_LOG_COST = 20  # 1 GiB, the largest that pyrage and the console's page have written

_VERSION = b"age-encryption.org/v1"
_SCRYPT_LABEL = b"age-encryption.org/v1/scrypt"
_ARMOR_START, _ARMOR_END = b"-----BEGIN AGE ENCRYPTED FILE-----", b"-----END AGE ENCRYPTED FILE-----"
_CHUNK_BYTES = 64 * 1024
_TAG_BYTES = 16
_NONCE_BYTES = 16
_HEADER = re.compile(
    rb"age-encryption\.org/v1\n-> scrypt ([A-Za-z0-9+/]{22}) ([1-9][0-9]?)\n([A-Za-z0-9+/]{43})\n---(?= )"
)
_MAC = re.compile(rb" ([A-Za-z0-9+/]{43})\n")


class WrongPassphrase(Refused):
    """The passphrase is not that of the file."""

    def __init__(self) -> None:
        super().__init__("passphrase-wrong", "Cette phrase n’ouvre pas ce fichier.", "Vérifiez chaque signe.")


@dataclass(frozen=True, slots=True)
class _Header:
    """The header of a file: salt, base-2 logarithm of the cost, wrapped file key, MAC, and the bytes under the MAC."""

    salt: bytes
    log_cost: int
    wrapped_key: bytes
    authenticated: bytes
    mac: bytes
    length: int


def is_age_file(data: bytes) -> bool:
    """True for a file in the age format, binary or armored."""
    return data.lstrip().startswith((_ARMOR_START, _VERSION))


def encrypt_with_passphrase(data: bytes, passphrase: str) -> bytes:
    """The binary file of `data`."""
    file_key, salt = os.urandom(16), os.urandom(16)
    wrapped = ChaCha20Poly1305(_wrapping_key(passphrase, salt, LOG_COST)).encrypt(bytes(12), file_key, None)
    authenticated = b"%s\n-> scrypt %s %d\n%s\n---" % (_VERSION, _encode(salt), LOG_COST, _encode(wrapped))
    nonce = os.urandom(_NONCE_BYTES)
    payload_key = _derive(file_key, nonce, b"payload")
    return b"%s %s\n%s%s" % (
        authenticated,
        _encode(_mac(file_key, authenticated)),
        nonce,
        _encrypt_chunks(payload_key, data),
    )


def decrypt_with_passphrase(file: bytes, passphrase: str) -> bytes:
    """The data of a file.

    Raises WrongPassphrase; Refused `passphrase-costly` for a file that needs more memory than this program uses, also
    if this machine does not have the memory; NotProven `file-damaged` for anything else.
    """
    binary = _remove_armor(file) if file.lstrip().startswith(_ARMOR_START) else file
    header = _read_header(binary)
    try:
        key = _wrapping_key(passphrase, header.salt, header.log_cost)
    except MemoryError as error:
        raise _too_costly(header.log_cost) from error
    try:
        file_key = ChaCha20Poly1305(key).decrypt(bytes(12), header.wrapped_key, None)
    except InvalidTag as error:
        raise WrongPassphrase from error
    payload = binary[header.length :]
    if not hmac.compare_digest(_mac(file_key, header.authenticated), header.mac) or len(payload) < _NONCE_BYTES:
        raise _damaged()
    return _decrypt_chunks(_derive(file_key, payload[:_NONCE_BYTES], b"payload"), payload[_NONCE_BYTES:])


def _read_header(binary: bytes) -> _Header:
    stanza = _HEADER.match(binary)
    mac = _MAC.match(binary, stanza.end()) if stanza else None
    if stanza is None or mac is None:
        raise _damaged()
    log_cost = int(stanza[2])
    if log_cost > MAX_LOG_COST:
        raise _too_costly(log_cost)
    return _Header(_decode(stanza[1]), log_cost, _decode(stanza[3]), stanza[0], _decode(mac[1]), mac.end())


def _wrapping_key(passphrase: str, salt: bytes, log_cost: int) -> bytes:
    cost = 1 << log_cost
    memory = 128 * 8 * cost
    try:
        return hashlib.scrypt(
            passphrase.encode(), salt=_SCRYPT_LABEL + salt, n=cost, r=8, p=1, maxmem=memory + (1 << 20), dklen=32
        )
    except ValueError as error:  # OpenSSL reports memory that it did not get in this way
        raise MemoryError from error


def _derive(file_key: bytes, salt: bytes | None, label: bytes) -> bytes:
    return HKDF(SHA256(), 32, salt, label).derive(file_key)


def _mac(file_key: bytes, authenticated: bytes) -> bytes:
    return hmac.digest(_derive(file_key, None, b"header"), authenticated, "sha256")


def _encrypt_chunks(key: bytes, data: bytes) -> bytes:
    cipher = ChaCha20Poly1305(key)
    starts = range(0, len(data), _CHUNK_BYTES) or range(1)
    return b"".join(
        cipher.encrypt(_chunk_nonce(number, start == starts[-1]), data[start : start + _CHUNK_BYTES], None)
        for number, start in enumerate(starts)
    )


def _decrypt_chunks(key: bytes, encrypted: bytes) -> bytes:
    cipher, size = ChaCha20Poly1305(key), _CHUNK_BYTES + _TAG_BYTES
    starts = range(0, len(encrypted), size) or range(1)
    try:
        chunks = [
            cipher.decrypt(_chunk_nonce(number, start == starts[-1]), encrypted[start : start + size], None)
            for number, start in enumerate(starts)
        ]
    except InvalidTag as error:
        raise _damaged() from error
    if len(chunks) > 1 and not chunks[-1]:
        raise _damaged()
    return b"".join(chunks)


def _chunk_nonce(number: int, is_last: bool) -> bytes:
    return number.to_bytes(11, "big") + bytes([is_last])


def _remove_armor(file: bytes) -> bytes:
    lines = file.strip().splitlines()
    if lines[0].strip() != _ARMOR_START or lines[-1].strip() != _ARMOR_END:
        raise _damaged()
    try:
        return base64.b64decode(b"".join(line.strip() for line in lines[1:-1]), validate=True)
    except binascii.Error as error:
        raise _damaged() from error


def _encode(data: bytes) -> bytes:
    return base64.b64encode(data).rstrip(b"=")


def _decode(text: bytes) -> bytes:
    data = base64.b64decode(text + b"=" * (-len(text) % 4))
    if _encode(data) != text:
        raise _damaged()
    return data


def _damaged() -> NotProven:
    return NotProven("file-damaged", "Ce fichier chiffré est abîmé ou coupé.", "Prenez-en une autre copie.")


def _too_costly(log_cost: int) -> Refused:
    return Refused(
        "passphrase-costly",
        "Ce fichier demande {size} Mo de mémoire : cette machine ne peut pas l’ouvrir.",
        "Ouvrez-le sur une plus grande machine ; la phrase n’est pas en cause.",
        size=1 << max(0, log_cost - 10),
    )
