"""The fields of an alert that changes or ends one that was sent."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from sync.alerts.alert import ALERT_SCHEMA, Alert
from sync.locale import FRENCH, N_, Language

ALL_CLEAR = N_("Le danger est passé.")
_COPIED_FIELDS = (
    "category",
    "urgency",
    "severity",
    "certainty",
    "status",
    "responseType",
    "geocode",
    "topic",
    "info",
    "expires",
    "origin",
)


def follow_up_fields(alert: Alert, msg_type: str, language_of: Callable[[str], Language]) -> dict[str, Any]:
    """Fields of a draft that updates or cancels a sent alert; a Cancel says that it is over and gives no order."""
    sent_fields = ALERT_SCHEMA.to_json(alert)
    fields = {name: sent_fields[name] for name in _COPIED_FIELDS if name in sent_fields}
    fields |= {"msgType": msg_type, "references": [alert.slug]}
    if msg_type == "Cancel":
        fields |= {"severity": "Minor", "urgency": "Past", "responseType": ["AllClear"]}
        fields["info"] = {lang: _all_clear(language_of(lang), texts) for lang, texts in fields["info"].items()}
    return fields


def _all_clear(language: Language, texts: Mapping[str, Any]) -> dict[str, Any]:
    """Texts of a Cancel: what has ended, and where; the reason is filled in where the site has it in this language."""
    kept = {name: texts[name] for name in ("headline", "event", "areaDesc") if texts.get(name)}
    is_translated = language.code == FRENCH or ALL_CLEAR in language.texts
    return kept | ({"description": language(ALL_CLEAR)} if is_translated else {})
