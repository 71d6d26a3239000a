"""The words that carry nothing, the words of one meaning, the cautions, and the messages that no notice is about.

The thresholds of claim_index.py are set for this list, so it belongs to the code and to every build of the app. Twin:
pwa/src/claims/words.ts; both read words.json.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from sync.claims.message_words import message_words

LONGEST_PHRASE = 5  # words


@dataclass(frozen=True, slots=True)
class WordList:
    """`ignored`: folded words. `meanings`: by the keys of a phrase, with a space between two, the tokens it means.

    A token of a meaning is "#" and its number. `cautions`: patterns of messages that warn or are true, for the folded
    words with a space between two: never do it; it is false, beware; a message one has dealt with. `signs`: of stems,
    the thousandths that they speak for or against a message's being surely a claim; learnt from messages
    (tests/bench/claim_signs.py).
    """

    ignored: frozenset[str]
    meanings: Mapping[str, tuple[str, ...]]
    cautions: tuple[re.Pattern[str], ...]
    signs: Mapping[str, int]
    everyday: tuple[str, ...]


@cache
def word_list() -> WordList:
    """The list of words.json."""
    data = json.loads((Path(__file__).parent / "words.json").read_text("utf-8"))
    everyday = (*data["everyday"], *data["others"])
    return WordList(
        frozenset(data["ignored"].split()),
        _phrases(data["meanings"]),
        tuple(re.compile(pattern, re.ASCII) for pattern in data["cautions"]),
        {stem: int(weight) for weight, stems in data["signs"].items() for stem in stems.split()},
        everyday,
    )


def _phrases(lines: Sequence[str]) -> dict[str, tuple[str, ...]]:
    phrases: dict[str, tuple[str, ...]] = {}
    for number, line in enumerate(lines):
        for phrase in line.split(", "):
            keys = " ".join(word.key for word in message_words(phrase))
            token = f"#{number}"
            if keys and token not in phrases.get(keys, ()):
                phrases[keys] = (*phrases.get(keys, ()), token)
    return phrases
