"""CAP messages as other organisations write them, each with what a test changes; signed ones too.

`CORPUS` is a folder of messages by others, which are not ours to copy: tests over it run where it stands.
"""

from __future__ import annotations

import datetime
import os
from collections.abc import Sequence
from pathlib import Path
from xml.sax.saxutils import escape

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID
from lxml import etree
from signxml.algorithms import CanonicalizationMethod, SignatureConstructionMethod
from signxml.signer import XMLSigner

from tests.support.repository import ROOT

CORPUS = Path(os.environ.get("KUNNAFONI_TEST_CAP") or ROOT.parent / "shared/corpus/cap")
CAP_12, CAP_11 = "urn:oasis:names:tc:emergency:cap:1.2", "urn:oasis:names:tc:emergency:cap:1.1"
SENT = "2026-11-24T11:00:00+00:00"
EXPIRES = "2026-11-25T06:00:00+00:00"
SEGOU = "<geocode><valueName>ISO3166-2</valueName><value>ML-4</value></geocode>"
KAYES = "<areaDesc>Kayes</areaDesc><geocode><valueName>ISO3166-2</valueName><value>ML-1</value></geocode>"
HERE = "13.3,-6.4 13.6,-6.4 13.6,-6.0 13.3,-6.0 13.3,-6.4"  # around Ségou
FAR = "42.3,-82.9 42.3,-82.4 41.9,-82.4 41.9,-82.9 42.3,-82.9"  # around Windsor, Canada
Key = ec.EllipticCurvePrivateKey


def cap_info(
    *,
    language: str = "fr",
    event: str = "Orages",
    category: str = "Met",
    severity: str = "Severe",
    expires: str = EXPIRES,
    headline: str = "Orages et vents forts sur Ségou",
    description: str = "Une ligne d’orages avance vers l’ouest.",
    instruction: str = "Mettez-vous à l’abri.",
    sender_name: str = "Service météo d’exemple",
    area: str = f"<areaDesc>Ségou</areaDesc>{SEGOU}",
    more: str = "",
) -> str:
    """One block; a field given as "" is left out. `more`: elements between the instruction and the area."""
    fields = [
        ("language", language),
        ("category", category),
        ("event", event),
        ("responseType", "Shelter"),
        ("urgency", "Expected"),
        ("severity", severity),
        ("certainty", "Likely"),
        ("expires", expires),
        ("senderName", sender_name),
        ("headline", headline),
        ("description", description),
        ("instruction", instruction),
    ]
    texts = "".join(f"<{name}>{escape(text)}</{name}>" for name, text in fields if text)
    return f"<info>{texts}{more}<area>{area}</area></info>"


def cap_xml(
    *infos: str,
    identifier: str = "exemple-1",
    sender: str = "meteo@exemple.ml",
    sent: str = SENT,
    status: str = "Actual",
    msg_type: str = "Alert",
    scope: str = "Public",
    references: Sequence[str] = (),
    namespace: str = CAP_12,
    more: str = "",
    prolog: str = "",
) -> bytes:
    """A message; without blocks it has one. `references`: identifiers. `more`: elements after the scope."""
    references_text = " ".join(f"{sender},{other},{SENT}" for other in references)
    fields = [
        ("identifier", identifier),
        ("sender", sender),
        ("sent", sent),
        ("status", status),
        ("msgType", msg_type),
        ("scope", scope),
    ]
    head = "".join(f"<{name}>{escape(text)}</{name}>" for name, text in fields if text)
    referenced = f"<references>{references_text}</references>" if references else ""
    body = "".join(infos or (cap_info(),))
    document = f'<alert xmlns="{namespace}">{head}{more}{referenced}{body}</alert>'
    return f'<?xml version="1.0" encoding="UTF-8"?>{prolog}{document}'.encode()


def cancel_xml(identifier: str, *references: str) -> bytes:
    """A cancel without a block, as CAP allows."""
    whole = cap_xml(identifier=identifier, msg_type="Cancel", references=references)
    return whole[: whole.index(b"<info>")] + b"</alert>"


def atom_xml(*addresses: str, updated: str = SENT) -> bytes:
    """An Atom feed whose entries lead to these addresses, the newest first."""
    entries = "".join(
        f"<entry><id>{escape(address)}</id><title>x</title><updated>{updated}</updated>"
        f'<link rel="alternate" type="application/cap+xml" href="{escape(address)}"/></entry>'
        for address in addresses
    )
    return (
        f'<feed xmlns="http://www.w3.org/2005/Atom"><id>urn:x</id><title>x</title><updated>{updated}</updated>'
        f"{entries}</feed>"
    ).encode()


def rss_xml(*addresses: str) -> bytes:
    items = "".join(
        f"<item><title>x</title><link>{escape(address)}</link><guid>{escape(address)}</guid></item>"
        for address in addresses
    )
    return f'<rss version="2.0"><channel><title>x</title><link>http://x/</link>{items}</channel></rss>'.encode()


def make_certificate(
    name: str, authority: tuple[x509.Certificate, Key] | None = None, *, is_authority: bool = False
) -> tuple[x509.Certificate, Key]:
    """A certificate valid through November and December 2026, by itself or by an authority."""
    key = ec.generate_private_key(ec.SECP256R1())
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
    issuer, signer = (authority[0].subject, authority[1]) if authority else (subject, key)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(datetime.datetime(2026, 11, 1, tzinfo=datetime.UTC))
        .not_valid_after(datetime.datetime(2026, 12, 31, tzinfo=datetime.UTC))
        .add_extension(x509.BasicConstraints(ca=is_authority, path_length=None), critical=True)
        .sign(signer, hashes.SHA256())
    )
    return certificate, key


def pem_of(certificate: x509.Certificate) -> str:
    return certificate.public_bytes(serialization.Encoding.PEM).decode()


def sign_cap(raw: bytes, certificate: x509.Certificate, key: Key) -> bytes:
    """The message with an enveloped signature, as WMO's cap-composer makes them."""
    signer = XMLSigner(
        method=SignatureConstructionMethod.enveloped,
        signature_algorithm="ecdsa-sha256",
        digest_algorithm="sha256",
        c14n_algorithm=CanonicalizationMethod.CANONICAL_XML_1_1,
    )
    signed = signer.sign(etree.fromstring(raw), key=key, cert=[certificate], always_add_key_value=False)
    return bytes(etree.tostring(signed, xml_declaration=True, encoding="UTF-8"))
