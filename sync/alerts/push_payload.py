"""What a push carries: the alert's short text in one language, signed, readable without a network (PROTOCOL.md, section 15).

Twin: pwa/src/protocol/alert.ts.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any

from sync.alerts.alert import MESSAGE_TYPES, SEVERITIES, STATUSES, Alert, Alerts, story_of
from sync.alerts.library import Library
from sync.alerts.places import area_description
from sync.alerts.timestamps import utc_seconds
from sync.canonical import canonical
from sync.editions.signing import Signer, verify_signature
from sync.errors import NotProven

ALERT_TAG = "kunnafoni-alert/1"
MAX_PAYLOAD_BYTES = 3993  # bytes: what RFC 8291 leaves of the 4,096 that every push service takes
_SIGNATURE_LENGTH = 86  # characters
_FIELD_COUNT = 14


@dataclass(frozen=True, slots=True)
class AlertText:
    """`root`: the first alert of the story; a phone shows one message a root. `sent`, `expires`: UTC seconds."""

    site: str
    epoch: int
    id: str
    root: str
    status: str
    msg_type: str
    lang: str
    headline: str
    text: str
    area: str
    severity: str
    sent: int
    expires: int

    @property
    def signed_bytes(self) -> bytes:
        return canonical(
            [
                ALERT_TAG,
                self.site,
                self.epoch,
                self.id,
                self.root,
                self.status,
                self.msg_type,
                self.lang,
                self.headline,
                self.text,
                self.area,
                self.severity,
                self.sent,
                self.expires,
            ]
        )

    @property
    def size(self) -> int:
        """Bytes of the payload, signature included."""
        return len(self.signed_bytes) + 1 + _SIGNATURE_LENGTH


def alert_text(
    alert: Alert, lang: str, library: Library, epoch: int, alerts: Alerts | None = None, sent: str = ""
) -> AlertText:
    """The alert in a language it has. `sent`: when it is not sent yet, the moment it would be."""
    info = alert.info[lang]
    text = f"{info.description}\n\n{info.instruction}" if info.instruction else info.description
    root = story_of(alert, library.alerts if alerts is None else alerts).root
    return AlertText(
        library.site.id,
        epoch,
        alert.slug,
        root,
        alert.status,
        alert.msgType,
        lang,
        info.headline,
        text,
        area_description(alert, lang, library),
        alert.severity,
        utc_seconds(alert.sent or sent),
        utc_seconds(alert.expires),
    )


def sign_payload(alert_text: AlertText, signer: Signer) -> str:
    """The payload: the statement, a line feed, its signature."""
    return f"{alert_text.signed_bytes.decode()}\n{signer.sign(alert_text.signed_bytes)}"


def verify_payload(payload: str, public_key: str) -> AlertText:
    """The signed word of a payload. Raises NotProven for anything the key did not sign in this form."""
    statement, _, signature = payload.partition("\n")
    if not verify_signature(public_key, statement.encode(), signature):
        raise NotProven("signature-false", "La signature de cette alerte est fausse.")
    return parse_alert_text(statement)


def parse_alert_text(statement: str) -> AlertText:
    """The word written as canonical JSON. Raises NotProven for other bytes."""
    try:
        values: Any = json.loads(statement)
        if not isinstance(values, list) or len(values) != _FIELD_COUNT or values[0] != ALERT_TAG:
            raise NotProven(
                "version-unknown", "Cette alerte vient d’une version plus récente : mettez l’application à jour."
            )
        word = AlertText(*values[1:])
        sound = (
            all(isinstance(value, str) for value in (*values[1:2], *values[3:12]))
            and all(type(value) is int and value >= 0 for value in (word.epoch, word.sent, word.expires))
            and word.status in STATUSES
            and word.msg_type in MESSAGE_TYPES
            and word.severity in SEVERITIES
            and word.signed_bytes == statement.encode()
        )
    except (ValueError, TypeError, RecursionError) as error:
        raise NotProven("alert-malformed", "Cette alerte ne peut pas être lue.") from error
    if not sound:
        raise NotProven("alert-malformed", "Cette alerte ne peut pas être lue.")
    return word
