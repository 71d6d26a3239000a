"""Search in all words of documents, drafts included, without accents and special letters."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from server.writing.draft_records import WorkingDocument
from sync.folding import fold

AROUND = 60  # characters on each side of what was found


def find_words(work: WorkingDocument, title: str, words: str) -> str | None:
    """The passage with the first word, "" if all words are in title and id; None unless the document has every word."""
    wanted = fold(words).split()
    head = fold(f"{title} {work.id}")
    if all(word in head for word in wanted):
        return ""
    texts = list(dict.fromkeys([*_texts(work.fields), *_texts(work.approved or {})]))
    folded = [fold(text) for text in texts]
    if not all(word in head or any(word in text for text in folded) for word in wanted):
        return None
    first = next(word for word in wanted if word not in head)
    return _passage(texts[next(index for index, text in enumerate(folded) if first in text)], first)


def _passage(text: str, word: str) -> str:
    """The words of `text` around the folded `word`."""
    flat = " ".join(text.split())
    at = fold(flat).find(word)
    start, end = max(0, at - AROUND), at + len(word) + AROUND
    return f"{'…' if start else ''}{flat[start:end]}{'…' if end < len(flat) else ''}"


def _texts(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, Mapping):
        for each in value.values():
            yield from _texts(each)
    elif isinstance(value, (list, tuple)):
        for each in value:
            yield from _texts(each)
