"""Seals of kind 1, as apps of release 0.1.0 make them. Used by tests of what still opens."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from cryptography.hazmat.primitives.asymmetric import ec

from sync.canonical import base64url_decode, base64url_encode, canonical
from sync.editions.signing import key_digest
from sync.submissions.sealing import PADDING_BLOCK, SUITE, unbound_info


def seal_unbound(
    public_keys: Sequence[str],
    header: Mapping[str, Any],
    answers: Any,
    keys: Sequence[bytes] = (),
    types: Sequence[str] = (),
) -> dict[str, str]:
    """The value of `sealed`, as `seal_answers` gives it for kind 2."""
    plaintext = canonical({"answers": answers, "keys": [base64url_encode(key) for key in keys], "types": list(types)})
    plaintext += b" " * (-len(plaintext) % PADDING_BLOCK)
    sealed = {}
    for public_key in public_keys:
        key_id = key_digest(public_key)
        point = ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), base64url_decode(public_key))
        sealed[key_id] = base64url_encode(SUITE.encrypt(plaintext, point, unbound_info(key_id, header)))
    return sealed
