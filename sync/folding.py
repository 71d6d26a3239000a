"""Folding for search: a query typed without accents or special letters matches text written with them.

Twin: pwa/src/protocol/folding.ts; both are pinned by tests/vectors/folding.json.
"""

from __future__ import annotations

import re
import unicodedata

# Letters without a Unicode decomposition. ɲ is written ny in older Bambara spelling; ŋ is most often typed n.
LETTERS = str.maketrans(
    {
        "ɛ": "e",
        "ɔ": "o",
        "ɲ": "ny",
        "ŋ": "n",
        "ɓ": "b",
        "ɗ": "d",
        "ƴ": "y",
        "ƙ": "k",
        "ɩ": "i",
        "ʊ": "u",
        "ə": "e",
        "ɣ": "g",
        "œ": "oe",
        "æ": "ae",
        "ß": "ss",
        "ø": "o",
        "ł": "l",
    }
)

_WORDS = re.compile(r"[^\W_]+")


def fold(text: str) -> str:
    """Lower case without combining marks, special letters replaced by those people type instead."""
    plain = unicodedata.normalize("NFKD", text.lower())
    return "".join(letter for letter in plain if not unicodedata.category(letter).startswith("M")).translate(LETTERS)


def terms(text: str) -> list[str]:
    """The folded words of a text, in order."""
    return _WORDS.findall(fold(text))
