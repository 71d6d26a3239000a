"""A passkey in software (WebAuthn): makes what a browser would post, right or wrong in one part."""

from __future__ import annotations

import hashlib
import json
import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import cbor2
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec

from sync.canonical import base64url_encode

USER_PRESENT, USER_VERIFIED, ATTESTED = 0x01, 0x04, 0x40


@dataclass
class SoftwareAuthenticator:
    """One passkey. `count`: its signature counter, which stays 0 where it `counts` nothing, as synced passkeys do."""

    origin: str = "http://localhost"
    counts: bool = True
    key: ec.EllipticCurvePrivateKey = field(default_factory=lambda: ec.generate_private_key(ec.SECP256R1()))
    raw_id: bytes = field(default_factory=lambda: secrets.token_bytes(32))
    count: int = 0
    user: str = ""

    @property
    def id(self) -> str:
        return base64url_encode(self.raw_id)

    def create(self, options: Mapping[str, Any], **client_data: Any) -> str:
        """The response to `navigator.credentials.create`; `client_data` replaces fields of clientDataJSON."""
        self.user = options["user"]["id"]
        numbers = self.key.public_key().public_numbers()
        cose = {1: 2, 3: -7, -1: 1, -2: numbers.x.to_bytes(32, "big"), -3: numbers.y.to_bytes(32, "big")}
        attested = bytes(16) + len(self.raw_id).to_bytes(2, "big") + self.raw_id + cbor2.dumps(cose)
        data = self._authenticator_data(options["rp"]["id"], ATTESTED) + attested
        attestation = cbor2.dumps({"fmt": "none", "attStmt": {}, "authData": data})
        return self._credential(
            clientDataJSON=self._client_data("webauthn.create", options, client_data), attestationObject=attestation
        )

    def sign(self, options: Mapping[str, Any], **client_data: Any) -> str:
        """The response to `navigator.credentials.get`."""
        self.count += self.counts
        client = self._client_data("webauthn.get", options, client_data)
        data = self._authenticator_data(options["rpId"], 0)
        signature = self.key.sign(data + hashlib.sha256(client).digest(), ec.ECDSA(hashes.SHA256()))
        return self._credential(clientDataJSON=client, authenticatorData=data, signature=signature)

    def _authenticator_data(self, site: str, flags: int) -> bytes:
        flags |= USER_PRESENT | USER_VERIFIED
        return hashlib.sha256(site.encode()).digest() + bytes([flags]) + self.count.to_bytes(4, "big")

    def _client_data(self, kind: str, options: Mapping[str, Any], changes: Mapping[str, Any]) -> bytes:
        client = {"type": kind, "challenge": options["challenge"], "origin": self.origin, "crossOrigin": False}
        return json.dumps(client | dict(changes)).encode()

    def _credential(self, **response: bytes) -> str:
        encoded = {name: base64url_encode(value) for name, value in response.items()}
        if self.user and "signature" in response:
            encoded["userHandle"] = self.user
        return json.dumps({"id": self.id, "rawId": self.id, "type": "public-key", "response": encoded})
