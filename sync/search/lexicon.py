"""The lexicon of a channel: words that a question is asked with but not about, and words that stand for each other.

It travels as an ordinary page of the edition, LEXICON_PATH, which sync/rendering makes from content/synonyms.yaml.
Twin: pwa/src/search/lexicon.ts.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from html import unescape
from itertools import pairwise

from sync.folding import terms
from sync.search.sounds import sound_of

LEXICON_PATH = "search/words"
LONGEST_PHRASE = 4  # words, ignored ones not counted

Phrase = tuple[str, ...]  # the sounds of its words, ignored words left out

_IGNORED = re.compile(r"<p data-ignored>([^<]*)")
_GROUP = re.compile(r"<li>([^<]*)")


@dataclass(frozen=True, slots=True)
class Lexicon:
    """`ignored`: folded words. `synonyms`: by phrase, the phrases that stand for it."""

    ignored: frozenset[str] = frozenset()
    synonyms: Mapping[Phrase, tuple[Phrase, ...]] = field(default_factory=dict)

    @classmethod
    def of(cls, ignored: Iterable[str], groups: Iterable[str]) -> Lexicon:
        """`groups`: phrases that stand for each other, separated by commas."""
        words = frozenset(term for text in ignored for term in terms(text))
        plain = cls(words)
        synonyms: dict[Phrase, tuple[Phrase, ...]] = {}
        for group in groups:
            phrases = [phrase for text in group.split(",") if (phrase := plain.phrase(text))]
            for phrase in phrases:
                others = (*synonyms.get(phrase, ()), *(other for other in phrases if other != phrase))
                synonyms[phrase] = tuple(dict.fromkeys(others))
        return cls(words, synonyms)

    @classmethod
    def from_page(cls, body: str) -> Lexicon:
        """The lexicon of the page LEXICON_PATH; an empty one of an empty body."""
        ignored = [unescape(text) for text in _IGNORED.findall(body)]
        return cls.of(ignored, (unescape(text) for text in _GROUP.findall(body)))

    def words(self, text: str) -> list[str]:
        """The folded words that the text is about."""
        return [word for word in terms(text) if is_word(word) and word not in self.ignored]

    def phrase(self, text: str) -> Phrase:
        return tuple(sound_of(word) for word in self.words(text))


def word_pairs(text: str) -> list[str]:
    """The keys of each two neighbouring words of a text, ignored ones too. They begin with "+", which no sound does."""
    sounds = [sound_of(term) for term in terms(text)]
    return [f"+{one}+{other}" for one, other in pairwise(sounds)]


def is_word(term: str) -> bool:
    """False for single letters: l’, d’, the SMS writer's g."""
    return len(term) > 1
