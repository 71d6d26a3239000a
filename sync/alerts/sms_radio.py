"""Versions of an alert for other media: a single SMS, and a script for a radio presenter."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass, replace

from sync.alerts.wording import AlertWording
from sync.locale import Language

MAX_GSM_LENGTH = 160  # characters of one SMS in the alphabet of GSM 03.38
MAX_UCS2_LENGTH = 70  # characters of one SMS with a letter outside that alphabet, such as ɛ or ŋ
_GSM_ALPHABET = frozenset(
    "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§"
    "¿abcdefghijklmnopqrstuvwxyzäöñüà"
)
_GSM_SUBSTITUTES = str.maketrans(
    {
        "’": "'",
        "‘": "'",
        "«": '"',
        "»": '"',
        "“": '"',
        "”": '"',
        "…": "...",
        "–": "-",
        "—": "-",
        "\u00a0": " ",
        "\u202f": " ",
        "œ": "oe",
    }
)


@dataclass(frozen=True, slots=True)
class SmsText:
    """Text for one SMS. `limit`: the length that one SMS with these letters may have."""

    text: str
    limit: int
    is_truncated: bool


def write_sms(wording: AlertWording) -> SmsText:
    """Write an SMS with the instruction, or else the description.

    A text that is too long is cut before the end date, because half a date would be wrong.
    """
    parts = [wording.title, wording.area, wording.instruction or wording.description]
    message = _gsm_line([*parts, wording.source])
    end = "" if wording.is_over else _gsm_line([wording.end])  # the title says that it is over
    whole = f"{message} {end}".strip()
    limit = MAX_GSM_LENGTH if all(letter in _GSM_ALPHABET for letter in whole) else MAX_UCS2_LENGTH
    if wording.source and len(whole) > limit:
        return write_sms(replace(wording, source=""))  # what to do goes before who says so
    if len(whole) <= limit:
        return SmsText(whole, limit, is_truncated=False)
    if len(end) > limit * 2 // 3:
        end = ""
    truncated = message[: limit - len(f".. {end}")].rsplit(" ", 1)[0].rstrip(" .,;:")
    return SmsText(f"{truncated}.. {end}".strip(), limit, is_truncated=True)


def write_radio_script(wording: AlertWording, language: Language) -> str:
    """Write short paragraphs, with the message repeated."""
    _ = language
    if wording.is_over:
        opening = _("Voici la fin d’une alerte.")
    elif wording.is_update:
        opening = _("Attention, une alerte change.")
    else:
        opening = _("Attention, ceci est une alerte.")
    source = [wording.source] if wording.source else []
    message = [wording.title, *source, _("Où : {area}", area=wording.area), wording.description]
    if wording.instruction:
        message += [_("Ce qu’il faut faire :"), wording.instruction]
    message += [wording.end]
    drill = [wording.drill] if wording.drill else []
    return "\n\n".join([*drill, opening, *message, _("Je répète."), *message, *drill])


def _gsm_line(parts: list[str]) -> str:
    """Join parts as sentences, in the alphabet of SMS where possible."""
    return _to_gsm(" ".join(re.sub(r"\s+", " ", part).strip().rstrip(".") + "." for part in parts if part))


def _to_gsm(text: str) -> str:
    """Replace letters outside the alphabet by a substitute or by the letter without accent, if that is in it."""
    return "".join(
        letter if letter in _GSM_ALPHABET else _without_accent(letter) for letter in text.translate(_GSM_SUBSTITUTES)
    )


def _without_accent(letter: str) -> str:
    bare = "".join(part for part in unicodedata.normalize("NFD", letter) if not unicodedata.combining(part))
    return bare if bare in _GSM_ALPHABET else letter
