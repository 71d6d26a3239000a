"""The certificate with which CAP messages are signed: one PEM file with the private key and its certificates.

An authority issues it, or the site itself: the signature proves to whoever knows the certificate that a message is this
site's and unchanged.
"""

from __future__ import annotations

import datetime
from dataclasses import dataclass
from pathlib import Path

from cryptography import x509
from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric.ec import EllipticCurvePrivateKey
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey
from cryptography.hazmat.primitives.serialization import load_pem_private_key

from server.keys.private_file import check_private
from sync.alerts.cap_signing import CapKey
from sync.errors import Refused

MIN_RSA_BITS = 2048
MAX_FILE_BYTES = 64 * 1024


@dataclass(frozen=True, slots=True)
class CapCertificate:
    """`certificates`: that of the key, then those that issued it."""

    key: CapKey
    certificates: tuple[x509.Certificate, ...]

    @property
    def expires(self) -> datetime.datetime:
        return self.certificates[0].not_valid_after_utc

    def is_valid(self, now: datetime.datetime) -> bool:
        return self.certificates[0].not_valid_before_utc <= now <= self.expires


def load_cap_certificate(path: Path) -> CapCertificate:
    """The key and certificates in a file. Raises Refused, also if others can read the file."""
    try:
        check_private(path)
        with path.open("rb") as file:
            pem = file.read(MAX_FILE_BYTES)
        key = load_pem_private_key(pem, None)
        certificates = tuple(x509.load_pem_x509_certificates(pem))
    except (OSError, ValueError, TypeError, UnsupportedAlgorithm) as error:
        raise _unusable(path) from error
    if not isinstance(key, RSAPrivateKey | EllipticCurvePrivateKey):
        raise _unusable(path)
    if isinstance(key, RSAPrivateKey) and key.key_size < MIN_RSA_BITS:
        raise _unusable(path)
    own = [certificate for certificate in certificates if certificate.public_key() == key.public_key()]
    if not own:
        raise Refused(
            "cap-certificate-other-key",
            "Dans {path}, aucun certificat n’est celui de la clé privée.",
            "Mettez dans ce fichier la clé et le certificat faits ensemble.",
            path=path,
        )
    return CapCertificate(key, (own[0], *(other for other in certificates if other != own[0])))


def _unusable(path: Path) -> Refused:
    return Refused(
        "cap-certificate-unusable",
        "Le certificat des alertes {path} ne peut pas servir.",
        "Il faut un fichier PEM avec une clé privée sans mot de passe (RSA de 2048 bits au moins, ou ECDSA) "
        "et son certificat : voir « Sign CAP messages » dans deploy/RUNBOOK.md.",
        path=path,
    )
