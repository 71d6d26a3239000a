"""Push payloads: an alert's signed short text in one language, readable offline (PROTOCOL.md, section 15).

Twin: pwa/src/protocol/alert.ts.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from sync.alerts.alert import MESSAGE_TYPES, SEVERITIES, STATUSES, Alert, Alerts, story_of
from sync.alerts.alert_area_names import area_description
from sync.alerts.library_with_alerts import Library
from sync.alerts.timestamps import utc_seconds
from sync.alerts.wording import source_of
from sync.canonical import canonical
from sync.editions.signing import Signer, verify_signature
from sync.errors import NotProven
from sync.json_text import parse_json
from sync.locale import Language

ALERT_TAG = "kunnafoni-alert/1"
MAX_PAYLOAD_BYTES = 3993  # the plaintext that RFC 8291 leaves of 4,096 bytes, which every push service accepts
_SIGNATURE_LENGTH = 86  # characters
_FIELD_COUNT = 14


@dataclass(frozen=True, slots=True)
class AlertText:
    """The signed text. `root`: first alert of the story; a phone shows one message per root. Times: UTC seconds."""

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
    alert: Alert,
    lang: str,
    library: Library,
    epoch: int,
    alerts: Alerts | None = None,
    sent: str = "",
    language_of: Callable[[str], Language] = Language,
) -> AlertText:
    """The text of an alert in one of its languages: description, whose alert it is, and after an empty line what to do.

    Neither part has an empty line of its own, so that a phone can tell them apart. A Cancel gives no order.

    `sent`: timestamp to use if the alert has not been sent.
    """
    info = alert.info[lang]
    has_order = bool(info.instruction) and alert.msgType != "Cancel"
    source = source_of(alert, library.site.name, language_of(lang))
    description = f"{info.description}\n{source}" if source else info.description
    parts = (description, info.instruction) if has_order else (description,)
    text = "\n\n".join(_without_empty_lines(part) for part in parts)
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


def _without_empty_lines(text: str) -> str:
    return "\n".join(line for line in text.split("\n") if line.strip())


def sign_payload(alert_text: AlertText, signer: Signer) -> str:
    """The payload: the text as canonical JSON, a line feed, and its signature."""
    return f"{alert_text.signed_bytes.decode()}\n{signer.sign(alert_text.signed_bytes)}"


def verify_payload(payload: str, public_key: str) -> AlertText:
    """The text of a payload. Raises NotProven unless it is valid and signed by the key."""
    statement, _, signature = payload.partition("\n")
    if not verify_signature(public_key, statement.encode(), signature):
        raise NotProven("signature-false", "La signature de cette alerte est fausse.")
    return parse_alert_text(statement)


def parse_alert_text(statement: str) -> AlertText:
    """Parse an alert text. Raises NotProven unless it is canonical JSON."""
    try:
        values: Any = parse_json(statement)
        if not isinstance(values, list) or len(values) != _FIELD_COUNT or values[0] != ALERT_TAG:
            raise NotProven(
                "version-unknown", "Cette alerte vient d’une version plus récente : mettez l’application à jour."
            )
        alert_text = AlertText(*values[1:])
        is_valid = (
            all(isinstance(value, str) for value in (*values[1:2], *values[3:12]))
            and all(
                type(value) is int and value >= 0 for value in (alert_text.epoch, alert_text.sent, alert_text.expires)
            )
            and alert_text.status in STATUSES
            and alert_text.msg_type in MESSAGE_TYPES
            and alert_text.severity in SEVERITIES
            and alert_text.signed_bytes == statement.encode()
        )
    except (ValueError, TypeError) as error:
        raise NotProven("alert-malformed", "Cette alerte ne peut pas être lue.") from error
    if not is_valid:
        raise NotProven("alert-malformed", "Cette alerte ne peut pas être lue.")
    return alert_text
