"""The headings of XLSForm sheets: their older spellings, their languages; those not supported with what to do instead."""

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
_KNOWN = {
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
    ),
    "choices": ("list_name", "name", "label", "image", "audio"),
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
    ),
}
_TEXTS = ("label", "hint", "required_message", "constraint_message", "image", "audio")
_NOT_THIS = "Effacez cette colonne."
_UNSUPPORTED = {
    "guidance_hint": "Mettez ce texte dans la colonne hint.",
    "big-image": "Mettez l’image dans la colonne image.",
    "video": "Une vidéo pèse trop pour ces téléphones : mettez une image ou un son.",
    "autoplay": _NOT_THIS,
    "rows": "Pour plusieurs lignes, écrivez multiline dans appearance.",
    "trigger": "Une formule suit d’elle-même ce qu’elle nomme : effacez cette colonne.",
    "save_to": _NOT_THIS,
    "compact_tag": _NOT_THIS,
    "noapperrorstring": _NOT_THIS,
    "no_app_error_string": _NOT_THIS,
    "query": "Filtrez les choix avec choice_filter.",
    "intent": _NOT_THIS,
    "disabled": "Effacez la ligne si la question ne sert plus.",
}
_UNSUPPORTED_SETTINGS = {
    "public_key": "Kunnafoni scelle avec la clé du site : écrivez yes dans la colonne sealed.",
    "submission_url": "Les réponses viennent toujours à ce site.",
    "instance_name": "La liste des réponses montre le formulaire, le jour et le lieu.",
    "allow_choice_duplicates": "Donnez un nom différent à chaque choix.",
    "client_editable": _NOT_THIS,
}
_GROUPED = re.compile(r"(bind|control|body|media|instance)::?(.+)")
_ALIKE = 0.8  # of difflib: one or two letters of eight
_CODE = re.compile(r"[a-z]{2,3}")
_NAMED_CODE = re.compile(r".*\(\s*([a-z]{2,3})(?:-[A-Za-z0-9]+)?\s*\)")


@dataclass(frozen=True, slots=True)
class Column:
    """What a heading stands for. `own`: a column of the author's, which filters may name. `language` "": the form's own.

    `meant`: the known heading that this one is a slip of the pen for; taken for the author's own, it would silently do nothing.
    """

    name: str
    text: bool = False
    language: str = ""
    own: bool = False
    unsupported: str = ""
    bad_language: str = ""
    meant: str = ""


def column_of(sheet: str, heading: str) -> Column:
    name, language = _split(heading.strip())
    plain = _ALIASES[sheet].get(
        name.lower(), _ALIASES[sheet].get(name.lower().replace(" ", "_"), name.lower().replace(" ", "_"))
    )
    if grouped := _GROUPED.fullmatch(f"{name}::{language}" if language else name):
        inner, language = _split(grouped[2].strip())
        plain = _ALIASES[sheet].get(inner.lower(), inner.lower().replace(" ", "_"))
        if plain not in _KNOWN[sheet] and plain not in _UNSUPPORTED:
            return Column(heading, unsupported=_NOT_THIS)
    if plain in _KNOWN[sheet]:
        if plain not in _TEXTS:
            return Column(plain)
        code = language_code(language)
        return Column(plain, text=True, language=code, bad_language="" if code or not language else language)
    unsupported = (_UNSUPPORTED_SETTINGS if sheet == "settings" else _UNSUPPORTED).get(plain, "")
    if unsupported or (sheet == "settings" and plain.startswith("sms_")) or plain.startswith("sms_"):
        return Column(plain, unsupported=unsupported or _NOT_THIS)
    if sheet != "choices" and (meant := almost(plain, (*_KNOWN[sheet], *_ALIASES[sheet]))):
        return Column(heading, meant=meant)
    return Column(heading.strip(), own=True)


def almost(name: str, known: Iterable[str]) -> str:
    """The known name that this one is nearly; empty when there is none."""
    return next(iter(get_close_matches(name.lower(), tuple(known), 1, _ALIKE)), "")


def _split(heading: str) -> tuple[str, str]:
    """`label::Français (fr)` or, as older forms have it, `label:Français`."""
    name, mark, rest = heading.partition("::")
    if not mark and not heading.lower().startswith("jr:"):
        name, mark, rest = heading.partition(":")
    return name.strip(), rest.strip()


def language_code(name: str) -> str:
    """The code of a language written `fr`, `Français (fr)` or by its name in French, English or itself; empty when not understood."""
    name = name.strip()
    if _CODE.fullmatch(name.lower()):
        return name.lower()
    if match := _NAMED_CODE.fullmatch(name):
        return match[1]
    return _by_name().get(name.lower(), "")


@cache
def _by_name() -> dict[str, str]:
    names = {
        "español": "es",
        "português": "pt",
        "العربية": "ar",
        "kiswahili": "sw",
        "bamanankan": "bm",
        "pulaar": "ff",
        "hausa": "ha",
    }
    for shown in ("en", "fr"):
        for code, language in Locale(shown).languages.items():
            if _CODE.fullmatch(code):
                names.setdefault(language.lower(), code)
    return names
