"""Copies of an alert to hand on by other roads: one SMS, and a text that a radio presenter can read out."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass

from sync.alerts.alert import Info
from sync.locale import Language

GSM_LIMIT = 160  # characters of one SMS in the alphabet of GSM 03.38
OTHER_LIMIT = 70  # when it has a letter outside it, such as ɛ or ŋ
_GSM = frozenset(
    "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§"
    "¿abcdefghijklmnopqrstuvwxyzäöñüà"
)
_PLAIN = str.maketrans(
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
class Sms:
    """`limit`: what fits one SMS with these letters. `cut`: whether something was left out."""

    text: str
    limit: int
    cut: bool


def sms(info: Info, area: str, until: str) -> Sms:
    """What to do stands before what happened. Where not all fits, the middle is cut: half a date would say another end."""
    said, end = _line([info.headline, area, info.instruction or info.description]), _line([until])
    whole = f"{said} {end}".strip()
    limit = GSM_LIMIT if all(letter in _GSM for letter in whole) else OTHER_LIMIT
    if len(whole) <= limit:
        return Sms(whole, limit, cut=False)
    if len(end) > limit * 2 // 3:
        end = ""
    cut = said[: limit - len(f".. {end}")].rsplit(" ", 1)[0].rstrip(" .,;:")
    return Sms(f"{cut}.. {end}".strip(), limit, cut=True)


def radio(info: Info, area: str, until: str, language: Language) -> str:
    """Short sentences, the essential said twice."""
    _ = language
    heart = [info.headline, _("Où : {area}", area=area), info.description]
    if info.instruction:
        heart += [_("Ce qu’il faut faire :"), info.instruction]
    return "\n\n".join([_("Attention, ceci est une alerte."), *heart, until, _("Je répète."), *heart, until])


def _line(parts: list[str]) -> str:
    """Sentences in the letters of SMS."""
    return _in_gsm(" ".join(re.sub(r"\s+", " ", part).strip().rstrip(".") + "." for part in parts if part))


def _in_gsm(text: str) -> str:
    """Letters that SMS lacks without their accent, where that is all they lack."""
    return "".join(letter if letter in _GSM else _bare(letter) for letter in text.translate(_PLAIN))


def _bare(letter: str) -> str:
    bare = "".join(part for part in unicodedata.normalize("NFD", letter) if not unicodedata.combining(part))
    return bare if bare in _GSM else letter
