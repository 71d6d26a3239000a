"""The slug of a new text, made of its title: it stands in the address of its page for good."""

from __future__ import annotations

from collections.abc import Callable
from itertools import count

from sync.folding import terms

MAX_LENGTH = 40  # characters: addresses are read aloud and typed
# Negations stay: an address must not say the opposite of its title.
SHORT_WORDS = frozenset(
    ("a", "au", "aux", "ce", "d", "de", "des", "du", "en", "et", "l", "la", "le", "les", "un", "une")
)


def free_slug(title: str, is_taken: Callable[[str], bool]) -> str:
    """The title's words without accents, joined by hyphens, with a number if another text has them; "" without words.

    Words that carry little are left out while others remain.
    """
    words = [word for word in terms(title) if word.isascii()]
    words = [word for word in words if word not in SHORT_WORDS] or words
    slug = "-".join(words)
    if len(slug) > MAX_LENGTH:
        slug = slug[: MAX_LENGTH + 1].rpartition("-")[0] or slug[:MAX_LENGTH]
    if not slug or not is_taken(slug):
        return slug
    return next(f"{slug}-{number}" for number in count(2) if not is_taken(f"{slug}-{number}"))
