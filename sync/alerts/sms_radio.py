"""Copies of an alert to hand on by other roads: one SMS, and a text that a radio presenter can read out."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass

from sync.alerts.alert import AlertInfo
from sync.locale import Language

MAX_GSM_LENGTH = 160  # characters of one SMS in the alphabet of GSM 03.38
MAX_UCS2_LENGTH = 70  # when it has a letter outside it, such as ɛ or ŋ
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
    """`limit`: what fits one SMS with these letters. `cut`: whether something was left out."""

    text: str
    limit: int
    is_truncated: bool


def write_sms(info: AlertInfo, area: str, until: str) -> SmsText:
    """What to do stands before what happened. Where not all fits, the middle is cut: half a date would say another end."""
    said, end = _gsm_line([info.headline, area, info.instruction or info.description]), _gsm_line([until])
    whole = f"{said} {end}".strip()
    limit = MAX_GSM_LENGTH if all(letter in _GSM_ALPHABET for letter in whole) else MAX_UCS2_LENGTH
    if len(whole) <= limit:
        return SmsText(whole, limit, is_truncated=False)
    if len(end) > limit * 2 // 3:
        end = ""
    cut = said[: limit - len(f".. {end}")].rsplit(" ", 1)[0].rstrip(" .,;:")
    return SmsText(f"{cut}.. {end}".strip(), limit, is_truncated=True)


def write_radio_script(info: AlertInfo, area: str, until: str, language: Language) -> str:
    """Short sentences, the essential said twice."""
    _ = language
    heart = [info.headline, _("Où : {area}", area=area), info.description]
    if info.instruction:
        heart += [_("Ce qu’il faut faire :"), info.instruction]
    return "\n\n".join([_("Attention, ceci est une alerte."), *heart, until, _("Je répète."), *heart, until])


def _gsm_line(parts: list[str]) -> str:
    """Sentences in the letters of SMS."""
    return _to_gsm(" ".join(re.sub(r"\s+", " ", part).strip().rstrip(".") + "." for part in parts if part))


def _to_gsm(text: str) -> str:
    """Letters that SMS lacks without their accent, where that is all they lack."""
    return "".join(
        letter if letter in _GSM_ALPHABET else _without_accent(letter) for letter in text.translate(_GSM_SUBSTITUTES)
    )


def _without_accent(letter: str) -> str:
    bare = "".join(part for part in unicodedata.normalize("NFD", letter) if not unicodedata.combining(part))
    return bare if bare in _GSM_ALPHABET else letter
