"""The words that hunspell does not know and words.txt does not list. `make setup` installs hunspell and its
dictionaries.
"""

from __future__ import annotations

import re
import subprocess
from collections.abc import Iterable
from functools import cache
from pathlib import Path

DICTIONARIES = {"fr": "fr_FR", "en": "en_GB"}
_NOT_WORDS = re.compile(r"https?://\S+|[\w.+-]+@[\w.-]+|@\w+|\{\w+\}|\b(?:[\w-]+\.)+[a-z]{2,}(?:/\S*)?")
_WORD = re.compile(r"[^\W\d_]+(?:[-’'][^\W\d_]+)*")
_ELISION = re.compile(r"(?:[cdjlmnst]|qu|jusqu|lorsqu|puisqu)[’']", re.IGNORECASE)


@cache
def listed() -> frozenset[str]:
    """Names and local words, one a line; what follows # is for people."""
    lines = (Path(__file__).parents[1] / "content/words.txt").read_text("utf-8").splitlines()
    return frozenset(word for line in lines if (word := line.partition("#")[0].strip()))


def unknown(texts: Iterable[str], lang: str = "fr") -> list[str]:
    """In order, each once. Addresses, e-mail addresses and the holes of letters are no words."""
    suggestions = {
        word.replace("’", "'")
        for text in texts
        for word in _WORD.findall(_NOT_WORDS.sub(" ", text))
        if not _is_listed(word)
    }
    if not suggestions:
        return []
    answer = subprocess.run(
        ["hunspell", "-l", "-i", "utf-8", "-d", DICTIONARIES[lang]],
        input="\n".join(sorted(suggestions)),
        capture_output=True,
        text=True,
        check=True,
        encoding="utf-8",
    )
    return sorted({word for word in answer.stdout.split() if not _is_listed(word)})


def _is_listed(word: str) -> bool:
    return word in listed() or _ELISION.sub("", word, count=1) in listed()
