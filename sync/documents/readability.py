"""Readability of texts: words, sentences and reading ease, for the guides' tests and the check of alerts.

Ease is the measure of Kandel and Moles (1958) for French and Flesch's (1948), which theirs follows, for English: 100
and more is very easy, 60 an ordinary newspaper, 30 a thesis. Syllables are counted at pyphen's break points.
"""

from __future__ import annotations

import re
from functools import cache
from typing import Any

_WORD = re.compile(r"[^\W_]+(?:[-’'][^\W_]+)*")
_SENTENCE = re.compile(r"(?<=[.!?…])[\s»]+|\n")
_MEASURES = {  # pyphen's dictionary; a constant, the weight of words per sentence, the weight of syllables per word
    "fr": ("fr_FR", 207.0, 1.015, 73.6),
    "en": ("en_US", 206.835, 1.015, 84.6),
}
MEASURED_LANGUAGES = frozenset(_MEASURES)


def words(text: str) -> list[str]:
    """`l’ami` and `a-t-il` are one word each, as a reader says them."""
    return _WORD.findall(text)


def sentences(text: str) -> list[str]:
    """Sentences, with headings and items as sentences of their own."""
    return [part for part in (text_part.strip() for text_part in _SENTENCE.split(text)) if words(part)]


def syllables(word: str, lang: str = "fr") -> int:
    """At least one; `lang` is one of MEASURED_LANGUAGES."""
    return len(_hyphenation(lang).positions(word)) + 1


def ease(text: str, lang: str = "fr") -> float:
    """The reading ease of a text with at least one word; `lang` is one of MEASURED_LANGUAGES."""
    _, most, per_sentence, per_word = _MEASURES[lang]
    text_words = words(text)
    syllable_count = sum(syllables(word, lang) for word in text_words)
    return most - per_sentence * len(text_words) / len(sentences(text)) - per_word * syllable_count / len(text_words)


@cache
def _hyphenation(lang: str) -> Any:
    import pyphen  # its dictionary takes a moment to read, and most processes never ask

    return pyphen.Pyphen(lang=_MEASURES[lang][0])
