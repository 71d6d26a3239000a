"""The XML signature inside a CAP message: it covers the whole message or nothing, and its certificate is known or not.

signxml verifies; a certificate that the message brings along proves only that nobody changed the message since.
"""

from __future__ import annotations

import base64
import binascii
import datetime
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from cryptography import x509
from cryptography.exceptions import InvalidSignature as WrongSignature
from cryptography.hazmat.primitives.hashes import SHA256
from lxml import etree

from sync.alerts.untrusted_xml import parse_untrusted
from sync.errors import BadRequest
from sync.locale import N_

SIGNATURE_NAMESPACE = "http://www.w3.org/2000/09/xmldsig#"
MAX_CERTIFICATE_BYTES = 20_000
_DIGESTS = ("SHA256", "SHA384", "SHA512")
_METHODS = tuple(f"{kind}_{digest}" for kind in ("RSA", "ECDSA") for digest in _DIGESTS)  # none with SHA-1
_ENVELOPED = "http://www.w3.org/2000/09/xmldsig#enveloped-signature"
_CANONICAL = (
    "http://www.w3.org/TR/2001/REC-xml-c14n-20010315",
    "http://www.w3.org/2006/12/xml-c14n11",
    "http://www.w3.org/2001/10/xml-exc-c14n#",
)


class SignatureStatus(StrEnum):
    NONE = "none"
    VALID = "valid"  # by a certificate known here
    UNKNOWN = "unknown"  # unchanged, by a certificate that nobody here has confirmed
    UNCHECKED = "unchecked"  # of a kind that is too weak, or that this program does not know
    BROKEN = "broken"  # changed since it was signed, or signed in part


SIGNATURE_SENTENCES = {
    SignatureStatus.NONE: N_("Ce message n’est pas signé."),
    SignatureStatus.VALID: N_("Signature valide, par le certificat connu de {certificate}."),
    SignatureStatus.UNKNOWN: N_(
        "Le message n’a pas changé depuis sa signature, mais personne ici n’a confirmé le certificat : {certificate}."
    ),
    SignatureStatus.UNCHECKED: N_(
        "Ce message est signé d’une façon trop faible, ou que ce programme ne sait pas vérifier."
    ),
    SignatureStatus.BROKEN: N_("La signature ne tient pas : le message a changé, ou n’est signé qu’en partie."),
}


@dataclass(frozen=True, slots=True)
class CapSignature:
    """`certificate`: its subject; `fingerprint`: its SHA-256; `expires`: its last day; all "" without one."""

    status: SignatureStatus
    certificate: str = ""
    fingerprint: str = ""
    expires: str = ""


UNSIGNED = CapSignature(SignatureStatus.NONE)


def check_signature(
    raw: bytes, known: Sequence[x509.Certificate], now: datetime.datetime, max_bytes: int
) -> CapSignature:
    """The result for a message that `read_cap` accepted. `known`: certificates of the sender, or of its authority."""
    root = parse_untrusted(raw, max_bytes)
    signatures = list(root.iter(f"{{{SIGNATURE_NAMESPACE}}}Signature"))
    if not signatures:
        return UNSIGNED
    certificate = _embedded_certificate(signatures[0])
    described = _describe(certificate) if certificate else UNSIGNED
    if certificate is None or len(signatures) > 1:
        status = SignatureStatus.UNCHECKED
    elif signatures[0].getparent() is not root or not _covers_message(signatures[0]):
        status = SignatureStatus.BROKEN
    else:
        status = _verify_either(raw, certificate)
    if certificate and status is SignatureStatus.VALID and not _is_known(certificate, known, now):
        status = SignatureStatus.UNKNOWN
    return CapSignature(status, described.certificate, described.fingerprint, described.expires)


