"""The certificate for CAP messages: taken when it can serve, refused with the reason when not."""

from __future__ import annotations

import datetime
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, rsa
from cryptography.hazmat.primitives.serialization import BestAvailableEncryption, Encoding, NoEncryption, PrivateFormat

from server.keys.cap_certificate import load_cap_certificate
from sync.errors import Refused
from tests.support.cap_certificates import UNTIL, certify, key_pem, write_cap_certificate

KEY = ec.generate_private_key(ec.SECP256R1())
OTHER = ec.generate_private_key(ec.SECP256R1())


def test_key_and_certificates_are_read_with_that_of_the_key_first(tmp_path: Path) -> None:
    authority = certify(OTHER, "autorite.ml")
    own = certify(KEY)
    certificate = load_cap_certificate(write_cap_certificate(tmp_path / "cap.pem", KEY, authority, own))
    assert certificate.certificates == (own, authority)
    assert certificate.is_valid(UNTIL)
    assert not certificate.is_valid(UNTIL + datetime.timedelta(seconds=1))


def test_a_file_that_others_can_read_is_refused(tmp_path: Path) -> None:
    path = write_cap_certificate(tmp_path / "cap.pem", KEY)
    path.chmod(0o640)
    with pytest.raises(Refused, match="key-readable-by-others"):
        load_cap_certificate(path)


def test_the_certificate_of_another_key_is_refused(tmp_path: Path) -> None:
    with pytest.raises(Refused, match="cap-certificate-other-key"):
        load_cap_certificate(write_cap_certificate(tmp_path / "cap.pem", KEY, certify(OTHER)))


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"\0" * 100,
        key_pem(KEY),
        certify(KEY).public_bytes(Encoding.PEM),
        KEY.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, BestAvailableEncryption(b"secret"))
        + certify(KEY).public_bytes(Encoding.PEM),
        ed25519.Ed25519PrivateKey.generate().private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
        + certify(KEY).public_bytes(Encoding.PEM),
    ],
    ids=["empty", "zeros", "no certificate", "no key", "locked key", "key of a kind that XML signatures lack"],
)
def test_what_cannot_sign_is_refused_with_what_is_needed(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "cap.pem"
    path.touch(mode=0o600)
    path.write_bytes(content)
    with pytest.raises(Refused, match="cap-certificate-unusable"):
        load_cap_certificate(path)


def test_a_weak_key_and_a_missing_file_are_refused(tmp_path: Path) -> None:
    weak = rsa.generate_private_key(65537, 1024)  # noqa: S505  (weak on purpose)
    with pytest.raises(Refused, match="cap-certificate-unusable"):
        load_cap_certificate(write_cap_certificate(tmp_path / "cap.pem", weak))
    with pytest.raises(Refused, match="cap-certificate-unusable"):
        load_cap_certificate(tmp_path / "missing.pem")
