"""The enveloped XML signature of a CAP message (CAP 1.2, 3.3.4), by signxml.

The message is signed as it is served: whoever indents it must do so without touching the text of an element.
"""

from __future__ import annotations

from collections.abc import Sequence

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric.ec import EllipticCurvePrivateKey
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey

CapKey = RSAPrivateKey | EllipticCurvePrivateKey


def sign_cap(message: bytes, key: CapKey, certificates: Sequence[x509.Certificate]) -> bytes:
    """The message with its signature as last element. `certificates`: that of the key, then those that issued it."""
    # imported late: a tenth of a second, which only a server with a certificate pays
    from lxml import etree
    from signxml import methods
    from signxml.algorithms import DigestAlgorithm, SignatureMethod
    from signxml.signer import XMLSigner

    is_rsa = isinstance(key, RSAPrivateKey)
    signer = XMLSigner(
        method=methods.enveloped,
        signature_algorithm=SignatureMethod.RSA_SHA256 if is_rsa else SignatureMethod.ECDSA_SHA256,
        digest_algorithm=DigestAlgorithm.SHA256,
    )
    parser = etree.XMLParser(resolve_entities=False, no_network=True)
    signed = signer.sign(etree.fromstring(message, parser), key=key, cert=list(certificates))
    return bytes(etree.tostring(signed, xml_declaration=True, encoding="utf-8"))
