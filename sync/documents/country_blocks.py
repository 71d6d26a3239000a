"""Country blocks of a Markdown text: parts that only readers in some countries get, so that nobody takes another
country's law for theirs.

A block stands between a line `::: ML` (or `::: ML BF`) and a line `:::`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

_OPENING = re.compile(r":::[ \t]+([A-Z]{2}(?:[ \t]+[A-Z]{2})*)[ \t]*")
_CLOSING = re.compile(r":::[ \t]*")
_MARK = ":::"


def text_for_country(text: str, country: str) -> str:
    """The text without the blocks of other countries, and without marks. A text without blocks is returned itself."""
    if _MARK not in text:
        return text
    kept: list[str] = []
    countries: list[str] = []
    for line in text.split("\n"):
        if opening := _OPENING.fullmatch(line):
            countries = opening[1].split()
        elif _CLOSING.fullmatch(line):
            countries = []
        elif not countries or country in countries:
            kept.append(line)
    return re.sub(r"\n{3,}", "\n\n", "\n".join(kept)).strip("\n")


def find_block_errors(text: str) -> Iterator[int]:
    """Lines, counted from 1, of marks that open no block, close none, or leave one open."""
    opened = 0
    for number, line in enumerate(text.split("\n"), start=1):
        if _OPENING.fullmatch(line):
            if opened:
                yield number
            opened = number
        elif _CLOSING.fullmatch(line):
            if not opened:
                yield number
            opened = 0
        elif line.startswith(_MARK):
            yield number
    if opened:
        yield opened
