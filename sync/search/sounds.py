"""The sound of a French word, as a key: spellings that are said alike, and forms of one word, have the same key.

Works on folded words. A key is for comparison only, never shown. Words of other scripts are their own keys, and what
the rules do to a word of another language they do to the question and the page alike.
Twin: pwa/src/search/sounds.ts; both are pinned by tests/vectors/search.json.
"""

from __future__ import annotations

import re
from functools import lru_cache

_CONSONANTS = re.compile(r"ph|s?ch|sh|ck|qu|q|c(?=[eiy])|c|gu(?=[eiy])|g(?=[eiy])|t(?=ion)|y|w|z|h")
_CONSONANT_SOUNDS = {
    "ph": "f",
    "ch": "c",
    "sch": "c",
    "sh": "c",
    "gu": "g",
    "g": "j",
    "t": "s",
    "y": "i",
    "w": "v",
    "z": "s",
    "h": "",
}
# Ending, what takes its place, letters that must stand before it. In sounds: "tion" is "sion" here. First match counts.
_ENDINGS = (
    ("ikasion", "i", 3),
    ("asion", "", 4),
    ("ement", "", 3),
    ("ikateur", "i", 3),
    ("ateur", "", 4),
    ("euse", "", 3),
    ("eur", "", 3),
    ("aient", "", 3),
    ("ait", "", 3),
    ("ant", "", 5),
    ("ent", "", 5),
    ("dre", "d", 3),
    ("ajer", "", 4),
    ("aje", "", 4),
    ("eau", "o", 1),
    ("ee", "", 2),
    ("ue", "", 4),
    ("er", "", 3),
    ("es", "", 3),
    ("u", "", 4),
    ("e", "", 3),
)
_VOWELS = re.compile(r"eau|au|ai|ei|e(?=[nm](?![aeiou]))")
_VOWEL_SOUNDS = {"eau": "o", "au": "o", "ai": "e", "ei": "e", "e": "a"}
_DOUBLED = re.compile(r"([a-z])\1+")
_LATIN = re.compile(r"[a-z]{3,}")


@lru_cache(65_536)
def sound_of(word: str) -> str:
    """The key of a folded word; words with digits, of other scripts, or of two letters are their own."""
    if not _LATIN.fullmatch(word):
        return word
    return _vowels(_stem(_consonants(word)))


def opening_of(word: str) -> str:
    """The first letters of the key of every word that may begin with these; "" if they are too few to tell."""
    if not _LATIN.fullmatch(word):
        return word if len(word) > 2 else ""
    opening = _vowels(_consonants(word)[:-1] if word[-1] in "aeucgpqst" else _consonants(word))
    return opening if len(opening) > 1 else ""


def _consonants(word: str) -> str:
    return _CONSONANTS.sub(lambda match: _CONSONANT_SOUNDS.get(match[0], "s" if _is_soft(match) else "k"), word)


def _is_soft(match: re.Match[str]) -> bool:
    """True for a c that is said s."""
    return match[0] == "c" and match.string[match.end() : match.end() + 1] in tuple("eiy")


def _stem(word: str) -> str:
    if len(word) > 3 and word[-1] in "sx" and word[-2] != "s":
        word = word[:-1]
    if len(word) > 4 and word.endswith("au") and word[-3] != "e":
        return word[:-1] + "l"  # journaux, journal; the x is gone
    for ending, replacement, before in _ENDINGS:
        if word.endswith(ending) and len(word) - len(ending) >= before:
            return word[: len(word) - len(ending)] + replacement
    return word


def _vowels(word: str) -> str:
    return _DOUBLED.sub(r"\1", _VOWELS.sub(lambda match: _VOWEL_SOUNDS[match[0]], word))
