"""VAPID (RFC 8292): the key by which push services know this site, in `keys/vapid.pem` beside the edition's, and its tokens.

A phone's subscription is bound to the key: every server that sends must have the same file, and who loses it loses all subscriptions.
"""

from __future__ import annotations

import json
import os
import stat
from pathlib import Path

from sync.canonical import encode
from sync.editions.signing import Signer
from sync.errors import Refused

FILE = "vapid.pem"
LASTS = 12 * 3600  # seconds; services take 24 hours at most
RENEWED_BEFORE = 3600  # seconds: a token is not used down to its last moment
_HEADER = encode(b'{"typ":"JWT","alg":"ES256"}')


class Vapid:
    """`contact`: where a push service reaches the operator, mailto: or https:."""

    def __init__(self, signer: Signer, contact: str) -> None:
        self.public = signer.public
        self._signer = signer
        self._contact = contact
        self._tokens: dict[str, tuple[int, str]] = {}

    def authorization(self, audience: str, now: int) -> str:
        """The Authorization header for a service (its origin), made once and used for hours."""
        until, header = self._tokens.get(audience, (0, ""))
        if until - RENEWED_BEFORE < now:
            claims = {"aud": audience, "exp": now + LASTS, **({"sub": self._contact} if self._contact else {})}
            body = f"{_HEADER}.{encode(json.dumps(claims, separators=(',', ':')).encode())}"
            header = f"vapid t={body}.{self._signer.sign(body.encode())},k={self.public}"
            self._tokens[audience] = (now + LASTS, header)
        return header


def open_vapid(keys: Path, contact: str, *, make: bool) -> Vapid | None:
    """The site's VAPID key; with `make`, a new one where there is none. None: this node sends no pushes."""
    path = keys / FILE
    if not path.exists():
        if not make:
            return None
        keys.mkdir(parents=True, exist_ok=True, mode=0o700)
        _write(path, Signer.generate().pem())
    if stat.S_IMODE(path.stat().st_mode) & 0o077:
        raise Refused(
            "key-readable-by-others",
            "D’autres personnes peuvent lire {path}.",
            "Lancez : chmod -R go= {path}",
            path=path,
        )
    try:
        return Vapid(Signer.from_pem(path.read_bytes()), contact)
    except OSError as error:
        raise Refused("key-unreadable", "Les clés du dossier {path} ne peuvent pas être lues.", path=keys) from error


def _write(path: Path, data: bytes) -> None:
    """Whole or not at all, for its owner alone, never over a key that another process just made."""
    part = path.with_name(f".{path.name}.{os.getpid()}")
    handle = os.open(part, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(handle, "wb") as file:
        file.write(data)
        file.flush()
        os.fsync(file.fileno())
    try:
        os.link(part, path)
    except FileExistsError:
        pass
    finally:
        part.unlink()
