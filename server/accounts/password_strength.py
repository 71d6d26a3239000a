"""The strength of a new password: the number of guesses that zxcvbn estimates, with what an attacker here would try.

zxcvbn knows common passwords, English words, names, dates, keyboard runs and repetitions. Added to it are the common
passwords of French speakers, and the words of the account and its site. Loaded on first use: 16 MB and 0.2 s.
"""

from __future__ import annotations

import re
import threading
from collections.abc import Callable, Collection, Iterator
from pathlib import Path
from typing import Any

from sync.errors import Refused
from sync.folding import fold

MIN_LENGTH = 12  # characters
MAX_LENGTH = 200  # characters: bounds the cost of hashing for the server
MIN_GUESSES = 10**10  # zxcvbn's highest class: safe even from a thief of the hashes
ASSESSED_LENGTH = 32  # characters from the start: more take zxcvbn seconds
ADVICE = "Quatre mots sans rapport font un bon mot de passe."
FRENCH_PASSWORDS = Path(__file__).parent / "french-passwords.txt"

_ADVERTISED = ("Kunnafoni", "mot de passe", "quatre mots sans rapport", "four unrelated words")
_WORD = re.compile(r"[^\W_]{3,}")
_SEPARATORS = re.compile(r"[\s._-]")
_lock = threading.Lock()  # zxcvbn keeps the words of a call in a global


def check_strength(password: str, words: Collection[str] = ()) -> None:
    """Raises Refused, with advice, for a password that is too short, too long or too easy to guess.

    `words`: texts about the account and its site. Takes up to a second for odd passwords: call it in a thread.
    """
    if len(password) < MIN_LENGTH:
        raise Refused(
            "password-short",
            "Ce mot de passe est trop court : {least} signes au moins.",
            ADVICE,
            least=MIN_LENGTH,
        )
    if len(password) > MAX_LENGTH:
        raise Refused("password-long", "Ce mot de passe est trop long : {most} signes au plus.", most=MAX_LENGTH)
    if estimate_guesses(password, words) < MIN_GUESSES:
        raise Refused("password-easy", "Ce mot de passe se devine.", ADVICE)


def estimate_guesses(password: str, words: Collection[str] = ()) -> float:
    """The number of guesses that an attacker who knows `words` needs, also without spaces and hyphens."""
    assessed = password[:ASSESSED_LENGTH]
    forms = {assessed, fold(assessed), _SEPARATORS.sub("", assessed)}
    known = list(dict.fromkeys(form for text in (*_ADVERTISED, *words) for form in _forms(text)))
    with _lock:
        zxcvbn = _load_zxcvbn()
        return min(float(zxcvbn(form, known)["guesses"]) for form in forms if form)


def _forms(text: str) -> Iterator[str]:
    """A text, its words, and all of it without separators; each also without accents and special letters."""
    for part in (text, *_WORD.findall(text), _SEPARATORS.sub("", text)):
        yield part
        yield fold(part)


def _load_zxcvbn() -> Callable[..., Any]:
    import zxcvbn
    from zxcvbn import matching

    if "french" not in matching.RANKED_DICTIONARIES:
        lines = FRENCH_PASSWORDS.read_text("utf-8").splitlines()
        matching.add_frequency_lists({"french": [line for line in lines if not line.startswith("#")]})
    return zxcvbn.zxcvbn
