"""Headings of XLSForm sheets: older spellings, languages, and for unsupported ones a hint.

Used by sync/forms/sheets.py.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from difflib import get_close_matches
from functools import cache

from babel import Locale

_ALIASES = {
    "survey": {
        "caption": "label",
        "command": "type",
        "tag": "name",
        "value": "name",
        "relevance": "relevant",
        "relevant": "relevant",
        "calculate": "calculation",
        "readonly": "read_only",
        "constraining_message": "constraint_message",
        "requiredmsg": "required_message",
        "jr:constraintmsg": "constraint_message",
        "jr:requiredmsg": "required_message",
        "count": "repeat_count",
        "jr:count": "repeat_count",
        "constraintmsg": "constraint_message",
    },
    "choices": {"caption": "label", "value": "name", "list name": "list_name", "list": "list_name"},
    "settings": {
        "id_string": "form_id",
        "set_form_title": "form_title",
        "set_form_id": "form_id",
        "title": "form_title",
    },
}
_SUPPORTED = {
    "survey": (
        "type",
        "name",
        "label",
        "hint",
        "required",
        "required_message",
        "relevant",
        "constraint",
        "constraint_message",
        "calculation",
        "default",
        "choice_filter",
        "appearance",
        "image",
        "audio",
        "read_only",
        "repeat_count",
        "parameters",
        "disabled",
    ),
    "choices": ("list_name", "name", "label", "image", "audio", "pictogram"),
    "settings": (
        "form_title",
        "form_id",
        "version",
        "default_language",
        "audience",
        "sealed",
        "keep",
        "place",
        "decimals",
        "style",
        "name",
        "allow_choice_duplicates",
        "instance_name",
    ),
}
_TRANSLATABLE = ("label", "hint", "required_message", "constraint_message", "image", "audio")
_DELETE_COLUMN = "Effacez cette colonne."
_UNSUPPORTED = {
    "guidance_hint": "Mettez ce texte dans la colonne hint.",
    "big-image": "Mettez l’image dans la colonne image.",
    "video": "Une vidéo pèse trop pour ces téléphones : mettez une image ou un son.",
    "autoplay": _DELETE_COLUMN,
    "rows": "Pour plusieurs lignes, écrivez multiline dans appearance.",
    "trigger": "Une formule suit d’elle-même ce qu’elle nomme : effacez cette colonne.",
    "save_to": _DELETE_COLUMN,
    "compact_tag": _DELETE_COLUMN,
    "noapperrorstring": _DELETE_COLUMN,
    "no_app_error_string": _DELETE_COLUMN,
    "query": "Filtrez les choix avec choice_filter.",
    "intent": _DELETE_COLUMN,
}
_UNSUPPORTED_SETTINGS = {
    "public_key": "Kunnafoni scelle avec la clé du site : écrivez yes dans la colonne sealed.",
    "submission_url": "Les réponses viennent toujours à ce site.",
    "client_editable": _DELETE_COLUMN,
}
_PREFIXED = re.compile(r"(bind|control|body|media|instance)::?(.+)")
_SIMILARITY = 0.8  # difflib's ratio: one or two letters of eight differ
_CODE = re.compile(r"[a-z]{2,3}")
_NAMED_CODE = re.compile(r".*\(\s*([A-Za-z]{2,3})(?:-[A-Za-z0-9]+)?\s*\)")


@dataclass(frozen=True, slots=True)
class Column:
    """Meaning of a heading. `is_custom`: a column of the author's, which filters may name.

    `language`: "" for the form's own. `unsupported`: a hint. `bad_language`: a language that is not understood.
    `suggestion`: the known heading that this one probably misspells; as a custom column it would silently do nothing.
    """

    name: str
    is_translatable: bool = False
    language: str = ""
    is_custom: bool = False
    unsupported: str = ""
    bad_language: str = ""
    suggestion: str = ""


def parse_heading(sheet: str, heading: str) -> Column:
    name, language = _split_heading(heading.strip())
    plain = _ALIASES[sheet].get(
        name.lower(), _ALIASES[sheet].get(name.lower().replace(" ", "_"), name.lower().replace(" ", "_"))
    )
    if prefixed := _PREFIXED.fullmatch(f"{name}::{language}" if language else name):
        name, language = _split_heading(prefixed[2].strip())
        plain = _ALIASES[sheet].get(name.lower(), name.lower().replace(" ", "_"))
        if plain not in _SUPPORTED[sheet] and plain not in _UNSUPPORTED:
            return Column(heading, unsupported=_DELETE_COLUMN)
    if plain in _SUPPORTED[sheet]:
        if plain not in _TRANSLATABLE:
            return Column(plain)
        code = language_code(language)
        return Column(plain, is_translatable=True, language=code, bad_language="" if code or not language else language)
    unsupported = (_UNSUPPORTED_SETTINGS if sheet == "settings" else _UNSUPPORTED).get(plain, "")
    if unsupported or (sheet == "settings" and plain.startswith("sms_")) or plain.startswith("sms_"):
        return Column(plain, unsupported=unsupported or _DELETE_COLUMN)
    if sheet != "choices" and (suggestion := closest_match(plain, (*_SUPPORTED[sheet], *_ALIASES[sheet]))):
        return Column(heading, suggestion=suggestion)
    return Column(heading.strip(), is_custom=True)


def closest_match(name: str, candidates: Iterable[str]) -> str:
    """The candidate that the name probably misspells, or ""."""
    return next(iter(get_close_matches(name.lower(), tuple(candidates), 1, _SIMILARITY)), "")


def _split_heading(heading: str) -> tuple[str, str]:
    """Name and language of `label::Français (fr)` or, in older forms, `label:Français`."""
    name, mark, rest = heading.partition("::")
    if not mark and not heading.lower().startswith("jr:"):
        name, mark, rest = heading.partition(":")
    return name.strip(), rest.strip()


def language_code(name: str) -> str:
    """The code of `fr`, `Français (fr)` or a language's name in French, English or itself; "" if not understood."""
    name = name.strip()
    if _CODE.fullmatch(name.lower()):
        return name.lower()
    if match := _NAMED_CODE.fullmatch(name):
        return match[1].lower()
    return _codes_by_name().get(name.lower(), "")


@cache
def _codes_by_name() -> dict[str, str]:
    names = {
        "español": "es",
        "português": "pt",
        "العربية": "ar",
        "kiswahili": "sw",
        "bamanankan": "bm",
        "pulaar": "ff",
        "hausa": "ha",
        "tetun": "tet",
    }
    for locale in ("en", "fr"):
        for code, language in Locale(locale).languages.items():
            if _CODE.fullmatch(code):
                names.setdefault(language.lower(), code)
    return names
