"""The draft of an alert that relays a CAP message: what the message says, and what a person must decide.

CAP leaves optional what an alert here needs, and allows what it cannot hold: such a field stays open and is named with
the reason. Nothing is guessed, shortened or translated.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

from sync.alerts.alert import MAX_ORIGIN_NAME, AlertInfo
from sync.alerts.cap_message import CapInfo, CapMessage
from sync.alerts.library_with_alerts import Library
from sync.documents.field_types import Text
from sync.documents.schema_derivation import derive_schema
from sync.locale import N_

DEFAULT_LANG = "en"  # of a block without language (CAP 1.2, 3.2.2), unless the feed's own is known
MISSING = N_("Le message ne le dit pas.")
TOO_LONG = N_("Trop long pour une alerte : {length} signes, pour {most} au plus.")
SEVERAL = N_("Le message en dit plusieurs choses différentes : choisissez.")
OTHER_LANGUAGE = N_("Le message n’a pas de texte dans cette langue : traduisez-le.")
NO_PLACE = N_("Aucun lieu de ce site n’a été reconnu dans le message.")

_SINGLE_FIELDS = ("urgency", "severity", "certainty", "expires")
_TEXT_FIELDS = ("headline", "event", "description", "instruction", "areaDesc")
_REQUIRED_TEXTS = frozenset({"headline", "event", "description"})


@dataclass(frozen=True, slots=True)
class OpenField:
    """A field that a person must fill in. `lang`: "" for a field of all languages. `reason`: a msgid."""

    name: str
    reason: str
    lang: str = ""
    values: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class CapDraft:
    """`fields`: of an alert, possibly incomplete; `open_fields`: those that it lacks."""

    fields: dict[str, Any]
    open_fields: tuple[OpenField, ...]


def draft_from_cap(
    message: CapMessage, digest: str, places: Sequence[str], library: Library, default_lang: str = ""
) -> CapDraft:
    """The draft of a message. `digest`: of its bytes. `places`: codes of those that it covers."""
    open_fields: list[OpenField] = []
    fields: dict[str, Any] = {
        "status": message.status,
        "category": _union(info.category for info in message.info),
        "responseType": _union(info.response_type for info in message.info),
    }
    for name in _SINGLE_FIELDS:
        values = list(dict.fromkeys(getattr(info, name) for info in message.info))
        if len(values) == 1 and values[0]:
            fields[name] = values[0]
        else:
            open_fields.append(OpenField(name, SEVERAL if len(values) > 1 else MISSING))
    for name in ("effective", "onset"):
        values = list(dict.fromkeys(getattr(info, name) for info in message.info))
        if len(values) == 1 and "" < values[0] < fields.get("expires", ""):
            fields[name] = values[0]
    if places:
        fields["geocode"] = list(places)
    else:
        open_fields.append(OpenField("geocode", NO_PLACE))
    fields["info"] = _texts(message, library, default_lang, open_fields)
    fields["origin"] = origin_fields(message, digest, places)
    return CapDraft({name: value for name, value in fields.items() if value}, tuple(open_fields))


def origin_fields(message: CapMessage, digest: str, places: Sequence[str]) -> dict[str, Any]:
    """The field `origin` of an alert that relays the message."""
    name = message.sender_name
    shown = name if len(name) <= MAX_ORIGIN_NAME else f"{name[: MAX_ORIGIN_NAME - 1]}…"
    fields = {
        "sender": message.sender,
        "identifier": message.identifier,
        "sent": message.sent,
        "name": shown,
        "message": digest,
    }
    return fields | ({"geocode": list(places)} if places else {})


def languages_of(library: Library) -> list[str]:
    """The languages of the site's channels, its own first."""
    return list(dict.fromkeys((library.site.lang, *(channel.partition("-")[0] for channel in library.site.channels))))


def infos_by_language(message: CapMessage, default_lang: str = "") -> dict[str, list[CapInfo]]:
    groups: dict[str, list[CapInfo]] = {}
    for info in message.info:
        groups.setdefault(info.lang or default_lang or DEFAULT_LANG, []).append(info)
    return groups


def _texts(
    message: CapMessage, library: Library, default_lang: str, open_fields: list[OpenField]
) -> dict[str, dict[str, str]]:
    groups = infos_by_language(message, default_lang)
    texts: dict[str, dict[str, str]] = {}
    for lang in languages_of(library):
        if lang in groups:
            texts[lang] = {
                name: text for name in _TEXT_FIELDS if (text := _text(name, lang, groups[lang], open_fields))
            }
        elif lang == library.site.lang:
            open_fields.append(OpenField("info", OTHER_LANGUAGE, lang))
    return {lang: fields for lang, fields in texts.items() if fields}


def _text(name: str, lang: str, infos: Sequence[CapInfo], open_fields: list[OpenField]) -> str:
    """The text of a field in one language; "" where it stays open or the message has none."""
    values = list(dict.fromkeys(_source_text(name, info) for info in infos))
    [text] = values if len(values) == 1 else [""]
    most = _max_length(name)
    if len(values) > 1:
        open_fields.append(OpenField(name, SEVERAL, lang))
    elif len(text) > most:
        open_fields.append(OpenField(name, TOO_LONG, lang, {"length": len(text), "most": most}))
        return ""
    elif not text and name in _REQUIRED_TEXTS:
        open_fields.append(OpenField(name, MISSING, lang))
    return text


def _source_text(name: str, info: CapInfo) -> str:
    if name == "areaDesc":
        return ", ".join(dict.fromkeys(area.description for area in info.area))
    return str(getattr(info, name))


def _max_length(name: str) -> int:
    field_type = derive_schema(AlertInfo).fields[name]
    return field_type.max_length if isinstance(field_type, Text) else 0


def _union(lists: Iterable[Sequence[str]]) -> list[str]:
    return list(dict.fromkeys(value for values in lists for value in values))
