"""The signature of a CAP message: whole or broken, by a known certificate or not, and nothing in between."""

from __future__ import annotations

import datetime

import pytest
from lxml import etree

from sync.alerts.cap_reader import MAX_MESSAGE_BYTES
from sync.alerts.cap_signature import SignatureStatus, check_signature, read_certificate
from sync.errors import BadRequest
from tests.support.sample_cap import CORPUS, cap_info, cap_xml, make_certificate, pem_of, sign_cap

NOW = datetime.datetime(2026, 11, 24, 12, tzinfo=datetime.UTC)
CERTIFICATE, KEY = make_certificate("meteo.exemple.ml")
SIGNED = sign_cap(cap_xml(), CERTIFICATE, KEY)


def status_of(raw: bytes, *known: str, now: datetime.datetime = NOW) -> SignatureStatus:
    return check_signature(raw, [read_certificate(text) for text in known], now, MAX_MESSAGE_BYTES).status


def test_a_message_without_signature_is_said_to_have_none() -> None:
    assert status_of(cap_xml()) is SignatureStatus.NONE


def test_a_signature_is_valid_only_by_a_certificate_known_here() -> None:
    other, _ = make_certificate("autre.exemple")
    assert status_of(SIGNED, pem_of(CERTIFICATE)) is SignatureStatus.VALID
    assert status_of(SIGNED) is SignatureStatus.UNKNOWN
    assert status_of(SIGNED, pem_of(other)) is SignatureStatus.UNKNOWN
    found = check_signature(SIGNED, [CERTIFICATE], NOW, MAX_MESSAGE_BYTES)
    assert (found.certificate, found.expires, len(found.fingerprint)) == ("CN=meteo.exemple.ml", "2026-12-31", 64)


def test_a_known_authority_vouches_for_its_certificates_and_another_certificate_does_not() -> None:
    authority = make_certificate("autorite.exemple", is_authority=True)
    plain = make_certificate("sans-droit.exemple")
    for issuer, status in ((authority, SignatureStatus.VALID), (plain, SignatureStatus.UNKNOWN)):
        certificate, key = make_certificate("meteo.exemple.ml", issuer)
        assert status_of(sign_cap(cap_xml(), certificate, key), pem_of(issuer[0])) is status


def test_a_certificate_out_of_its_days_vouches_for_nothing() -> None:
    assert status_of(SIGNED, pem_of(CERTIFICATE), now=NOW + datetime.timedelta(days=60)) is SignatureStatus.UNKNOWN


def test_a_changed_message_breaks_its_signature_and_indentation_does_not() -> None:
    assert status_of(SIGNED.replace(b"Severe", b"Minor"), pem_of(CERTIFICATE)) is SignatureStatus.BROKEN
    indented = etree.fromstring(SIGNED)
    etree.indent(indented)
    assert status_of(etree.tostring(indented), pem_of(CERTIFICATE)) is SignatureStatus.VALID


def test_a_signature_of_only_a_part_does_not_hold() -> None:
    signed_part = SIGNED.replace(b'URI=""', b'URI="#part"').replace(b"<info>", b'<info Id="part">')
    assert status_of(signed_part, pem_of(CERTIFICATE)) is SignatureStatus.BROKEN
    inside = etree.fromstring(SIGNED)
    inside[-2].append(inside[-1])
    assert status_of(etree.tostring(inside), pem_of(CERTIFICATE)) is SignatureStatus.BROKEN
    wrapped = cap_xml(cap_info(more=SIGNED.decode().partition("?>")[2]))
    assert status_of(wrapped, pem_of(CERTIFICATE)) is SignatureStatus.BROKEN


def test_what_cannot_be_checked_is_said_to_be_unchecked() -> None:
    for old, new in (
        (b"xmldsig-more#ecdsa-sha256", b"xmldsig-more#ecdsa-sha1"),
        (b"<ds:X509Certificate>", b"<ds:X509Certificate>AAAA"),
        (b"</alert>", b'<Signature xmlns="http://www.w3.org/2000/09/xmldsig#"/></alert>'),
    ):
        assert old in SIGNED
        assert status_of(SIGNED.replace(old, new), pem_of(CERTIFICATE)) is SignatureStatus.UNCHECKED


@pytest.mark.parametrize("text", ["", "x", "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----", "é"])
def test_what_is_no_certificate_is_refused(text: str) -> None:
    with pytest.raises(BadRequest):
        read_certificate(text)


if CORPUS.is_dir():

    def test_signatures_of_real_weather_services_hold_and_old_methods_are_not_trusted() -> None:
        then = datetime.datetime(2024, 8, 1, tzinfo=datetime.UTC)
        statuses = {
            path.name[:2]: status.value
            for path in CORPUS.glob("[0-9]*")
            if path.name[:2] != "13" and (status := status_of(path.read_bytes(), now=then)) is not SignatureStatus.NONE
        }
        old = dict.fromkeys(("04", "05", "07"), "unchecked")
        assert statuses == old | dict.fromkeys(("17", "18", "19"), "unknown")
