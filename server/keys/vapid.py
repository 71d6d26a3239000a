"""VAPID (RFC 8292): the site's key for push services, in `keys/vapid.pem`, and the tokens signed with it.

py_vapid signs one token per push service and half day. Subscriptions are bound to the key: all servers that send need
the same file, and losing it loses every subscription. Used by `server.push`.
"""

from __future__ import annotations

from contextlib import suppress
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from cryptography.hazmat.primitives.asymmetric import ec

from server.keys.private_file import check_private, write_private
from sync.editions.signing import Signer
from sync.errors import Refused

FILE_NAME = "vapid.pem"
TOKEN_LIFETIME = 12 * 3600  # seconds; push services accept at most 24 hours
RENEWAL_MARGIN = 3600  # seconds before expiry at which a token is replaced


class VapidTokenError(Exception):
    """py_vapid signs no token for this push service, because it rejects the form of its origin."""


class VapidKey:
    """`contact`: a mailto: or https: address at which push services reach the operator."""

    def __init__(self, signer: Signer, contact: str) -> None:
        self.public_key = signer.public_key
        self._signer = signer
        self._contact = contact
        self._tokens: dict[str, tuple[int, str]] = {}

    def authorization_header(self, audience: str, now: int) -> str:
        """The Authorization header for a push service's origin, cached for hours. Raises VapidTokenError."""
        expiry, header = self._tokens.get(audience, (0, ""))
        if expiry - RENEWAL_MARGIN < now:
            expiry = now + TOKEN_LIFETIME
            header = self._sign({"aud": audience, "exp": expiry, "sub": self._contact})
            self._tokens[audience] = (expiry, header)
        return header

    def _sign(self, claims: dict[str, Any]) -> str:
        import py_vapid

        try:
            return str(py_vapid.Vapid02.from_pem(self._signer.pem()).sign(claims)["Authorization"])
        except Exception as error:  # VapidException, or any other error that an unusual origin causes
            raise VapidTokenError from error


def resolve_contact(configured: str, url: str) -> str:
    """The contact for push services: KUNNAFONI_PUSH_CONTACT, else the origin of an https `url`.

    Raises Refused for a missing or invalid contact.
    """
    contact = configured or _https_origin(url)
    if not contact:
        raise Refused(
            "push-contact-missing",
            "Aucun message ne part vers les téléphones : les services de messages ne sauraient pas à qui écrire.",
            "Mettez KUNNAFONI_PUSH_CONTACT=mailto:alertes@exemple.org (ou une adresse https dans KUNNAFONI_URL), "
            "puis relancez.",
        )
    if not _is_accepted(contact):
        raise Refused(
            "push-contact-wrong",
            "Aucun message ne part vers les téléphones : « {contact} » n’est pas un contact pour "
            "les services de messages.",
            "Mettez KUNNAFONI_PUSH_CONTACT=mailto:alertes@exemple.org (ou https://exemple.org, sans chemin), "
            "puis relancez.",
            contact=contact,
        )
    return contact


def _https_origin(url: str) -> str:
    """The origin of an https address without port and path, which py_vapid rejects; "" for any other address."""
    try:
        parts = urlsplit(url)
        return f"https://{parts.hostname}" if parts.scheme == "https" and parts.hostname else ""
    except ValueError:
        return ""


def _is_accepted(contact: str) -> bool:
    """True if py_vapid accepts the contact in its claims."""
    import py_vapid

    claims = {"aud": "https://push.example", "exp": TOKEN_LIFETIME, "sub": contact}
    try:
        py_vapid.Vapid02(ec.generate_private_key(ec.SECP256R1())).sign(claims)
    except py_vapid.VapidException:
        return False
    return True


def open_vapid(keys: Path, contact: str, *, create: bool) -> VapidKey | None:
    """The site's VAPID key; with `create`, a new one if there is none. None: this node sends no pushes.

    Raises Refused if the file is unreadable, or readable by other users.
    """
    path = keys / FILE_NAME
    if not path.exists():
        if not create:
            return None
        keys.mkdir(parents=True, exist_ok=True, mode=0o700)
        with suppress(FileExistsError):  # another process has just created one
            write_private(path, Signer.generate().pem(), replace=False)
    check_private(path)
    try:
        return VapidKey(Signer.from_pem(path.read_bytes()), contact)
    except OSError as error:
        raise Refused("key-unreadable", "Les clés du dossier {path} ne peuvent pas être lues.", path=keys) from error
