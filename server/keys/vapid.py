"""VAPID (RFC 8292): the key by which push services know this site, in `keys/vapid.pem` beside the edition's, and the tokens that py_vapid
signs with it: once for each service and half a day.

A phone's subscription is bound to the key: every server that sends must have the same file, and who loses it loses all subscriptions.
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
TOKEN_LIFETIME = 12 * 3600  # seconds; services take 24 hours at most
RENEWAL_MARGIN = 3600  # seconds: a token is not used down to its last moment


class VapidTokenError(Exception):
    """A service for which py_vapid signs no token: its origin has a form that py_vapid does not know."""


class VapidKey:
    """`contact`: where a push service reaches the operator, mailto: or https:."""

    def __init__(self, signer: Signer, contact: str) -> None:
        self.public_key = signer.public_key
        self._signer = signer
        self._contact = contact
        self._tokens: dict[str, tuple[int, str]] = {}

    def authorization_header(self, audience: str, now: int) -> str:
        """The Authorization header for a service (its origin), made once and used for hours. Raises NoToken."""
        until, header = self._tokens.get(audience, (0, ""))
        if until - RENEWAL_MARGIN < now:
            until = now + TOKEN_LIFETIME
            header = self._sign({"aud": audience, "exp": until, "sub": self._contact})
            self._tokens[audience] = (until, header)
        return header

    def _sign(self, claims: dict[str, Any]) -> str:
        import py_vapid

        try:
            return str(py_vapid.Vapid02.from_pem(self._signer.pem()).sign(claims)["Authorization"])
        except Exception as error:  # theirs, or what an origin nobody foresaw makes of it
            raise VapidTokenError from error


def resolve_contact(given: str, url: str) -> str:
    """The contact that push services are told: KUNNAFONI_PUSH_CONTACT, else the host of an https address. Raises Refused without one."""
    contact = given or _https_origin(url)
    if not contact:
        raise Refused(
            "push-contact-missing",
            "Aucun message ne part vers les téléphones : les services de messages ne sauraient pas à qui écrire.",
            "Mettez KUNNAFONI_PUSH_CONTACT=mailto:alertes@exemple.org (ou une adresse https dans KUNNAFONI_URL), puis relancez.",
        )
    if not _is_accepted(contact):
        raise Refused(
            "push-contact-wrong",
            "Aucun message ne part vers les téléphones : « {contact} » n’est pas un contact pour les services de messages.",
            "Mettez KUNNAFONI_PUSH_CONTACT=mailto:alertes@exemple.org (ou https://exemple.org, sans chemin), puis relancez.",
            contact=contact,
        )
    return contact


def _https_origin(url: str) -> str:
    """The site of an https address, without port or path: py_vapid takes neither."""
    try:
        parts = urlsplit(url)
        return f"https://{parts.hostname}" if parts.scheme == "https" and parts.hostname else ""
    except ValueError:
        return ""


def _is_accepted(contact: str) -> bool:
    """Whether py_vapid signs claims with it."""
    import py_vapid

    claims = {"aud": "https://push.example", "exp": TOKEN_LIFETIME, "sub": contact}
    try:
        py_vapid.Vapid02(ec.generate_private_key(ec.SECP256R1())).sign(claims)
    except py_vapid.VapidException:
        return False
    return True


def open_vapid(keys: Path, contact: str, *, create: bool) -> VapidKey | None:
    """The site's VAPID key; with `make`, a new one where there is none. None: this node sends no pushes."""
    path = keys / FILE_NAME
    if not path.exists():
        if not create:
            return None
        keys.mkdir(parents=True, exist_ok=True, mode=0o700)
        with suppress(FileExistsError):  # another process just made one
            write_private(path, Signer.generate().pem(), replace=False)
    check_private(path)
    try:
        return VapidKey(Signer.from_pem(path.read_bytes()), contact)
    except OSError as error:
        raise Refused("key-unreadable", "Les clés du dossier {path} ne peuvent pas être lues.", path=keys) from error
