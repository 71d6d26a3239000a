"""The words of a message, under keys at which spellings that are said alike meet: French as written, short messages.

Twin: pwa/src/claims/message-words.ts, pinned by tests/vectors/claims.json.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache

from sync.folding import terms
from sync.search.sounds import sound_of

WORD = re.compile("(?:[^\\W_]|[\u0300-\u036f])+")
_FORWARDED = re.compile(
    r"https?://\S+"  # a link says nothing: its words are the sender's choice
    r"|\[?[0-9]{1,2}/[0-9]{1,2}(?:/[0-9]{2,4})?,? +(?:à +)?[0-9]{1,2}:[0-9]{2}\]?(?: *-)?"  # in a copied chat
    r"|(?:transféré|forwarded) (?:plusieurs fois|many times|de nombreuses fois)",
    re.IGNORECASE,
)
_NASAL = re.compile(r"m(?=[bp])")
_SILENT = "tdspx"  # at the end of a word


@dataclass(frozen=True, slots=True)
class MessageWord:
    """`written`: as in the message. `term`: folded. `key`: what it sounds like."""

    written: str
    term: str
    key: str


def message_words(text: str) -> list[MessageWord]:
    """The words of a message, in order; single letters, links and marks of forwarding are left out."""
    return [
        MessageWord(written, term, key_of(term))
        for written in WORD.findall(_FORWARDED.sub(" ", text))
        for term in terms(written)
        if len(term) > 1
    ]


@lru_cache(65_536)
def key_of(term: str) -> str:
    """The key of a folded word: its sound, n for m before b and p, without a last letter that is not said.

    An amount is a class: digits, with what counts money behind them, become their number of digits.
    """
    if term[0] in "0123456789":
        digits = re.match(r"[0-9]+", term)
        return f"~{len(digits[0])}" if digits else term
    sound = _NASAL.sub("n", sound_of(term))
    return sound[:-1] if len(sound) > 3 and sound[-1] in _SILENT else sound
