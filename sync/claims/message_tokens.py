"""The tokens of a message: its words and what they mean, as far as a vocabulary knows them. Pure.

Twin: pwa/src/claims/message-tokens.ts.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache, lru_cache

from sync.claims.message_words import MessageWord, message_words
from sync.claims.words import LONGEST_PHRASE, word_list

_ALIKE = 62  # percent of pairs of letters that two spellings of a word share
_LONGER = 2  # letters by which they differ at most
_SHORTEST = 4  # letters of a key that may be misspelled
_ARTICLES = "ldjmtsnk"  # written together with the word: larjan, jarive
_VOWELS = "aeiouy"
_STEM = 4  # letters
_CAUTIOUS = -1_000_000  # so that no score is enough


class _KnownKeys:
    """Keys of words, by their first letter and their pairs of letters."""

    def __init__(self, keys: Iterable[str]) -> None:
        self.keys = frozenset(keys)
        self._by_letter: dict[str, list[tuple[str, frozenset[str]]]] = {}
        for key in self.keys:
            if len(key) >= _SHORTEST:
                self._by_letter.setdefault(key[0], []).append((key, _pairs(key)))

    def nearest(self, key: str) -> tuple[float, str]:
        """The percent of pairs shared with the most alike key, below zero so that the best is least, and that key."""
        pairs, best = _pairs(key), (0.0, "")
        for known, others in self._by_letter.get(key[0], ()):
            if abs(len(known) - len(key)) <= _LONGER:
                share = 200 * len(pairs & others) / (len(pairs) + len(others))
                best = min(best, (-share, known))
        return best


@cache
def _meaning_keys() -> _KnownKeys:
    return _KnownKeys(phrase for phrase in word_list().meanings if " " not in phrase)


@lru_cache(65_536)
def _nearest_meaning(key: str) -> tuple[float, str]:
    return _meaning_keys().nearest(key)


class Vocabulary:
    """The keys of words that are known: given ones, and those of the word list, which all vocabularies share."""

    def __init__(self, keys: Iterable[str]) -> None:
        self._given = _KnownKeys(keys)

    def find(self, key: str) -> str:
        """The known key that this one is, or is a spelling of; "" if there is none."""
        if self._has(key):
            return key
        if len(key) < _SHORTEST:
            return ""
        if len(key) > _SHORTEST and key[0] in _ARTICLES and key[1] in _VOWELS and self._has(key[1:]):
            return key[1:]
        least, found = min(self._given.nearest(key), _nearest_meaning(key))
        return found if -least >= _ALIKE else ""

    def _has(self, key: str) -> bool:
        return key in self._given.keys or key in _meaning_keys().keys


@dataclass(frozen=True, slots=True)
class MessageTokens:
    """`tokens`: each with the words, as written, that brought it. `unknown`: words that no token stands for.

    `tone`: thousandths for or against that it is surely a claim, by how it speaks; told where a vocabulary is given.
    """

    tokens: Mapping[str, Sequence[str]]
    unknown: int
    tone: int


def message_tokens(text: str, vocabulary: Vocabulary | None = None) -> MessageTokens:
    """The tokens of a text: keys of its words, and meanings. Without a vocabulary every word is known."""
    return tokens_of_words(message_words(text), vocabulary)


def tokens_of_words(words: Sequence[MessageWord], vocabulary: Vocabulary | None = None) -> MessageTokens:
    """The tokens of a text whose words are found already."""
    meanings, ignored = word_list().meanings, word_list().ignored
    known = [word.key if not vocabulary or word.term in ignored else vocabulary.find(word.key) for word in words]
    keys = [found or word.key for found, word in zip(known, words, strict=True)]
    tokens: dict[str, list[str]] = {}
    meant: set[int] = set()
    for start in range(len(words)):
        for length in range(min(LONGEST_PHRASE, len(words) - start), 0, -1):
            found = meanings.get(" ".join(keys[start : start + length]))
            if found and (length > 1 or words[start].term not in ignored):
                meant.update(range(start, start + length))
                for token in found:
                    tokens.setdefault(token, []).extend(word.written for word in words[start : start + length])
                break
    unknown = 0
    for place, (word, key) in enumerate(zip(words, known, strict=True)):
        if word.term in ignored:
            continue
        if key:
            tokens.setdefault(key, []).append(word.written)
        elif place not in meant:
            unknown += 1
    return MessageTokens(tokens, unknown, _tone(words) if vocabulary else 0)


def stems_of(words: Sequence[MessageWord]) -> frozenset[str]:
    """The first letters of the longer words, folded."""
    return frozenset(word.term[:_STEM] for word in words if len(word.term) > _STEM)


def _tone(words: Sequence[MessageWord]) -> int:
    folded = " ".join(word.term for word in words)
    if any(pattern.search(folded) for pattern in word_list().cautions):
        return _CAUTIOUS
    signs = word_list().signs
    return sum(signs.get(stem, 0) for stem in stems_of(words))


def _pairs(key: str) -> frozenset[str]:
    """The pairs of neighbouring letters of a key, its ends among them."""
    marked = f"^{key}$"
    return frozenset(marked[place : place + 2] for place in range(len(marked) - 1))
