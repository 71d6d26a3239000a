"""The mail server that hands on notices: SMTP with TLS, or without it on this machine alone.

`KUNNAFONI_SMTP` names it: `smtp://user:password@host:587` (STARTTLS) or `smtps://user:password@host`.
"""

from __future__ import annotations

import smtplib
import ssl
from contextlib import AbstractContextManager
from dataclasses import dataclass
from email.message import EmailMessage
from urllib.parse import unquote, urlsplit

from anyio import to_thread

from sync.errors import Refused, Unavailable

TIMEOUT = 20.0  # seconds for each step with the server
LOOPBACK = ("localhost", "127.0.0.1", "::1")
SUBMISSION_PORT, TLS_PORT = 587, 465


@dataclass(frozen=True, slots=True)
class MailServer:
    """`has_tls`: TLS from the first byte; otherwise STARTTLS, which only this machine's own server may lack."""

    host: str
    port: int
    has_tls: bool
    user: str
    password: str
    sender: str

    @classmethod
    def from_settings(cls, address: str, sender: str) -> MailServer | None:
        """The server of KUNNAFONI_SMTP and KUNNAFONI_MAIL_FROM; None without an address. Raises Refused."""
        if not address:
            return None
        wrong = Refused(
            "smtp-setting",
            "KUNNAFONI_SMTP ou KUNNAFONI_MAIL_FROM n’a pas la bonne forme.",
            "Le fichier de réglages montre un exemple.",
        )
        try:
            parts = urlsplit(address)
            host, port = parts.hostname or "", parts.port
        except ValueError:
            raise wrong from None
        if parts.scheme not in ("smtp", "smtps") or not host or "@" not in sender:
            raise wrong
        has_tls = parts.scheme == "smtps"
        user, password = unquote(parts.username or ""), unquote(parts.password or "")
        return cls(host, port or (TLS_PORT if has_tls else SUBMISSION_PORT), has_tls, user, password, sender)

    async def send(self, to: str, subject: str, text: str) -> None:
        """Hand one message on. Raises Unavailable if the server does not take it."""
        message = EmailMessage()
        message["From"], message["To"], message["Subject"] = self.sender, to, subject
        message["Auto-Submitted"] = "auto-generated"
        message.set_content(text)
        try:
            await to_thread.run_sync(self._send, message)
        except (OSError, smtplib.SMTPException) as error:
            raise Unavailable(
                "smtp-failed",
                "Le serveur de courriel ne prend pas le message.",
                "Réessayez dans un moment ; « kunnafoni doctor » en dit plus.",
            ) from error

    def _send(self, message: EmailMessage) -> None:
        with self._connect() as connection:
            if not self.has_tls and self.host not in LOOPBACK:
                connection.starttls(context=ssl.create_default_context())
            if self.user:
                connection.login(self.user, self.password)
            connection.send_message(message)

    def _connect(self) -> AbstractContextManager[smtplib.SMTP]:
        if self.has_tls:
            context = ssl.create_default_context()
            return smtplib.SMTP_SSL(self.host, self.port, timeout=TIMEOUT, context=context)
        return smtplib.SMTP(self.host, self.port, timeout=TIMEOUT)
