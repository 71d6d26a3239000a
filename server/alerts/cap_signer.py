"""The signatures of the CAP messages that this server hands out, each made once and kept in memory.

Without a certificate, or with one that is not valid today, messages are served unsigned: an alert is never held back.
"""

from __future__ import annotations

import hashlib
import logging
from collections import OrderedDict
from pathlib import Path

from anyio import to_thread
from cryptography.hazmat.primitives.serialization import Encoding

from server.keys.cap_certificate import CapCertificate, load_cap_certificate
from server.web.app_state import Clock, HasApp
from sync.alerts.cap_signing import sign_cap
from sync.canonical import digest
from sync.errors import Refused

log = logging.getLogger("kunnafoni.alerts")

MAX_KEPT = 64  # signed messages


class CapSigner:
    """`path`: of the certificate, "" on a server without one. A file that cannot serve is logged, as if there was none:
    the doctor says more.
    """

    def __init__(self, path: str, clock: Clock) -> None:
        self._certificate = _load(path) if path else None
        self._clock = clock
        self._signed: OrderedDict[str, bytes] = OrderedDict()
        self._is_refused = False

    def version(self, message: bytes) -> str:
        """An identifier of the message as it is served now: it tells two certificates apart, and signed from unsigned.

        A signature by ECDSA is another one each time, so the signed bytes themselves tell nothing.
        """
        certificate = self._valid_certificate()
        fingerprint = certificate.certificates[0].public_bytes(Encoding.DER) if certificate else b""
        return digest(hashlib.sha256(fingerprint).digest() + message)

    async def sign(self, message: bytes) -> bytes:
        """The message with its signature; as it is without a valid certificate."""
        certificate = self._valid_certificate()
        if certificate is None:
            return message
        name = self.version(message)
        if name not in self._signed:
            self._signed[name] = await to_thread.run_sync(sign_cap, message, certificate.key, certificate.certificates)
            while len(self._signed) > MAX_KEPT:
                self._signed.popitem(last=False)
        return self._signed[name]

    def _valid_certificate(self) -> CapCertificate | None:
        if self._certificate is None or self._certificate.is_valid(self._clock()):
            return self._certificate
        if not self._is_refused:
            log.warning("CAP messages are not signed: the certificate is not valid today")
            self._is_refused = True
        return None


def _load(path: str) -> CapCertificate | None:
    try:
        return load_cap_certificate(Path(path))
    except Refused as error:
        log.warning("CAP messages are not signed: %s", error.code)
        return None


def cap_signer_of(request: HasApp) -> CapSigner:
    signer: CapSigner = request.app.state.cap_signer
    return signer
