"""Readability of French texts: words, sentences and the measure of Kandel and Moles (1958), Flesch's for French.

100 and more is very easy, 60 an ordinary newspaper, 30 a thesis. Syllables are counted at pyphen's French break points.
"""

from __future__ import annotations

import re

from pyphen import Pyphen

_WORD = re.compile(r"[^\W_]+(?:[-’][^\W_]+)*")
_SENTENCE = re.compile(r"(?<=[.!?…])[\s»]+|\n")
_SYLLABLES = Pyphen(lang="fr_FR")


def words(text: str) -> list[str]:
    """`l’ami` and `a-t-il` are one word each, as a reader says them."""
    return _WORD.findall(text)


def sentences(text: str) -> list[str]:
    """Sentences, with headings and items as sentences of their own."""
    return [part for part in (text_part.strip() for text_part in _SENTENCE.split(text)) if words(part)]


def syllables(word: str) -> int:
    return len(_SYLLABLES.positions(word)) + 1


def ease(text: str) -> float:
    """207 - 1.015 words per sentence - 73.6 syllables per word."""
    text_words = words(text)
    return (
        207 - 1.015 * len(text_words) / len(sentences(text)) - 73.6 * sum(map(syllables, text_words)) / len(text_words)
    )
