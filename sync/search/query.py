"""A question as units: words or phrases, each with the alternatives that count for it. Pure.

Twin: pwa/src/search/query.ts.
"""

from __future__ import annotations

from dataclasses import dataclass

from sync.folding import terms
from sync.search.lexicon import LONGEST_PHRASE, Lexicon, Phrase, is_word, word_pairs
from sync.search.sounds import opening_of, sound_of

EXACT, SYNONYM, OPENED, ALIKE = 100, 80, 50, 50  # percent


@dataclass(frozen=True, slots=True)
class Alternative:
    """`sounds`: all must be in the page. `percent`: what a match counts."""

    sounds: Phrase
    percent: int


@dataclass(frozen=True, slots=True)
class Unit:
    """`opening`: what the last word begins with, which a person may still be typing; "" for others.

    `joined`: the unit is two words that count only if some page writes them as one. `pair`: two neighbouring words, in
    the order of an author's keyword; they count only for pages that something else has found.
    """

    alternatives: tuple[Alternative, ...]
    opening: str = ""
    joined: bool = False
    pair: bool = False


def parse_query(question: str, lexicon: Lexicon) -> list[Unit]:
    """The units of a question, in order; after two words that may be one, a `joined` unit; last the pairs."""
    words = lexicon.words(question) or [word for word in terms(question) if is_word(word)]
    is_open = question[-1:].isalnum()
    sounds = tuple(sound_of(word) for word in words)
    units: list[Unit] = []
    place = 0
    while place < len(words):
        length = _known_length(sounds, place, lexicon)
        phrase = sounds[place : place + max(length, 1)]
        others = lexicon.synonyms.get(phrase, ())
        place += len(phrase)
        opening = opening_of(words[-1]) if is_open and place == len(words) and len(phrase) == 1 else ""
        alternatives = (Alternative(phrase, EXACT), *(Alternative(other, SYNONYM) for other in others))
        units.append(Unit(alternatives, opening))
        if length == 0 and place < len(words):
            units.append(Unit((Alternative((sound_of(words[place - 1] + words[place]),), EXACT),), joined=True))
    return units + [Unit((Alternative((pair,), EXACT),), joined=True, pair=True) for pair in word_pairs(question)]


def _known_length(sounds: Phrase, place: int, lexicon: Lexicon) -> int:
    """The words from `place` on of the longest phrase that has synonyms; 0 if none has."""
    for length in range(min(LONGEST_PHRASE, len(sounds) - place), 0, -1):
        if sounds[place : place + length] in lexicon.synonyms:
            return length
    return 0
