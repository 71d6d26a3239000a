"""Certificates for CAP messages, as files of an operator."""

from __future__ import annotations

import datetime
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import NameOID

Key = rsa.RSAPrivateKey | ec.EllipticCurvePrivateKey
FROM = datetime.datetime(2026, 11, 1, tzinfo=datetime.UTC)
UNTIL = datetime.datetime(2027, 11, 1, tzinfo=datetime.UTC)


def certify(key: Key, name: str = "exemple.ml") -> x509.Certificate:
    """A certificate that the key issues for itself, valid for the year that follows the sample alerts."""
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
    return (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(subject)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(FROM)
        .not_valid_after(UNTIL)
        .sign(key, hashes.SHA256())
    )


def key_pem(key: Key) -> bytes:
    return key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())


def write_cap_certificate(path: Path, key: Key, *certificates: x509.Certificate) -> Path:
    """A file with the key and the certificates, or its own certificate, that only its owner can read."""
    chain = certificates or (certify(key),)
    path.touch(mode=0o600)
    path.write_bytes(key_pem(key) + b"".join(certificate.public_bytes(Encoding.PEM) for certificate in chain))
    return path