def read_certificate(text: str) -> x509.Certificate:
    """A certificate in PEM. Raises BadRequest."""
    try:
        if len(text) > MAX_CERTIFICATE_BYTES:
            raise ValueError("too long")
        return x509.load_pem_x509_certificate(text.encode())
    except (ValueError, UnicodeEncodeError) as error:
        raise BadRequest(
            "certificate-form",
            "Ce n’est pas un certificat en PEM.",
            "Collez tout, de « -----BEGIN CERTIFICATE----- » à « -----END CERTIFICATE----- ».",
        ) from error


def _embedded_certificate(signature: Any) -> x509.Certificate | None:
    element = signature.find(f".//{{{SIGNATURE_NAMESPACE}}}X509Certificate")
    try:
        return x509.load_der_x509_certificate(base64.b64decode("".join((element.text or "").split())))
    except (AttributeError, ValueError, binascii.Error):
        return None


def _covers_message(signature: Any) -> bool:
    """True if its only reference is the whole message, without the signature itself."""
    references = signature.findall(f"{{{SIGNATURE_NAMESPACE}}}SignedInfo/{{{SIGNATURE_NAMESPACE}}}Reference")
    if len(references) != 1 or references[0].get("URI") != "":
        return False
    transforms = [element.get("Algorithm", "") for element in references[0].iter(f"{{{SIGNATURE_NAMESPACE}}}Transform")]
    return _ENVELOPED in transforms and all(name == _ENVELOPED or name.startswith(_CANONICAL) for name in transforms)


def _verify_either(raw: bytes, certificate: x509.Certificate) -> SignatureStatus:
    """The result for the message as it is, or else without the spaces between its elements.

    WMO's cap-composer signs the compact message and serves it indented. `read_cap` reads the same of both.
    """
    status = _verify(raw, certificate)
    if status is not SignatureStatus.BROKEN:
        return status
    compact = etree.XMLParser(resolve_entities=False, no_network=True, remove_blank_text=True)
    return _verify(etree.tostring(etree.fromstring(raw, compact)), certificate)


def _verify(raw: bytes, certificate: x509.Certificate) -> SignatureStatus:
    # signxml is imported late: it costs a tenth of a second, and most messages are not signed
    from signxml.algorithms import DigestAlgorithm, SignatureMethod
    from signxml.exceptions import InvalidCertificate, InvalidInput, InvalidSignature
    from signxml.verifier import SignatureConfiguration, XMLVerifier

    config = SignatureConfiguration(
        location="./",
        signature_methods=frozenset(method for method in SignatureMethod if method.name in _METHODS),
        digest_algorithms=frozenset(digest for digest in DigestAlgorithm if digest.name in _DIGESTS),
        ignore_ambiguous_key_info=True,
        verification_time=certificate.not_valid_before_utc,  # `_is_known` judges the days of the certificate
    )
    try:
        XMLVerifier().verify(raw, x509_cert=certificate, expect_config=config)
    except (InvalidCertificate, InvalidInput, etree.DocumentInvalid, ValueError, KeyError, TypeError):
        return SignatureStatus.UNCHECKED
    except (InvalidSignature, WrongSignature):
        return SignatureStatus.BROKEN
    return SignatureStatus.VALID


def _is_known(certificate: x509.Certificate, known: Sequence[x509.Certificate], now: datetime.datetime) -> bool:
    if not certificate.not_valid_before_utc <= now <= certificate.not_valid_after_utc:
        return False
    return any(certificate == other or _is_issued_by(certificate, other) for other in known)


def _is_issued_by(certificate: x509.Certificate, authority: x509.Certificate) -> bool:
    """True if a certificate that may issue others has issued this one."""
    try:
        if not authority.extensions.get_extension_for_class(x509.BasicConstraints).value.ca:
            return False
        certificate.verify_directly_issued_by(authority)
    except (x509.ExtensionNotFound, WrongSignature, ValueError, TypeError):
        return False
    return True


def _describe(certificate: x509.Certificate) -> CapSignature:
    return CapSignature(
        SignatureStatus.NONE,
        certificate.subject.rfc4514_string()[:200],
        certificate.fingerprint(SHA256()).hex(),
        certificate.not_valid_after_utc.date().isoformat(),
    )
